import type { Hex } from "viem";
import { Link } from "wouter";
import { Status } from "../components/status.tsx";
import { short } from "../format.ts";
import { standOf } from "./follow.ts";
import type { Tools } from "./prove.ts";
import { unitsNamed } from "./units.ts";
import { useReveals } from "./useReveals.ts";

/** The account's attestations that are not yet paid or given up, each with what it waits for. Stays open to reveal them. */
export function UnderWay({ tools, uids }: { tools: Tools; uids: readonly Hex[] }) {
  const { attestations, failure } = useReveals(tools, uids);
  const kept = new Set(tools.journal.entries().map(({ uid }) => uid));
  return (
    <>
      {failure && <p role="alert">{failure}</p>}
      <ul className="bare under-way">
        {attestations.map((attestation) => {
          const { uid, unit, count, status, answer, outputHash } = attestation;
          const isHidden = status === "pending" && answer !== null && outputHash === null;
          return (
            <li key={uid} className="card">
              <Status status={status} />{" "}
              {unit ? `Task ${unit.taskId}, ${unitsNamed(Number(unit.unit), count)}` : "For no unit"}:{" "}
              {isHidden && !kept.has(uid)
                ? "its answer is not kept in this browser: open it where it was made."
                : standOf(attestation)}{" "}
              <Link href={`/attestations/${uid}`} className="nowrap">
                Attestation {short(uid)}
              </Link>
            </li>
          );
        })}
      </ul>
    </>
  );
}
