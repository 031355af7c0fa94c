import { bytesToHex, type Hex } from "viem";
import { forward } from "../../../inference/integer.ts";
import { disputeRow, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced, type TracedAttestation, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { encodeTensor } from "../../../inference/tensors.ts";
import { ensureDeposit } from "../../../participant/deposits.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Asked, Wish } from "../../../sdk/requests/ask.ts";
import { readRequest } from "../../../sdk/requests/read.ts";
import { requestContext } from "../../../sdk/requests/request.ts";
import { accept, answer } from "../../../sdk/requests/serve.ts";
import type { Site } from "../chain.ts";

/** A digits image with every pixel `value`. */
export const image = (value: number): Uint8Array => new Uint8Array(64).fill(value);

/** Asks for a covered answer about the digits image with every pixel `value`. */
export const wishOf = ({ digits }: Site, value: number): Wish => ({
  ...{ modelId: digits.model.modelId, input: image(value), finality: "covered", fee: 10n ** 15n, cover: 10n ** 16n },
});

/** An answer that was given by hand. */
export interface ByHandAnswer extends TracedAttestation {
  uid: Hex;
  trace: Uint8Array;
  /** The output's header and data. */
  output: Uint8Array;
}

/**
 * Accepts a request as account `n`, attests a run under FraudProof, locks the cover and answers.
 *
 * @param lie Whether the output's last byte is changed.
 */
export async function answerByHand(site: Site, n: number, asked: Asked, lie = false): Promise<ByHandAnswer> {
  const { client, deployment, digits, models, senderOf } = site;
  const sender = senderOf(n);
  const prover = sender.account.address;
  const { request, requestId } = asked;
  await accept(client, sender, request);
  const { layout, layers } = await models.open(request.modelId);
  const { input } = await readRequest(client, requestId);
  const trace = traceOf(forward(layers, new Int8Array(input.slice(-64))));
  if (lie) trace[trace.length - 1] = (trace.at(-1) as number) ^ 1;
  const traced = buildTraced(digits.layout, {
    ...{ prover, method: fraudProof.id, modelId: request.modelId, context: requestContext(requestId) },
    ...{ salt: requestId, trace },
  });
  const { attestationRegistry } = client.contracts;
  const uid = attestationUid(deployment.chainId, attestationRegistry.address, traced.attestation);
  const { method, modelId, inputHash, context } = traced.attestation;
  await ensureDeposit(client, sender, contractOf(client, fraudProof).address, 10n ** 6n);
  const args = [method, modelId, inputHash, context, traced.answer, traced.evidence] as const;
  await sender.send(callOf({ ...attestationRegistry, functionName: "attest", args }));
  const output = encodeTensor({ spec: layout.output, data: trace.slice(-(layout.widths.at(-1) as number)) });
  await answer(client, sender, request, { ...traced, output: bytesToHex(output) });
  return { ...traced, uid, trace, output };
}

/** Refutes a lie by its wrong row. */
export async function refuteByHand(site: Site, n: number, { attestation, answer, trace }: ByHandAnswer): Promise<void> {
  const { client, digits, models, senderOf } = site;
  const { layers } = await models.open(attestation.modelId);
  const wrong = findWrongRow(layers, trace);
  if (wrong === undefined) throw new Error("Every row is right.");
  const row = disputeRow(digits.layout, layers, wrong);
  const contract = contractOf(client, fraudProof);
  const args = [attestation, answer, bytesToHex(trace), row] as const;
  await senderOf(n).send(callOf({ ...contract, functionName: "refute", args }));
}

/** Waits until FraudProof's window is over, and settles an attestation. */
export async function settleByHand(site: Site, n: number, uid: Hex): Promise<void> {
  const { client, follower, senderOf } = site;
  const contract = contractOf(client, fraudProof);
  const { attestedAt } = await client.rpc.readContract({
    ...{ ...client.contracts.attestationRegistry, functionName: "recordOf", args: [uid] },
  });
  const until = BigInt(attestedAt + (await client.rpc.readContract({ ...contract, functionName: "window" })));
  while (follower.heads.latest.timestamp < until) await follower.heads.next();
  await senderOf(n).send(callOf({ ...contract, functionName: "settle", args: [uid] }));
}
