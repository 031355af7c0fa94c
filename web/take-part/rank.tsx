import { useEffect, useRef } from "react";
import type { Address } from "viem";
import { useAccount } from "../api.ts";
import { announce } from "../components/live.tsx";
import { Num } from "../components/num.tsx";
import { Answered } from "../components/states.tsx";
import { plural } from "../format.ts";

/** The account's rank and points in a season; a move is spoken. `total` is how many are ranked. */
export function MyRank({ seasonId, account, total }: { seasonId: string; account: Address; total: number }) {
  const query = useAccount(account);
  const standing = query.data?.seasons.find((one) => one.seasonId === seasonId);
  const rank = standing?.rank ?? null;
  const before = useRef(rank);
  useEffect(() => {
    if (rank !== null && rank !== before.current)
      announce(`You are at rank ${rank} with ${plural(standing?.points ?? "0", "point")}.`);
    before.current = rank;
  }, [rank, standing]);
  return (
    <Answered query={query} what="your rank">
      {() =>
        rank === null ? (
          <p className="rank">You are not ranked yet: the first verified unit ranks you.</p>
        ) : (
          <p className="rank">
            Rank <Num value={rank} /> of <Num value={total} /> with {plural(standing?.points ?? "0", "point")}
          </p>
        )
      }
    </Answered>
  );
}
