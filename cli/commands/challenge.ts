import type { Address, Hex } from "viem";
import { readAssignment } from "../../inference/assignment.ts";
import { examineClaim, type Finding, readChainModel } from "../../inference/methods/fraudProof/examine.ts";
import { sizeOf } from "../../inference/verify/claims.ts";
import { type RecordedClaim, readClaim } from "../../inference/verify/readClaim.ts";
import { followHeads } from "../../participant/heads.ts";
import { refutationOf } from "../../participant/refutation.ts";
import { type Call, createSender } from "../../participant/sender.ts";
import { PENDING, REFUTED } from "../../participant/view.ts";
import { statuses } from "../../sdk/attestations.ts";
import { type Client, fraudProofOf } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { grouped } from "../format.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { parseHash } from "../usage.ts";

export const challenge: Command = {
  positionals: ["UID"],
  summary: "re-run an attestation or batch under FraudProof, and refute what is wrong",
  details: `UID names an attestation or a batch. Its activations, its model's rows and its inputs are read from the chain and every row is recomputed here. An honest one can't be refuted, and needs no key. For a wrong one the first wrong row is shown to the contract, which recomputes that one value and gives half of the bond to the key's account. Exit code 0 if it is honest or refuted; 1 if it is wrong and can't be refuted any more.
JSON: id, status (after this), units, honest, refuted, disputed (unit or null, index, layer, row, claimed, correct; null where honest), challenger and transactionHash (null where nothing was sent).`,
  options: {},
  async run(invocation) {
    const id = parseHash("UID", invocation.positionals[0] as string);
    const { client } = await openConnection(invocation.settings);
    fraudProofOf(client);
    const claim = await readClaim(client, id);
    if (claim === undefined)
      throw new Error(
        `No attestation or batch ${id} under FraudProof is recorded on chain ${client.deployment.chainId}.`,
      );
    const { modelId, context } = claim.claim.attestation;
    const unit = unitOf(context);
    const assignment = unit && (await readAssignment(client, unit));
    if (typeof assignment === "string") throw new Error(assignment);
    const model = await readChainModel(client, modelId);
    const finding = await examineClaim(claim, model, assignment);
    if (finding === undefined) return honest(claim);
    return refute(claim, finding, refutationOf(client, claim, model, assignment, finding), client, invocation);
  },
};

function honest(claim: RecordedClaim): Outcome {
  const size = sizeOf(claim);
  return {
    good: true,
    text: [
      ...heading(claim, statuses[claim.status] ?? "none"),
      "",
      `honest: nothing to refute. ${size === 1 ? "Its run was" : `All ${grouped(size)} units were`} recomputed, row by row.`,
    ].join("\n"),
    json: {
      ...{ id: claim.id, status: statuses[claim.status], units: size, honest: true, refuted: claim.status === REFUTED },
      ...{ disputed: null, challenger: null, transactionHash: null },
    },
  };
}

async function refute(
  claim: RecordedClaim,
  disputed: Finding,
  call: Call,
  client: Client,
  { settings, progress }: Invocation,
): Promise<Outcome> {
  if (claim.status !== PENDING)
    return wrong(claim, disputed, {
      good: claim.status === REFUTED,
      status: claim.status,
      challenger: null,
      hash: null,
    });
  const account = await openSettingsAccount(settings);
  const ending = new AbortController();
  try {
    const heads = await followHeads(client.rpc, { signal: ending.signal, report: progress.say });
    const sender = createSender(client.rpc, client.deployment.chainId, heads, account);
    const { transactionHash: hash } = await sender.send(call);
    return wrong(claim, disputed, { good: true, status: REFUTED, challenger: account.address, hash });
  } finally {
    ending.abort();
  }
}

interface Ending {
  good: boolean;
  status: number;
  /** Who refuted it by this; null where nothing was sent. */
  challenger: Address | null;
  hash: Hex | null;
}

function wrong(claim: RecordedClaim, disputed: Finding, { good, status, challenger, hash }: Ending): Outcome {
  const name = statuses[status] ?? "none";
  const { unit, layer, row, claimed, correct } = disputed;
  const of = unit === undefined ? "" : ` of unit ${unit}`;
  const verdict =
    hash !== null
      ? "refuted: the contract computed the row itself. Half of the bond is yours to claim."
      : status === REFUTED
        ? "refuted before: there is nothing left to refute."
        : `wrong, but ${name} already: nobody refuted it in time.`;
  return {
    good,
    text: [
      ...heading(claim, name),
      `Row     ${row} of layer ${layer}${of}`,
      `Claims  ${claimed}`,
      `Is      ${correct}`,
      ...(hash === null ? [] : [`Transaction  ${hash}`]),
      "",
      verdict,
    ].join("\n"),
    json: {
      ...{ id: claim.id, status: name, units: sizeOf(claim), honest: false, refuted: status === REFUTED },
      ...{ disputed: { ...disputed, unit: unit ?? null }, challenger, transactionHash: hash },
    },
  };
}

const heading = ({ id, claim }: RecordedClaim, status: string): string[] => [
  `Claim   ${id}`,
  `Prover  ${claim.attestation.prover}`,
  `Status  ${status}`,
];
