import { useMemo } from "react";
import type { ProfilesAnswer, Standing } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { Chart } from "../charts/chart.tsx";
import { rankOverTime } from "../charts/series.ts";
import { Answered, Empty } from "../components/states.tsx";

/** How an account's rank changed in a season. */
export default function RankHistory({ seasonId, standing }: { seasonId: string; standing: Standing }) {
  const { account, rank, lastChangeAt } = standing;
  const query = useAnswer<ProfilesAnswer>(`/v1/seasons/${seasonId}/profiles?account=${account}`);
  const { data } = query;
  const series = useMemo(
    () => data && rankOverTime(data, { account, rank, lastChangeAt }),
    [data, account, rank, lastChangeAt],
  );
  return (
    <Answered query={{ ...query, data: series }} what="the ranks">
      {(shown) =>
        shown.times.length < 2 ? (
          <Empty>No two epochs are over yet: ranks are kept at the end of each one.</Empty>
        ) : (
          <Chart series={shown} best="lowest" unit="rank" caption="Its rank at the end of each epoch; 1 is the best" />
        )
      }
    </Answered>
  );
}
