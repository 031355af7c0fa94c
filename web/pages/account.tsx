import { type ComponentProps, useMemo, useState } from "react";
import type { Address } from "viem";
import { Link } from "wouter";
import { useAccount, useSeason, useSeasons } from "../api.ts";
import { useChecked } from "../audit/watch.ts";
import { Copy } from "../components/copy.tsx";
import { Identicon } from "../components/identicon.tsx";
import { Num } from "../components/num.tsx";
import { Page } from "../components/page.tsx";
import { Profile } from "../components/profile.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { useExplorerPage } from "../explorer.ts";
import { isFinal } from "../final/seal.tsx";
import { short } from "../format.ts";
import { addressIn, isSame, setMe, useMe } from "../me.ts";
import { part } from "../part.ts";
import Receipts from "../receipts/receipts.tsx";
import { useShownSeason } from "../shown.ts";
import { Distance } from "../standings/distance.tsx";
import { useStanding } from "../standings/rows.ts";

const Claim = part(() => import("../final/claim.tsx"));
const MoneyCard = part(() => import("../components/money.tsx"));
const RankHistory = part(() => import("../account/history.tsx"));
const Refutations = part(() => import("../account/refutations.tsx"));
const Seats = part(() => import("../account/seats.tsx"));

/** An account: its score in a season and why, its ranks, money, seats and refutations. Without a season, that of the shown one. */
export default function AccountPage({ params }: { params: Record<string, string> }) {
  const account = addressIn(params.account);
  if (account === undefined)
    return (
      <Page title="No account">
        <Empty>"{params.account}" is no address.</Empty>
      </Page>
    );
  return params.id === undefined ? (
    <AccountNow account={account} />
  ) : (
    <AccountInSeason account={account} seasonId={params.id} />
  );
}

function AccountNow({ account }: { account: Address }) {
  const seasons = useSeasons();
  const season = useShownSeason();
  return (
    <Answered query={seasons} what="the seasons">
      {() =>
        season ? (
          <AccountInSeason account={account} seasonId={season.seasonId} />
        ) : (
          <Page title={short(account)}>
            <Empty>No season was opened yet.</Empty>
          </Page>
        )
      }
    </Answered>
  );
}

/** The ranks as a chart, whose code is loaded when it is asked for. */
function Ranks(shown: ComponentProps<typeof RankHistory>) {
  const [isDrawn, setDrawn] = useState(false);
  if (!isDrawn)
    return (
      <p>
        <button type="button" onClick={() => setDrawn(true)}>
          Draw them
        </button>
      </p>
    );
  return (
    <Loaded what="the ranks">
      <RankHistory {...shown} />
    </Loaded>
  );
}

function AccountInSeason({ account, seasonId }: { account: Address; seasonId: string }) {
  const standing = useStanding(seasonId, account);
  const me = useMe();
  const own = isSame(account, me);
  const explorer = useExplorerPage("address", account);
  const answer = standing.data;
  const season = useSeason(seasonId).data?.item;
  useChecked(
    "account",
    useMemo(() => (answer ? [{ asOf: answer.asOf, seasonId, standings: [answer.item] }] : []), [answer, seasonId]),
  );
  return (
    <Page title={`${short(account)} in season ${seasonId}`}>
      <p className="why-head">
        <Identicon address={account} size={32} />
        <code className="whole">{account}</code>
        <Copy text={account} what={`address ${short(account)}`} />
        <button type="button" onClick={() => setMe(own ? undefined : account)}>
          {own ? "This isn't me" : "This is me"}
        </button>
        {explorer && (
          <a href={explorer} target="_blank" rel="noopener noreferrer">
            In a block explorer
          </a>
        )}
      </p>
      <Profile account={account} season={seasonId} />
      {answer && (
        <dl className="card">
          <dt>Rank</dt>
          <dd>
            <Link href={`/?season=${seasonId}&place=${Math.max(1, answer.item.place - 5)}&open=${answer.item.account}`}>
              <Num value={answer.item.rank} />
            </Link>
          </dd>
          <dt>Points</dt>
          <dd>
            <Num value={answer.item.points} />
          </dd>
          <dt>Units verified, pending, refuted</dt>
          <dd>
            <Num value={answer.item.verified} />, <Num value={answer.item.pending} />,{" "}
            <Num value={answer.item.refuted} />
          </dd>
          <dt>Refutations it took part in</dt>
          <dd>
            <Num value={answer.item.caught} />
          </dd>
          {season && <Distance season={season} own={answer.item} />}
        </dl>
      )}
      {answer && season && isFinal(season) && (
        <Loaded what="the claim">
          <Claim season={season} account={account} />
        </Loaded>
      )}
      {answer && (
        <>
          <h2>Ranks over the season</h2>
          <Ranks seasonId={seasonId} standing={answer.item} />
        </>
      )}
      <Loaded what="the account's money">
        <MoneyCard account={account} />
      </Loaded>
      <Seasons account={account} seasonId={seasonId} />
      <h2>Why this score</h2>
      <Receipts account={account} seasonId={seasonId} />
      <h2>Seats on panels, in all seasons</h2>
      <Loaded what="the seats">
        <Seats account={account} />
      </Loaded>
      <h2>Refutations, in all seasons</h2>
      <Loaded what="the refutations">
        <Refutations account={account} />
      </Loaded>
    </Page>
  );
}

function Seasons({ account, seasonId }: { account: Address; seasonId: string }) {
  return (
    <Answered query={useAccount(account)} what="the account">
      {({ seasons }) =>
        seasons.length === 0 ? (
          <Empty>This account has done nothing in any season.</Empty>
        ) : (
          <p>
            Seasons:{" "}
            {seasons.map(({ seasonId: id, rank }, i) => (
              <span key={id}>
                {i > 0 && ", "}
                {id === seasonId ? id : <Link href={`/seasons/${id}/accounts/${account}`}>{id}</Link>}
                {rank === null ? " (without points)" : ` (rank ${rank})`}
              </span>
            ))}
          </p>
        )
      }
    </Answered>
  );
}
