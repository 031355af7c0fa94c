import type { Address, Hex } from "viem";
import { readAssignment } from "../../../inference/assignment.ts";
import { examine, type Finding, readChainModel } from "../../../inference/methods/fraudProof/examine.ts";
import { refutationOf } from "../../../participant/methods/fraudProof/refutation.ts";
import { type AttestationState, countOf, readAttestation } from "../../../sdk/attestations.ts";
import type { Call } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { Status, statusName } from "../../../sdk/protocol.ts";
import type { Command, Invocation, Outcome } from "../../command.ts";
import { grouped } from "../../format.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { parseHash } from "../../usage.ts";

export const challenge: Command = {
  positionals: ["UID"],
  summary: "re-run an attestation or batch under FraudProof, refute what is wrong",
  details: `UID names an attestation or a batch. Its activations, its model's rows and its inputs are read from the chain and every row is recomputed here. If all are right, it can't be refuted, and no key is needed. Otherwise the first wrong row is sent to the contract, which recomputes that one value and gives half of the bond to the key's account. Exit code 0 if it is honest or refuted; 1 if it is wrong and can't be refuted any more.
JSON: id, status (afterwards), units, honest, refuted, disputed (unit or null, index, layer, row, claimed, correct; null where honest), challenger and transactionHash (null where nothing was sent).`,
  options: {},
  async run(invocation) {
    const id = parseHash("UID", invocation.positionals[0] as string);
    const { client } = await openConnection(invocation.settings);
    contractOf(client, fraudProof);
    const attestation = await readAttestation(client, id);
    if (attestation?.message.method !== fraudProof.id)
      throw new Error(
        `No attestation or batch ${id} under FraudProof is recorded on chain ${client.deployment.chainId}.`,
      );
    const { modelId, context } = attestation.message;
    const unit = unitOf(context);
    const assignment = unit && (await readAssignment(client, unit));
    if (typeof assignment === "string") throw new Error(assignment);
    const model = await readChainModel(client, modelId);
    const finding = await examine(attestation, model, assignment);
    if (finding === undefined) return honest(attestation);
    return refute(
      attestation,
      finding,
      refutationOf(client, attestation, model, assignment, finding),
      client,
      invocation,
    );
  },
};

function honest(attestation: AttestationState): Outcome {
  const { id, status } = attestation;
  const count = countOf(attestation);
  return {
    good: true,
    text: [
      ...heading(attestation, statusName(status)),
      "",
      `honest: nothing to refute. ${count === 1 ? "Its run was" : `All ${grouped(count)} units were`} recomputed, row by row.`,
    ].join("\n"),
    json: {
      ...{ id, status: statusName(status), units: count, honest: true, refuted: status === Status.refuted },
      ...{ disputed: null, challenger: null, transactionHash: null },
    },
  };
}

async function refute(
  attestation: AttestationState,
  disputed: Finding,
  call: Call,
  client: Client,
  { settings, progress }: Invocation,
): Promise<Outcome> {
  const { status } = attestation;
  if (status !== Status.pending)
    return wrong(attestation, disputed, { good: status === Status.refuted, status, challenger: null, hash: null });
  const account = await openSettingsAccount(settings);
  const { transactionHash: hash } = await withSender(client, account, progress, (sender) => sender.send(call));
  return wrong(attestation, disputed, { good: true, status: Status.refuted, challenger: account.address, hash });
}

interface Ending {
  good: boolean;
  status: number;
  /** Who refuted it by this; null where nothing was sent. */
  challenger: Address | null;
  hash: Hex | null;
}

function wrong(attestation: AttestationState, disputed: Finding, { good, status, challenger, hash }: Ending): Outcome {
  const name = statusName(status);
  const { unit, layer, row, claimed, correct } = disputed;
  const of = unit === undefined ? "" : ` of unit ${unit}`;
  const verdict =
    hash !== null
      ? "refuted: the contract computed the row itself. Half of the bond is yours to claim."
      : status === Status.refuted
        ? "refuted before: there is nothing left to refute."
        : `wrong, but ${name} already: nobody refuted it in time.`;
  return {
    good,
    text: [
      ...heading(attestation, name),
      `Row     ${row} of layer ${layer}${of}`,
      `Claims  ${claimed}`,
      `Is      ${correct}`,
      ...(hash === null ? [] : [`Transaction  ${hash}`]),
      "",
      verdict,
    ].join("\n"),
    json: {
      ...{
        id: attestation.id,
        status: name,
        units: countOf(attestation),
        honest: false,
        refuted: status === Status.refuted,
      },
      ...{ disputed: { ...disputed, unit: unit ?? null }, challenger, transactionHash: hash },
    },
  };
}

const heading = ({ id, message }: AttestationState, status: string): string[] => [
  `Uid     ${id}`,
  `Prover  ${message.prover}`,
  `Status  ${status}`,
];
