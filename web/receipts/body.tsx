import { Link } from "wouter";
import type { Receipt } from "../../sdk/wire.ts";
import { Hash } from "../components/hash.tsx";
import { Num } from "../components/num.tsx";
import { Proven } from "../components/proven.tsx";
import { Steps } from "../components/steps.tsx";
import { Transaction } from "../components/transaction.tsx";
import { plural, short } from "../format.ts";
import { Texts } from "../texts/texts.tsx";

/** What stands behind a point change: its rule, its attestation and how that was settled, its entry in the ledger. */
export default function Body({ receipt }: { receipt: Receipt }) {
  const { at, attestation, subject } = receipt;
  return (
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
      <Texts attestation={attestation} />
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
  );
}
