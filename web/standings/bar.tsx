import type { Profile } from "../../sdk/wire.ts";
import { group } from "../format.ts";

/** Points by reason as parts of a bar, whose full length is `most` points; penalties stand hatched behind the rest. */
export function ReasonBar({ reasons, most }: { reasons: Profile["reasons"]; most: bigint }) {
  const parts = reasons.filter(({ points }) => points !== "0");
  const said = parts.map(({ reason, points }) => `${reason.name} ${group(points)}`).join(", ") || "no points";
  const share = (points: string): number => {
    const size = BigInt(points) < 0n ? -BigInt(points) : BigInt(points);
    return most === 0n ? 0 : Math.min(100, Number((size * 10_000n) / most) / 100);
  };
  return (
    <span className="reasons" title={said}>
      <span className="unseen">{said}</span>
      {parts.map(({ reason, points }) => (
        <span key={reason.id} className={`reason reason-${reason.id}`} style={{ width: `${share(points)}%` }} />
      ))}
    </span>
  );
}

/** What the parts of a bar mean. */
export const ReasonLegend = () => (
  <p className="legend">
    <span>
      <i className="reason reason-1" /> as prover
    </span>
    <span>
      <i className="reason reason-2" /> as verifier
    </span>
    <span>
      <i className="reason reason-5" /> lost by penalties
    </span>
  </p>
);
