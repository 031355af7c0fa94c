import { useState } from "react";
import { Link } from "wouter";
import type { Receipt } from "../../sdk/wire.ts";
import { Hash } from "../components/hash.tsx";
import { Num } from "../components/num.tsx";
import { Proven } from "../components/proven.tsx";
import { Status } from "../components/status.tsx";
import { Steps } from "../components/steps.tsx";
import { Time } from "../components/time.tsx";
import { Transaction } from "../components/transaction.tsx";
import { group, plural, short } from "../format.ts";

/** A point change: the rule, its entry in the ledger, and how its attestation was settled. */
export function ReceiptItem({ receipt }: { receipt: Receipt }) {
  const [open, setOpen] = useState(false);
  const { delta, reason, at, attestation, subject } = receipt;
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
          <div className="receipt-body">
            <p>{receipt.rule}</p>
            <p>
              For {attestation.root === null ? "attestation" : "batch"}{" "}
              <Link href={`/attestations/${subject}`}>
                <code title={subject}>{short(subject)}</code>
              </Link>{" "}
              about model{" "}
              <Link href={`/models/${attestation.modelId}`}>
                <code title={attestation.modelId}>{short(attestation.modelId)}</code>
              </Link>
              , settled by {attestation.method.name}.
            </p>
            <h3>How it was settled</h3>
            <Steps attestation={attestation} />
            <Proven attestation={attestation} />
            <h3>Its entry in the ledger</h3>
            <dl>
              <dt>Entry</dt>
              <dd>
                <Num value={receipt.seq} />, after which the account had {plural(receipt.points, "point")}
              </dd>
              <dt>Transaction</dt>
              <dd>
                <Transaction hash={at.transactionHash} />, block <Num value={at.blockNumber} />
              </dd>
              <dt>Ledger hash before</dt>
              <dd>
                <Hash value={receipt.previousLedgerHash} what="ledger hash" />
              </dd>
              <dt>Ledger hash after</dt>
              <dd>
                <Hash value={receipt.ledgerHash} what="ledger hash" />
              </dd>
            </dl>
          </div>
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
