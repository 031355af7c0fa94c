import { useEffect, useMemo } from "react";
import type { Season } from "../../sdk/wire.ts";
import { useDeployment, useSeasons } from "../api.ts";
import { useAudit, useChecked, watchSeason } from "../audit/watch.ts";
import { useNow } from "../clock.ts";
import { Num } from "../components/num.tsx";
import { type Feed, reconnect, useFeed } from "../feed.ts";
import { plural } from "../format.ts";
import { useAway } from "../reach.ts";
import { useShownSeason } from "../shown.ts";
import { Chip } from "./chip.tsx";
import { Notices } from "./notices.tsx";
import { phaseOf } from "./phase.ts";

/** The shown season and its phase, how fresh the numbers are, and whether they match the chain. */
export function Strip() {
  const season = useShownSeason();
  const deployment = useDeployment().data;
  const asOf = useSeasons().data?.asOf;
  const feed = useFeed();
  const away = useAway();
  useEffect(() => (away ? reconnect : undefined), [away]);
  const seasonId = season?.seasonId;
  useEffect(() => {
    if (deployment && seasonId !== undefined) watchSeason(deployment, seasonId);
  }, [deployment, seasonId]);
  useChecked(
    "totals",
    useMemo(() => (asOf && season ? [{ asOf, seasonId: season.seasonId, totals: season.totals }] : []), [asOf, season]),
  );
  const block = Math.max(feed.asOf?.blockNumber ?? 0, asOf?.blockNumber ?? 0);
  return (
    <section className="strip" aria-label="Status">
      <div className="strip-facts">
        {season && <Phase season={season} />}
        {block > 0 && <Head block={block} mode={away ? "offline" : feed.mode} />}
      </div>
      {season && <Chip rpcUrl={deployment?.rpcUrl ?? null} seasonId={season.seasonId} />}
      <Notices feed={feed} block={block} />
    </section>
  );
}

function Phase({ season }: { season: Season }) {
  const now = useNow();
  return (
    <p>
      <strong>Season {season.seasonId}</strong> {phaseOf(season, now)}
    </p>
  );
}

const modes: Readonly<Record<Feed["mode"], string>> = { live: "● live", polling: "◌ polling", offline: "× offline" };

function Head({ block, mode }: { block: number; mode: Feed["mode"] }) {
  const audit = useAudit();
  const head = audit.kind === "match" || audit.kind === "mismatch" ? audit.blockNumber : undefined;
  const lag = head === undefined ? undefined : Math.max(0, head - block);
  return (
    <p>
      Block <Num value={block} />
      {lag !== undefined && <span>, {lag === 0 ? "up to date" : `${plural(lag, "block")} behind`}</span>}{" "}
      <span className="mode">{modes[mode]}</span>
    </p>
  );
}
