import { type Address, bytesToHex, concat, type Hex } from "viem";
import { hashTensor } from "../../inference/tensors.ts";
import { type Call, callOf } from "../../sdk/calls.ts";
import { type Client, contractOf, readSeason, readTasks, type TaskInputs } from "../../sdk/client.ts";
import { type Answer, answerHash, attestationUid, unitSeed, ZERO_HASH } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { methodById, methodName } from "../../sdk/methods/index.ts";
import { Status } from "../../sdk/protocol.ts";
import { unitInput } from "../../sdk/units.ts";
import type { Ran } from "../runs/messages.ts";
import { type Fee, feeOf } from "./fee.ts";
import type { Journal } from "./journal.ts";
import { takePartOf } from "./methods/index.ts";
import type { Stake, TakePart } from "./methods/method.ts";
import { send, type Wallet } from "./wallet.ts";

/** What proving needs: `run` re-hashes the model's file and runs it on the pinned runtime. */
export interface Tools {
  client: Client;
  wallet: Wallet;
  journal: Journal;
  run: (modelId: Hex, inputs: Uint8Array[], isTraced: boolean) => Promise<Ran>;
}

/** Consecutive units of a season's task. */
export interface Units {
  taskId: string;
  first: number;
  count: number;
}

/** Units that were run here, and the call that attests to their answers; not yet sent. */
export interface Draft extends Units, Pick<Ran, "input" | "output"> {
  modelId: Hex;
  /** The task's method, by its number in the registry's list. */
  method: number;
  attest: Call;
}

/**
 * Works on units: derives their inputs from the chain, runs the model, and keeps an answer that is to be hidden. Under a
 * method that takes batches, fewer units may come back than were asked for: as many as fit into a transaction. Nothing is
 * sent yet. Throws a sentence where this page can't take part under the method.
 */
export async function draftUnits(tools: Tools, seasonId: bigint, { taskId, first, count }: Units): Promise<Draft> {
  const { client, wallet, run } = tools;
  const { seed, seededAt } = await readSeason(client, seasonId);
  if (seededAt === 0) throw new Error(`Season ${seasonId} has no seed yet: its inputs can't be known.`);
  const task = (await readTasks(client, seasonId)).find((one) => one.taskId === BigInt(taskId));
  if (task === undefined) throw new Error(`Season ${seasonId} has no task ${taskId}.`);
  const { takePart } = partIn(client, task.method);
  const inputs = Array.from({ length: count }, (_, i) => {
    const elements = unitInput(unitSeed(seed, task.taskId, wallet.account, BigInt(first + i)), task);
    return new Uint8Array(elements.buffer, elements.byteOffset, elements.length);
  });
  const ran = await run(task.modelId, inputs, takePart.form === "batch");
  const context = unitContext({
    ...{ campaign: client.contracts.campaign.address, seasonId, taskId: task.taskId, unit: BigInt(first) },
  });
  return {
    ...{ taskId, first, modelId: task.modelId, method: task.method, input: ran.input, output: ran.output },
    count: ran.traced?.leaves.length ?? 1,
    attest: ran.traced ? batchOf(client, task, context, ran.traced) : hide(tools, task, context, ran),
  };
}

function batchOf(
  { contracts }: Client,
  { method, modelId }: TaskInputs,
  context: Hex,
  { layout, leaves }: NonNullable<Ran["traced"]>,
): Call {
  const traces = concat(leaves.map((leaf) => bytesToHex(leaf)));
  const args = [method, modelId, context, leaves.length, bytesToHex(layout), traces] as const;
  return callOf({ ...contracts.attestationRegistry, functionName: "attestBatch", args });
}

/** Keeps the answer, and commits to it. */
function hide(
  { client: { contracts, deployment }, wallet, journal }: Tools,
  { method, modelId }: TaskInputs,
  context: Hex,
  { input, output }: Ran,
): Call {
  const { attestationRegistry } = contracts;
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const answer: Answer = { outputHash: hashTensor(output), traceHash: ZERO_HASH, salt };
  const attestation = {
    ...{ prover: wallet.account, method, modelId, inputHash: hashTensor(input), context },
    answer: answerHash(wallet.account, answer),
  };
  const uid = attestationUid(deployment.chainId, attestationRegistry.address, attestation);
  journal.keep({ uid, attestation, answer });
  const args = [method, modelId, attestation.inputHash, context, attestation.answer] as const;
  return callOf({ ...attestationRegistry, functionName: "commit", args });
}

/** The next transaction on the way to an attestation, and all that it takes. Amounts are in wei. */
export interface NextStep extends Stake, Fee {
  /** Deposits what is missing; or, with nothing missing, attests. */
  call: Call;
  /** What is free in the deposit by now. */
  free: bigint;
  /** What is missing there: the value of `call`. */
  missing: bigint;
}

/** What is to be sent next for a draft; the contract's refusal of it is thrown. */
export async function nextStep(
  { client, wallet }: Pick<Tools, "client" | "wallet">,
  { method, count, attest }: Pick<Draft, "method" | "count" | "attest">,
): Promise<NextStep> {
  const { contract, takePart } = partIn(client, method);
  const { bonds } = client.contracts;
  const holder = [contract, wallet.account] as const;
  const [stake, { free }] = await Promise.all([
    takePart.stakeOf(client, contract, count),
    client.rpc.readContract({ ...bonds, functionName: "bondOf", args: holder }),
  ]);
  const missing = free < stake.locked ? stake.locked - free : 0n;
  const deposit = () => callOf({ ...bonds, functionName: "deposit", args: holder, value: missing });
  const call = missing > 0n ? deposit() : attest;
  return { ...stake, free, missing, call, ...(await feeOf(client.rpc, wallet.account, call)) };
}

/** A method's contract, which holds its provers' bonds, and how to take part under it. */
function partIn(client: Client, id: number): { contract: Address; takePart: TakePart } {
  const method = methodById(id);
  const takePart = takePartOf(id);
  if (!method || !takePart) throw new Error(`A browser can't take part under ${methodName(id)}.`);
  return { contract: contractOf(client, method).address, takePart };
}

/** Opens a committed attestation of the journal. It is no error if it is open already, or settled. */
export async function reveal({ client, wallet, journal }: Omit<Tools, "run">, uid: Hex): Promise<void> {
  const entry = journal.entries().find((one) => one.uid === uid);
  if (entry === undefined) throw new Error(`The answer to ${uid} is not in this browser, so it can't be opened.`);
  const { method, modelId, inputHash, context } = entry.attestation;
  const args = [method, modelId, inputHash, context, entry.answer] as const;
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
