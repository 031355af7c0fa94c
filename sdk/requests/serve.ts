import type { Hex, TransactionReceipt } from "viem";
import { type Client, contractOf } from "../client.ts";
import { attestationUid } from "../commitments.ts";
import type { BroughtAnswer } from "../moves.ts";
import { Finality, Status } from "../protocol.ts";
import type { CallSender } from "../sending.ts";
import { acceptCall, answerCall, cover, lockCoverCall, readDeposit } from "./contracts.ts";
import type { Request } from "./request.ts";

// What a prover does for a request. Where it is paid in a token, the prover has approved that to both contracts before.

/**
 * Accepts a request, with its deposit: from now on the sender alone may answer, and has to. Throws a `RevertError` where another
 * prover was faster, the time is too short, or the sender may not answer.
 */
export async function accept(client: Client, sender: CallSender, request: Request): Promise<TransactionReceipt> {
  return sender.send(acceptCall(client, request, await readDeposit(client, request)));
}

/**
 * Answers an accepted request by an attestation that is recorded, and locks first what is missing of the cover that the
 * request asks for. Throws a `RevertError` that names what is wrong about the answer.
 */
export async function answer(
  client: Client,
  sender: CallSender,
  request: Request,
  { attestation, answer: opened, output }: BroughtAnswer,
): Promise<TransactionReceipt> {
  const { attestationRegistry } = client.contracts;
  const uid = attestationUid(client.deployment.chainId, attestationRegistry.address, attestation);
  if (request.finality === Finality.covered) {
    const status = await client.rpc.readContract({ ...attestationRegistry, functionName: "statusOf", args: [uid] });
    if (status === Status.pending) await coverAnswer(client, sender, request, uid);
  }
  return sender.send(answerCall(client, request, attestation, opened, output));
}

/** Locks what is missing of the cover that a request asks for. */
export async function coverAnswer(
  client: Client,
  sender: CallSender,
  { beneficiary, token, cover: asked }: Request,
  uid: Hex,
): Promise<void> {
  const args = [uid, beneficiary, token] as const;
  const locked = await client.rpc.readContract({ ...contractOf(client, cover), functionName: "coverOf", args });
  if (locked < asked) await sender.send(lockCoverCall(client, uid, beneficiary, token, asked - locked));
}
