import { useState } from "react";
import type { Receipt } from "../../sdk/wire.ts";
import { Num } from "../components/num.tsx";
import { Loaded } from "../components/states.tsx";
import { Status } from "../components/status.tsx";
import { Time } from "../components/time.tsx";
import { group } from "../format.ts";
import { part } from "../part.ts";

const Body = part(() => import("./body.tsx"));

/** A point change; opened, it shows what stands behind it. */
export function ReceiptItem({ receipt }: { receipt: Receipt }) {
  const [open, setOpen] = useState(false);
  const { delta, reason, at, attestation } = receipt;
  const lost = delta.startsWith("-");
  return (
    <li>
      <details className="receipt" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <strong className={lost ? "lost" : "won"}>
            <Num value={delta} signed /> {delta === "1" || delta === "-1" ? "point" : "points"}
          </strong>
          <span>as {reason.name}</span>
          <span>{subjectOf(receipt)}</span>
          <Status status={attestation.status} />
          <Time at={at.timestamp} />
        </summary>
        {open && (
          <Loaded what="the receipt">
            <Body receipt={receipt} />
          </Loaded>
        )}
      </details>
    </li>
  );
}

function subjectOf({ attestation: { unit, count } }: Receipt): string {
  if (unit === null) return "for an attestation about no unit";
  const first = BigInt(unit.unit);
  const units =
    count === 1 ? `unit ${group(unit.unit)}` : `units ${group(unit.unit)} to ${group(first + BigInt(count) - 1n)}`;
  return `task ${unit.taskId}, ${units}`;
}
