import { useEffect, useId, useState } from "react";
import type { AuditState, Recomputed } from "../audit/messages.ts";
import { checkWhole, useAudit } from "../audit/watch.ts";
import { announce } from "../components/live.tsx";
import { Num } from "../components/num.tsx";
import { group } from "../format.ts";
import { SecondRpc } from "./second.tsx";
import { verdictOf } from "./verdict.ts";

// Each has its own shape, so that colour alone never distinguishes them.
const shapes: Readonly<Record<AuditState["kind"], string>> = {
  checking: "M8 2a6 6 0 1 0 .01 0M8 4.5V8l2.5 2",
  match: "M2.5 8.5l3.5 4 7.5-9",
  mismatch: "M3 3l10 10M13 3L3 13",
  cannot: "M8 3v6M8 11.5v1.5",
};

/** Says whether the points shown are the chain's, as this browser recomputes them; opens to show what was compared. */
export function Chip({ rpcUrl, seasonId }: { rpcUrl: string | null; seasonId: string }) {
  const state = useAudit();
  const [open, setOpen] = useState(false);
  const details = useId();
  const { kind } = state;
  useEffect(() => {
    if (kind !== "checking") announce(verdictOf(state));
  }, [kind]);
  return (
    <div className="audit">
      <button
        type="button"
        className={`chip chip-${kind}`}
        aria-expanded={open}
        aria-controls={details}
        onClick={() => setOpen(!open)}
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d={shapes[kind]} />
        </svg>
        <span>{verdictOf(state)}</span>
      </button>
      <div id={details} hidden={!open} className="card audit-details">
        {open && <Details {...{ state, rpcUrl, seasonId }} />}
      </div>
    </div>
  );
}

function Details({ state, rpcUrl, seasonId }: { state: AuditState; rpcUrl: string | null; seasonId: string }) {
  const recomputed = state.kind === "cannot" ? state.last : state.kind === "checking" ? undefined : state;
  return (
    <>
      {state.kind === "cannot" && <p>{state.why}</p>}
      {state.kind === "mismatch" && (
        <ul>
          {state.differences.map(({ sentence }) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <p>
        Your browser reads this season's point events from {rpcUrl === null ? "the chain" : <code>{rpcUrl}</code>},
        recomputes the ledger and its hash, ranks the accounts, and compares the result with the campaign contract's own
        state and with every row on this page. It covers points, ranks and receipts, not the counts of pending
        attestations.
      </p>
      {recomputed && <Facts of={recomputed} />}
      {recomputed && (
        <p>
          <button type="button" onClick={() => checkWhole(seasonId)}>
            Compare every rank that the site serves
          </button>{" "}
          {recomputed.whole !== undefined && `All ${group(recomputed.whole)} match the chain.`}
        </p>
      )}
      {rpcUrl !== null && <SecondRpc {...{ rpcUrl, state: recomputed?.second }} />}
      <p>
        For a check without this site's code, run <code>proofboard audit</code> or <code>scripts/audit.py</code>.
      </p>
    </>
  );
}

const Facts = ({ of }: { of: Recomputed }) => (
  <dl>
    <dt>Read up to block</dt>
    <dd>
      <Num value={of.blockNumber} />
    </dd>
    <dt>Ledger entries recomputed</dt>
    <dd>
      <Num value={of.entries} />
    </dd>
    <dt>Accounts ranked</dt>
    <dd>
      <Num value={of.participants} />
    </dd>
    <dt>Points in total</dt>
    <dd>
      <Num value={of.totalPoints} />
    </dd>
    <dt>Ledger hash</dt>
    <dd>
      <code>{of.ledgerHash}</code>
    </dd>
    <dt>Served rows compared</dt>
    <dd>
      <Num value={of.rows} />
    </dd>
    <dt>Accounts also read from the contract</dt>
    <dd>
      <Num value={of.sampled} />
    </dd>
  </dl>
);
