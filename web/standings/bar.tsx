import { Reason } from "../../sdk/protocol.ts";
import type { Profile } from "../../sdk/wire.ts";
import { Num } from "../components/num.tsx";
import { group } from "../format.ts";

/** Points by reason as parts of a bar, whose full length is `most` points; penalties stand hatched behind the rest. */
export function ReasonBar({ reasons, most }: { reasons: Profile["reasons"]; most: bigint }) {
  const parts = reasons.filter(({ points }) => points !== "0");
  const words = parts.map(({ reason, points }) => `${reason.name} ${group(points)}`).join(", ") || "no points";
  const share = (points: string): number => {
    const size = BigInt(points) < 0n ? -BigInt(points) : BigInt(points);
    return most === 0n ? 0 : Math.min(100, Number((size * 10_000n) / most) / 100);
  };
  return (
    <span className="reasons" title={words}>
      <span className="unseen">{words}</span>
      {parts.map(({ reason, points }) => (
        <span key={reason.id} className={`reason reason-${reason.id}`} style={{ width: `${share(points)}%` }} />
      ))}
    </span>
  );
}

/** What the parts of a bar mean; with an account's points by reason, how many it has for each. */
export function ReasonLegend({ reasons }: { reasons?: Profile["reasons"] }) {
  const parts = legend.flatMap(({ id, text }) => {
    const points = reasons?.find(({ reason }) => reason.id === id)?.points;
    return reasons === undefined || (points !== undefined && points !== "0") ? [{ id, text, points }] : [];
  });
  return (
    <p className="legend">
      {parts.map(({ id, text, points }) => (
        <span key={id}>
          <i className={`reason reason-${id}`} /> {points !== undefined && <Num value={points.replace("-", "")} />}{" "}
          {text}
        </span>
      ))}
    </p>
  );
}

const legend = [
  { id: Reason.prover, text: "as prover" },
  { id: Reason.verifier, text: "as verifier" },
  { id: Reason.penalty, text: "lost by penalties" },
];
