import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Address } from "viem";
import type { Season } from "../../sdk/wire.ts";
import { useDeployment } from "../api.ts";
import { useReachable } from "../chain.ts";
import { Copy } from "../components/copy.tsx";
import { ethCall } from "../ethCall.ts";
import { plural, short } from "../format.ts";
import { isSame } from "../me.ts";
import { readEnd } from "./keptEnd.ts";
import "./final.css";

/** A season whose order is final. */
export type FinalSeason = Season & { final: NonNullable<Season["final"]> };

export const isFinal = (season: Season): season is FinalSeason => season.final !== null;

/** Says of a final order why it can be relied on, as far as this browser reads the same from the contract. */
export function Seal({ season: { seasonId, final }, children }: { season: FinalSeason; children?: ReactNode }) {
  const contract = useDeployment().data?.contracts.Standings?.address;
  const reachable = useReachable();
  const { data: end, error } = useQuery({
    queryKey: [`chain/end ${seasonId} ${final.finalised.transactionHash}`],
    queryFn: () => readEnd((data) => ethCall(reachable?.rpcUrl as string, contract as Address, data), BigInt(seasonId)),
    enabled: Boolean(reachable) && contract !== undefined,
    retry: false,
  });
  if (end && !(isSame(end.poster, final.poster) && end.participants === final.participants && end.finalisedAt > 0))
    return (
      <p className="seal seal-broken" role="alert">
        This server says that the order is final;{" "}
        {end.finalisedAt === 0
          ? "the contract says that it isn't."
          : `the contract's is another one: ${plural(end.participants, "account")}, posted by ${end.poster}.`}
      </p>
    );
  return (
    <p className={end ? "seal seal-checked" : "seal"}>
      <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
        <path d="M8 1l5.5 2v4.5c0 3.5-2.3 6-5.5 7.5-3.2-1.5-5.5-4-5.5-7.5V3zM5 8l2.2 2.2L11.2 6" />
      </svg>
      <span>
        <strong>Final</strong>: checked account by account by the contract at{" "}
        {contract && (
          <span className="hash">
            <code title={contract}>{short(contract)}</code>
            <Copy text={contract} what={`contract ${short(contract)}`} />
          </span>
        )}
        ; nobody decided it.{" "}
        <span className="muted">
          {end
            ? `Your browser asked it: final, with ${plural(end.participants, "account")}.`
            : reachable === null
              ? "This server says so; it names no RPC to ask."
              : error
                ? "This server says so; the contract couldn't be asked."
                : "Your browser is asking it …"}
        </span>{" "}
        {children}
      </span>
    </p>
  );
}
