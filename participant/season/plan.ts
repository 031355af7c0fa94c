import { type Address, erc20Abi, hexToBytes, parseAbi, sha256 } from "viem";
import type { Call } from "../../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../../sdk/client.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import { decodeLayout, tensorBytes } from "../../sdk/layouts.ts";
import { methodName, partOf } from "../../sdk/methods/index.ts";
import { rewardsContract } from "../../sdk/seasonEnd.ts";
import { metadataBytes } from "../../sdk/seasonMetadata.ts";
import { participantMethods } from "../methods/index.ts";
import type { ParticipantMethod } from "../methods/method.ts";
import { addressesOf, publishCall } from "../publish.ts";
import { datesFrom, type SeasonFile } from "./file.ts";
import { type FoundSeason, findSeason } from "./find.ts";
import { approvalCall, draftCall, escrowCall, openCall, type SeasonDraft, type TaskDraft, taskCall } from "./send.ts";
import type { FoundTask } from "./tasks.ts";

/** A transaction that opening a season takes. */
export interface Step {
  name: "publish" | "admit" | "draft" | "addTask" | "approve" | "escrow" | "open";
  /** What it is about, for a person. */
  detail: string;
  isDone: boolean;
  /** Of the transaction; 0 where it is done. */
  gas: bigint;
  /** Where the chain's state doesn't allow an estimate yet: what such transactions took when they were measured. */
  isMeasured: boolean;
}

/** What opening a season takes. */
export interface Plan {
  draft: SeasonDraft;
  /** What is on the chain already. */
  found: FoundSeason | undefined;
  steps: Step[];
  gas: bigint;
  /** Wei a gas, now. */
  gasPrice: bigint;
  /** Wei, at that price. */
  cost: bigint;
}

/** What the chain says of times. */
export interface ChainTimes {
  /** Of the newest block, unix seconds. */
  now: number;
  /** Mean seconds between blocks. */
  blockSeconds: number;
  /** The least time between a season's end and its close, seconds. */
  needed: number;
}

const BLOCKS_LOOKED_AT = 32n;
const longestAbi = parseAbi(["function longest() view returns (uint64)"]);

/** Reads what a season's dates depend on, with the methods of its tasks. */
export async function readTimes(client: Client, methods: Iterable<number>): Promise<ChainTimes> {
  const { rpc, contracts } = client;
  const newest = await rpc.getBlock({ blockTag: "latest" });
  const back = newest.number < BLOCKS_LOOKED_AT ? newest.number : BLOCKS_LOOKED_AT;
  const before = await rpc.getBlock({ blockNumber: newest.number - back });
  const margin = await rpc.readContract({ ...contracts.campaign, functionName: "closingMargin" });
  let longest = 0n;
  for (const id of new Set(methods)) {
    const address = await rpc.readContract({ ...contracts.attestationRegistry, functionName: "methodAt", args: [id] });
    const found = await rpc.readContract({ address, abi: longestAbi, functionName: "longest" });
    if (found > longest) longest = found;
  }
  const blockSeconds = back === 0n ? 0 : Number(newest.timestamp - before.timestamp) / Number(back);
  return { now: Number(newest.timestamp), blockSeconds, needed: Number(longest + margin) };
}

/** The season that a file would draft now. */
export function draftOf(file: SeasonFile, tasks: readonly TaskDraft[], { now, needed }: ChainTimes): SeasonDraft {
  const { metadata, dates, verifierCap, reward: rewards } = file;
  const uri = `ipfs://${cidOfSha256(sha256(metadataBytes(metadata)))}`;
  return { ...datesFrom(dates, now, needed), verifierCap, uri, tasks, rewards };
}

/**
 * Says which transactions opening a season takes, which of them are done, and what the others cost. Judges nothing.
 *
 * @param tasks Each with its draft.
 */
export async function planSeason(
  client: Client,
  organiser: Address,
  file: SeasonFile,
  tasks: readonly FoundTask[],
  times: ChainTimes,
): Promise<Plan> {
  const drafts = tasks.flatMap(({ draft }) => draft ?? []);
  const wanted = draftOf(file, drafts, times);
  const found = await findSeason(client, organiser, file, wanted, times.now);
  const begun = found?.state === "cancelled" ? undefined : found;
  const { startsAt, endsAt, closesAt } = begun ?? wanted;
  const draft = { ...wanted, startsAt, endsAt, closesAt };
  const seasonId = begun?.seasonId ?? LATER;
  const steps: Step[] = [];
  /** Adds a step; `ready` if the chain's state allows an estimate. */
  const add = async (
    { name, detail, isDone }: Pick<Step, "name" | "detail" | "isDone">,
    call: () => Call,
    ready: boolean,
    measured: (call: Call) => bigint,
  ): Promise<void> => {
    const made = isDone ? undefined : call();
    const estimate = made && ready ? await estimateOf(client, organiser, made) : undefined;
    const gas = estimate ?? (made ? measured(made) : 0n);
    steps.push({ name, detail, isDone, gas, isMeasured: made !== undefined && estimate === undefined });
  };

  const models = new Set<string>();
  for (const { model, files, isPublished } of tasks) {
    if (model === undefined || files === undefined || models.has(model.modelId)) continue;
    models.add(model.modelId);
    const call = () => publishCall(client, model, addressesOf(files.artifact, files.card));
    await add({ name: "publish", detail: `model ${model.modelId}`, isDone: isPublished }, call, true, measuredGas);
  }
  const admitted = new Set<string>();
  for (const task of tasks) {
    const call = await admissionFor(client, task);
    if (call === undefined || admitted.has(call.data)) continue;
    admitted.add(call.data);
    const detail = `model ${task.model?.modelId}, by ${task.line.method}`;
    await add({ name: "admit", detail, isDone: false }, () => call, task.isPublished, measuredGas);
  }
  const arePublished = admitted.size === 0 && tasks.every(({ isPublished }) => isPublished);
  const isDrafted = begun !== undefined;
  const isOpen = begun?.state === "open";
  const drafted = isDrafted ? `season ${seasonId}` : "the season";
  await add({ name: "draft", detail: drafted, isDone: isDrafted }, () => draftCall(client, draft), true, measuredGas);
  for (const [i, task] of drafts.entries()) {
    const detail = `task ${i + 1}: ${methodName(task.method)}, ${task.inputs.length} bytes of inputs`;
    const isDone = i < (begun?.tasks ?? 0);
    await add(
      { name: "addTask", detail, isDone },
      () => taskCall(client, seasonId, task),
      isDrafted && arePublished,
      (call) => measuredTaskGas(call, task),
    );
  }
  const { rewards } = draft;
  if (rewards !== undefined && hasContract(client, rewardsContract)) {
    const { token, pool, posterBudget } = rewards;
    const isEscrowed = begun?.escrowed === true;
    const detail = `${pool + posterBudget} of token ${token}`;
    await add({ name: "approve", detail, isDone: isEscrowed }, () => approvalCall(client, rewards), true, measuredGas);
    const allowed = isDrafted && !isEscrowed && (await allowanceOf(client, token, organiser)) >= pool + posterBudget;
    await add(
      { name: "escrow", detail, isDone: isEscrowed },
      () => escrowCall(client, seasonId, rewards),
      allowed,
      measuredGas,
    );
  }
  const isReady = steps.every(({ name, isDone }) => isDone || name === "approve");
  await add(
    { name: "open", detail: draft.uri, isDone: isOpen },
    () => openCall(client, seasonId, draft),
    isReady,
    measuredGas,
  );
  const gas = steps.reduce((sum, step) => sum + step.gas, 0n);
  const gasPrice = await client.rpc.getGasPrice();
  return { draft, found, steps, gas, gasPrice, cost: gas * gasPrice };
}

/** The call that has a task's method admit its model; undefined where none is needed. */
export async function admissionFor(client: Client, { model, draft }: FoundTask): Promise<Call | undefined> {
  if (model === undefined || draft === undefined) return undefined;
  return partOf<ParticipantMethod>(participantMethods, draft.method)?.admissionCall?.(client, model);
}

/** Stands for the id of a season that isn't drafted yet, in calls that are only measured. */
const LATER = 2n ** 24n - 1n;

async function allowanceOf(client: Client, token: Address, owner: Address): Promise<bigint> {
  const { address } = contractOf(client, rewardsContract);
  const call = { address: token, abi: erc20Abi, functionName: "allowance", args: [owner, address] } as const;
  return client.rpc.readContract(call).catch(() => 0n);
}

/** What a node says that a call takes; undefined where the call is refused as things stand. */
const estimateOf = ({ rpc }: Client, account: Address, { to, data, value }: Call): Promise<bigint | undefined> =>
  rpc.estimateGas({ account, to, data, value }).catch(() => undefined);

/* MEASURED on the chain of test/participant/season/check.test.ts, which holds the sum against what is used. */

/** Gas that contracts spend, beside the transaction and its calldata. */
const SPENT: Readonly<Record<string, bigint>> = {
  draft: 100_000n,
  publish: 200_000n,
  admit: 200_000n,
  approve: 30_000n,
  escrow: 125_000n,
  open: 60_000n,
};
const SPENT_BY_TASK = 150_000n;
const SPENT_BY_INPUT = 310n;
const SPENT_BY_INPUT_BYTE = 10n;

const measuredGas = (call: Call): bigint => gasOf(call, SPENT[call.name] ?? 0n);

function measuredTaskGas(call: Call, { inputs, model }: TaskDraft): bigint {
  const size = BigInt(inputs.length);
  const count = size / BigInt(tensorBytes(decodeLayout(model.layout).input));
  return gasOf(call, SPENT_BY_TASK + SPENT_BY_INPUT * count + SPENT_BY_INPUT_BYTE * size);
}

/** A transaction's gas (EIP-7623), with what is spent while it runs. */
function gasOf({ data }: Call, spent: bigint): bigint {
  const bytes = hexToBytes(data);
  const zeros = bytes.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  const tokens = BigInt(zeros + 4 * (bytes.length - zeros));
  const usual = 4n * tokens + spent;
  return 21_000n + (usual > 10n * tokens ? usual : 10n * tokens);
}
