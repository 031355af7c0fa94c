import type { ReactNode } from "react";
import type { Address, Hex } from "viem";
import { formatEther } from "viem";
import { INVALID, UNAVAILABLE } from "../../sdk/commitments.ts";
import type { Attestation, Step } from "../../sdk/wire.ts";
import { group, plural, short } from "../format.ts";
import { Account } from "./account.tsx";
import { Hash } from "./hash.tsx";
import { Num } from "./num.tsx";
import { Status } from "./status.tsx";
import { Time } from "./time.tsx";
import "./steps.css";

/** All that happened to an attestation, in the order of the chain, each step with its transaction. */
export function Steps({ attestation }: { attestation: Attestation }) {
  const { steps, outputHash, unit } = attestation;
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={`${step.at.blockNumber}-${step.at.logIndex}-${step.step}`}>
          <div className="step-said">
            <Said step={step} answer={outputHash} season={unit?.seasonId} />
          </div>
          <div className="step-place">
            <Time at={step.at.timestamp} /> · block <Num value={step.at.blockNumber} /> ·{" "}
            <Hash value={step.at.transactionHash} what="transaction" />
          </div>
        </li>
      ))}
    </ol>
  );
}

interface SaidProps {
  step: Step;
  /** The prover's output; null while it is hidden. */
  answer: Hex | null;
  season: string | undefined;
}

function Said({ step, answer, season }: SaidProps): ReactNode {
  const who = (address: Address) => (
    <Account address={address} copy={false} {...(season !== undefined && { season })} />
  );
  switch (step.step) {
    case "committed":
      return <>{who(step.by)} committed to an answer, hidden by a salt.</>;
    case "revealed":
      return (
        <>
          {who(step.by)} revealed the answer: output <code title={step.outputHash}>{short(step.outputHash)}</code>.
        </>
      );
    case "batchAttested":
      return (
        <>
          {who(step.by)} claimed {plural(step.count, "unit")} in one batch, all activations in its calldata; the
          contract built their tree, <code title={step.root}>{short(step.root)}</code>.
        </>
      );
    case "rowRefuted":
      return (
        <>
          {who(step.by)} showed one wrong row: row {group(step.row)} of layer {step.layer}
          {step.unit !== null && <> of unit {group(step.unit)}</>}. The prover claimed{" "}
          <strong>{group(step.claimed)}</strong>, the contract computed <strong>{group(step.correct)}</strong>.
        </>
      );
    case "drawScheduled":
      return (
        <>
          The {panelOf(step.round)} is to be drawn from block {group(step.drawBlock)} on.
        </>
      );
    case "panelDrawn":
      return (
        <>
          The {panelOf(step.round)} of {step.members.length} was drawn:{" "}
          <span className="members">
            {step.members.map((member) => (
              <span key={member}>{who(member)}</span>
            ))}
          </span>
        </>
      );
    case "voteCommitted":
      return <>{who(step.by)} ran the model and committed to a vote.</>;
    case "revealOpened":
      return <>All members of the {panelOf(step.round)} had committed: revealing began.</>;
    case "voteRevealed":
      return (
        <>
          {who(step.by)} revealed a vote: {voteOf(step.outputHash, answer)}.
        </>
      );
    case "roundUndecided":
      return (
        <>
          The {panelOf(step.round)} came to no decision, with {plural(step.votes, "vote")} for the strongest answer.
        </>
      );
    case "settled":
      return (
        <>
          Settled as <Status status={step.status} /> by a transaction of {who(step.by)}.
        </>
      );
    case "penalised":
      return (
        <>
          {who(step.account)} lost {formatEther(BigInt(step.amount))} ETH of the bond.
        </>
      );
    case "awarded":
      return (
        <>
          {who(step.account)} was awarded <strong>{plural(step.amount, "point")}</strong> as {step.reason.name}, entry{" "}
          {group(step.seq)} of the ledger.
        </>
      );
    case "burned":
      return (
        <>
          <strong>{plural(step.amount, "point")}</strong> of {who(step.account)} were burned: {step.reason.name}, entry{" "}
          {group(step.seq)} of the ledger.
        </>
      );
  }
}

const panelOf = (round: number): string =>
  round === 1 ? "first panel" : round === 2 ? "second panel" : `panel ${round}`;

function voteOf(vote: Hex, answer: Hex | null): ReactNode {
  if (vote === INVALID) return "there is no valid run";
  if (vote === UNAVAILABLE) return "the model or its input can't be had";
  const output = <code title={vote}>{short(vote)}</code>;
  if (answer === null) return <>output {output}</>;
  return vote === answer ? <>the prover's output, {output}</> : <>another output, {output}</>;
}
