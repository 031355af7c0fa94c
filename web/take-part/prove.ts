import { type Address, bytesToHex, type Hex } from "viem";
import { hashTensor } from "../../inference/tensors.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, contractOf, readSeason, readTasks } from "../../sdk/client.ts";
import { type Answer, answerHash, attestationUid, unitSeed, ZERO_HASH } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { methodById, methodName } from "../../sdk/methods/index.ts";
import { Status } from "../../sdk/protocol.ts";
import { unitInput } from "../../sdk/units.ts";
import { webMethodOf } from "../methods/index.ts";
import type { TakePart } from "../methods/method.ts";
import type { Journal } from "./journal.ts";
import type { Ran } from "./run.ts";
import { send, type Wallet } from "./wallet.ts";

/** What proving needs: `run` re-hashes the model's file and runs it on the pinned runtime. */
export interface Tools {
  client: Client;
  wallet: Wallet;
  journal: Journal;
  run: (modelId: Hex, input: Uint8Array) => Promise<Ran>;
}

/** A unit's input and the model's output; kept in the journal, not yet sent. */
export interface Draft extends Ran {
  uid: Hex;
  modelId: Hex;
  /** The task's method, by its number in the registry's list. */
  method: number;
  taskId: string;
  unit: number;
}

/** Works on a unit: derives its input from the chain, runs the model, keeps the answer. Nothing is sent yet. */
export async function draftUnit(tools: Tools, seasonId: bigint, taskId: string, unit: number): Promise<Draft> {
  const { client, wallet, journal, run } = tools;
  const { seed, seededAt } = await readSeason(client, seasonId);
  if (seededAt === 0) throw new Error(`Season ${seasonId} has no seed yet: its inputs can't be known.`);
  const task = (await readTasks(client, seasonId)).find((one) => one.taskId === BigInt(taskId));
  if (task === undefined) throw new Error(`Season ${seasonId} has no task ${taskId}.`);
  const place = { seasonId, taskId: task.taskId, unit: BigInt(unit) };
  const elements = unitInput(unitSeed(seed, task.taskId, wallet.account, place.unit), task);
  const { input, output } = await run(task.modelId, new Uint8Array(elements.buffer));
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const answer: Answer = { outputHash: hashTensor(output), traceHash: ZERO_HASH, salt };
  const attestation = {
    prover: wallet.account,
    method: task.method,
    modelId: task.modelId,
    inputHash: hashTensor(input),
    context: unitContext({ campaign: client.contracts.campaign.address, ...place }),
    answer: answerHash(wallet.account, answer),
  };
  const uid = attestationUid(client.deployment.chainId, client.contracts.attestationRegistry.address, attestation);
  journal.keep({ uid, attestation, answer });
  return { uid, modelId: task.modelId, method: task.method, taskId, unit, input, output };
}

/**
 * Deposits what the task's method asks, where it isn't there already, and commits to an attestation of the journal. The
 * wallet is asked once or twice; `say` is called before each time. Throws a sentence where this page can't take part under
 * the method.
 */
export async function commitDraft({ client, wallet, journal }: Tools, uid: Hex, say: (step: string) => void) {
  const { bonds, attestationRegistry } = client.contracts;
  const { method, modelId, inputHash, context, answer } = kept(journal, uid).attestation;
  const { contract, takePart } = partIn(client, method);
  const deposit = await takePart.deposit(client, contract);
  const holder = [contract, wallet.account] as const;
  const { free } = await client.rpc.readContract({ ...bonds, functionName: "bondOf", args: holder });
  if (free < deposit) {
    say("Depositing the money that a wrong answer would lose …");
    const value = deposit - free;
    await send(client.rpc, wallet, callOf({ ...bonds, functionName: "deposit", args: holder, value }));
  }
  say("Committing to the answer, still hidden …");
  const args = [method, modelId, inputHash, context, answer] as const;
  await send(client.rpc, wallet, callOf({ ...attestationRegistry, functionName: "commit", args }));
}

/** A method's contract, which holds its provers' bonds, and how to take part under it. */
function partIn(client: Client, id: number): { contract: Address; takePart: TakePart } {
  const method = methodById(id);
  const takePart = webMethodOf(id)?.takePart;
  if (!method || !takePart) throw new Error(`A browser can't take part under ${methodName(id)}.`);
  return { contract: contractOf(client, method).address, takePart };
}

/** Opens a committed attestation of the journal. It is no error if it is open already, or settled. */
export async function reveal({ client, wallet, journal }: Omit<Tools, "run">, uid: Hex): Promise<void> {
  const { attestation, answer } = kept(journal, uid);
  const { method, modelId, inputHash, context } = attestation;
  const args = [method, modelId, inputHash, context, answer] as const;
  const call = callOf({ ...client.contracts.attestationRegistry, functionName: "reveal", args });
  try {
    await send(client.rpc, wallet, call);
  } catch (error) {
    // This page may have been first, before a reload or in another tab.
    const { attestationRegistry } = client.contracts;
    const record = await client.rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args: [uid] });
    if (record.status === Status.pending && !record.open) throw error;
  }
}

function kept(journal: Journal, uid: Hex) {
  const entry = journal.entries().find((one) => one.uid === uid);
  if (entry === undefined) throw new Error(`The answer to ${uid} is not in this browser, so it can't be opened.`);
  return entry;
}
