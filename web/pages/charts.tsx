import { useMemo } from "react";
import type { ActivityAnswer, ProfilesAnswer, Season, StandingsPage } from "../../sdk/wire.ts";
import { useAnswer, useSeasons } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { attestationsPerMinute, pointsOverTime } from "../charts/series.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { server } from "../prefix.ts";
import { SeasonChoice } from "../seasons/choice.tsx";
import { useShownSeason } from "../shown.ts";

const TOP = 8;

/** Points of the top accounts over time, and how busy the chain is. */
export default function Charts() {
  const seasons = useSeasons();
  const season = useShownSeason();
  return (
    <Page title="Charts">
      <Answered query={seasons} what="the seasons">
        {({ items }) =>
          season ? <Points seasons={items} season={season} /> : <Empty>No season was opened yet.</Empty>
        }
      </Answered>
      <Activity />
    </Page>
  );
}

function Points({ seasons, season }: { seasons: Season[]; season: Season }) {
  const { seasonId } = season;
  return (
    <section aria-labelledby="points-heading">
      <h2 id="points-heading">Points</h2>
      <p className="controls">
        <SeasonChoice {...{ seasonId, seasons }} />{" "}
        <a href={`${server()}/v1/seasons/${seasonId}/standings.csv`} download={`proofboard-season-${seasonId}.csv`}>
          Download the whole ranking as CSV
        </a>
      </p>
      <TopAccounts key={seasonId} season={season} />
    </section>
  );
}

function TopAccounts({ season: { seasonId, startsAt } }: { season: Season }) {
  const standings = useAnswer<StandingsPage>(`/v1/seasons/${seasonId}/standings?limit=${TOP}`);
  const accounts = standings.data?.items.map(({ account }) => `account=${account}`).join("&");
  const profiles = useAnswer<ProfilesAnswer>(accounts ? `/v1/seasons/${seasonId}/profiles?${accounts}` : undefined);
  const series = useMemo(
    () =>
      standings.data &&
      profiles.data &&
      pointsOverTime(
        profiles.data,
        standings.data.items,
        startsAt ?? 0,
        Math.max(...standings.data.items.map(lastChange)),
      ),
    [standings.data, profiles.data, startsAt],
  );
  if (standings.data?.items.length === 0) return <Empty>Nobody has points in season {seasonId} yet.</Empty>;
  return (
    <Answered query={{ ...profiles, data: series, error: standings.error ?? profiles.error }} what="the points">
      {(shown) => (
        <Chart
          series={shown}
          unit="points"
          caption={`Points of the first ${shown.lines.length} of season ${seasonId}`}
        />
      )}
    </Answered>
  );
}

const lastChange = ({ lastChangeAt }: StandingsPage["items"][number]): number => lastChangeAt;

function Activity() {
  const activity = useAnswer<ActivityAnswer>("/v1/activity");
  const series = useMemo(() => activity.data && attestationsPerMinute(activity.data), [activity.data]);
  return (
    <section aria-labelledby="activity-heading">
      <h2 id="activity-heading">Activity</h2>
      <Answered query={{ ...activity, data: series }} what="the activity">
        {(shown) =>
          shown.times.length === 0 ? (
            <Empty>Nothing was attested yet.</Empty>
          ) : (
            <Chart series={shown} unit="attestations" caption="Attestations a minute, by method" />
          )
        }
      </Answered>
    </section>
  );
}
