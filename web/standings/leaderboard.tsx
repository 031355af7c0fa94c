import { useEffect, useMemo, useRef } from "react";
import type { Address } from "viem";
import { Link } from "wouter";
import type { Season, Standing } from "../../sdk/wire.ts";
import { isUnreachable } from "../api.ts";
import { useAudit, useChecked } from "../audit/watch.ts";
import { announce } from "../components/live.tsx";
import { Empty, Failed, Loading } from "../components/states.tsx";
import { isFinal, Seal } from "../final/seal.tsx";
import { group, plural } from "../format.ts";
import { isSame, useMe } from "../me.ts";
import { ReasonLegend } from "./bar.tsx";
import { Finder } from "./finder.tsx";
import { focusRow } from "./focus.ts";
import { PAGE, rowsOf, useProfiles, useSearched, useStanding, useStandings } from "./rows.ts";
import { summaryOf } from "./summary.ts";
import { StandingsTable } from "./table.tsx";
import { soughtIn, useView } from "./view.ts";

// Beyond so many rows the table starts from a later place instead of growing.
const MOST_ROWS = 300;

/** The table of a season, with the ways to find a row in it. */
export function Leaderboard({ season, seasons }: { season: Season; seasons: readonly Season[] }) {
  const { seasonId, totals } = season;
  const [view, move] = useView();
  const me = useMe();
  const ranking = useStandings(seasonId, view.place);
  const sought = soughtIn(view);
  const searched = useSearched(seasonId, view);
  const found = useStanding(seasonId, me).data;
  const own = isSame(found?.item.account, me) ? found : undefined;
  const answer = sought === undefined ? ranking : searched;
  const pages = useMemo(
    () => (sought === undefined ? ranking.data?.pages : searched.data && [searched.data]),
    [sought, ranking.data, searched.data],
  );
  const rows = useMemo(() => (pages ? rowsOf(pages) : undefined), [pages]);
  const { answers, profiles } = useProfiles(seasonId, rows ?? []);
  useChecked(
    "table",
    useMemo(
      () =>
        (pages ?? []).map((page) => ({
          ...{ asOf: page.asOf, seasonId, standings: page.items },
          ...("total" in page && typeof page.total === "number" && { total: page.total }),
        })),
      [pages, seasonId],
    ),
  );
  useChecked(
    "profiles",
    useMemo(() => answers.map(({ asOf, items }) => ({ asOf, seasonId, profiles: items })), [answers, seasonId]),
  );
  useChecked(
    "own",
    useMemo(() => (own ? [{ asOf: own.asOf, seasonId, standings: [own.item] }] : []), [own, seasonId]),
  );
  useSpoken(rows, me, `${view.place} ${sought}`);
  const wrong = useWrong();
  const most = BigInt(pages?.[0]?.items[0]?.points ?? 0);

  if (rows === undefined)
    return answer.error ? (
      <Failed error={answer.error} retry={answer.refetch} />
    ) : (
      <Loading what={`the standings of season ${seasonId}`} />
    );
  const total = ranking.data?.pages[0]?.total ?? totals.participants;
  const lastPlace = rows.at(-1)?.place ?? 0;
  const goTo = (asked: number, focused?: "own"): void => {
    const place = Math.max(1, asked);
    move({ place, prefix: undefined, name: undefined });
    focusRow(focused ?? { place });
  };
  return (
    <>
      {isFinal(season) && (
        <Seal season={season}>
          <Link href={`/seasons/${seasonId}`}>How season {seasonId} ended</Link>
        </Seal>
      )}
      <Finder
        seasonId={seasonId}
        seasons={seasons}
        total={total}
        own={own?.item}
        onPlace={goTo}
        onMe={(place) => goTo(place - 5, "own")}
      />
      {answer.error && !isUnreachable(answer.error) && <Failed error={answer.error} retry={answer.refetch} />}
      {rows.length > 0 && (
        <div className="leaderboard-legend">
          <ReasonLegend />
        </div>
      )}
      {rows.length === 0 ? (
        <Empty>
          {sought !== undefined
            ? `No account of season ${seasonId} starts with ${sought}.`
            : total > 0
              ? `There is no place ${group(view.place)}: ${plural(total, "account is", "accounts are")} ranked.`
              : `Nobody has points in season ${seasonId} yet. They appear here as soon as a first inference is verified.`}
        </Empty>
      ) : (
        <StandingsTable
          {...{ seasonId, rows, profiles, most, me, wrong, total, own: own?.item }}
          sought={sought}
          busy={answer.isPlaceholderData}
          open={view.open}
          sort={view.sort}
          onSort={(sort) => move({ sort }, true)}
          onToggle={(account) => move({ open: isSame(account, view.open) ? undefined : account }, true)}
        />
      )}
      {sought === undefined && rows.length > 0 && (
        <nav className="pager" aria-label="Places">
          {view.place > 1 && (
            <button type="button" onClick={() => goTo(view.place - PAGE)}>
              Places from {group(Math.max(1, view.place - PAGE))}
            </button>
          )}
          {ranking.hasNextPage && rows.length < MOST_ROWS && (
            <button
              type="button"
              disabled={ranking.isFetchingNextPage}
              onClick={async () => {
                await ranking.fetchNextPage();
                announce(`More rows are shown, from place ${group(lastPlace + 1)} on.`);
              }}
            >
              Show {PAGE} more
            </button>
          )}
          {ranking.hasNextPage && rows.length >= MOST_ROWS && (
            <button type="button" onClick={() => goTo(lastPlace + 1)}>
              Places from {group(lastPlace + 1)}
            </button>
          )}
        </nav>
      )}
    </>
  );
}

/** Announces a summary of how rows changed while the table stayed at one place. */
function useSpoken(rows: Standing[] | undefined, me: Address | undefined, where: string): void {
  const before = useRef<{ rows: Standing[]; where: string }>(undefined);
  useEffect(() => {
    if (rows === undefined) return;
    const summary = before.current?.where === where ? summaryOf(before.current.rows, rows, me) : undefined;
    before.current = { rows, where };
    if (summary !== undefined) announce(summary);
  }, [rows, me, where]);
}

/** What the audit found wrong, by account. */
function useWrong(): ReadonlyMap<string, string> {
  const audit = useAudit();
  const differences = audit.kind === "mismatch" ? audit.differences : undefined;
  return useMemo(
    () => new Map((differences ?? []).flatMap(({ account, sentence }) => (account ? [[account, sentence]] : []))),
    [differences],
  );
}
