import { Link } from "wouter";
import type { Season } from "../../sdk/wire.ts";
import { useSeasons } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { group, plural } from "../format.ts";
import { SeasonPhase } from "../seasons/state.tsx";

/** All seasons, newest first; drafts, some of which never open, apart from the others. */
export default function SeasonsPage() {
  return (
    <Page title="Seasons">
      <Answered query={useSeasons()} what="the seasons">
        {({ items }) => {
          const opened = items.filter(({ state }) => state !== "drafted");
          const drafts = items.filter(({ state }) => state === "drafted");
          return (
            <>
              {opened.length === 0 && <Empty>No season was opened yet.</Empty>}
              {opened.map((season) => (
                <Summary key={season.seasonId} season={season} />
              ))}
              {drafts.length > 0 && (
                <details>
                  <summary>{plural(drafts.length, "draft")} that nobody has opened</summary>
                  {drafts.map((season) => (
                    <Summary key={season.seasonId} season={season} />
                  ))}
                </details>
              )}
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function Summary({ season }: { season: Season }) {
  const { seasonId, startsAt, endsAt, tasks, totals } = season;
  return (
    <section className="card" aria-labelledby={`season-${seasonId}`}>
      <h2 id={`season-${seasonId}`}>
        <Link href={`/seasons/${seasonId}`}>Season {seasonId}</Link>{" "}
        {season.final && <span className="tag tag-final">final</span>}
      </h2>
      <dl>
        <dt>Phase</dt>
        <dd>
          <SeasonPhase season={season} />
        </dd>
        {startsAt !== null && endsAt !== null && (
          <>
            <dt>From, to</dt>
            <dd>
              <Time at={startsAt} />, <Time at={endsAt} />
            </dd>
          </>
        )}
        <dt>Tasks</dt>
        <dd>{group(tasks.length)}</dd>
        <dt>{season.final ? "In the end" : "So far"}</dt>
        <dd>
          {plural(totals.participants, "account")}, {plural(totals.totalPoints, "point")},{" "}
          {plural(totals.seq, "ledger entry", "ledger entries")}
        </dd>
      </dl>
      <p>
        <Link href={`/?season=${seasonId}`}>Its {season.final && "final "}standings</Link>
      </p>
    </section>
  );
}
