import { useEffect, useRef } from "react";
import type { Address } from "viem";
import { ApiError } from "../../sdk/api.ts";
import type { StandingAnswer } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { announce } from "../components/live.tsx";
import { Num } from "../components/num.tsx";
import { plural } from "../format.ts";

/** The account's rank and points in a season; a move is spoken. `total` is how many are ranked. */
export function MyRank({ seasonId, account, total }: { seasonId: string; account: Address; total: number }) {
  const { data, error } = useAnswer<StandingAnswer>(`/v1/seasons/${seasonId}/standings/${account}`);
  const rank = data?.item.rank;
  const before = useRef(rank);
  useEffect(() => {
    if (rank !== undefined && rank !== before.current)
      announce(`You are at rank ${rank} with ${plural(data?.item.points ?? "0", "point")}.`);
    before.current = rank;
  }, [rank, data]);
  if (error instanceof ApiError && error.status === 404)
    return <p className="rank">You are not ranked yet: the first verified unit ranks you.</p>;
  if (data === undefined) return <p className="rank">Your rank can't be had right now.</p>;
  return (
    <p className="rank">
      Rank <Num value={data.item.rank} /> of <Num value={total} /> with <Num value={data.item.points} /> points
    </p>
  );
}
