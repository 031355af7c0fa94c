import { type Address, encodeFunctionData, erc20Abi, formatEther, type Hex, keccak256, toBytes } from "viem";
import { refuseCard } from "../../inference/card.ts";
import { checkFiles } from "../../inference/check.ts";
import { type ContentReader, fetchContent } from "../../inference/content.ts";
import { messageOf } from "../../inference/failures.ts";
import type { PublishedModel } from "../../inference/model.ts";
import type { ModelOpener } from "../../inference/opener.ts";
import { hashTensor } from "../../inference/tensors.ts";
import type { Call } from "../../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../../sdk/client.ts";
import { unitSeed } from "../../sdk/commitments.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import { RevertError, revertDataOf, sentenceOf } from "../../sdk/errors.ts";
import { decodeLayout, tensorBytes } from "../../sdk/layouts.ts";
import { rewardsContract, type Terms } from "../../sdk/seasonEnd.ts";
import { unitInput } from "../../sdk/units.ts";
import { MOST_POINTS, type SeasonFile } from "./file.ts";
import { type ChainTimes, type Plan, planSeason, readTimes } from "./plan.ts";
import { draftCall, type SeasonDraft, type TaskDraft } from "./send.ts";
import { type FoundTask, findTasks, type SeasonReader } from "./tasks.ts";

/** What was found of one thing that could fail later. */
export interface SeasonFinding {
  /** What it is about: dates, points, rights, reward, money, state, or "task 1". */
  about: string;
  /** `note`: nothing refuses it, but the organiser should know. */
  result: "ok" | "refused" | "note";
  /** The finding, as a sentence. */
  detail: string;
}

/** A season file that was looked at. */
export interface CheckedSeason {
  findings: SeasonFinding[];
  tasks: FoundTask[];
  /** Undefined where something is missing that a transaction would hold. */
  plan: Plan | undefined;
}

export interface SeasonCheckOptions {
  client: Client;
  organiser: Address;
  file: SeasonFile;
  reader: SeasonReader;
  /** Where models' files are that are published and not beside the season file. */
  content: ContentReader;
  /** The server that participants fetch content from, as in `http://127.0.0.1:4000`. */
  source: string;
  /** Runs the models, which may be strangers'. */
  opener: ModelOpener;
}

/** Blocks that opening takes: models, draft, tasks, opening, and one to spare. */
const BLOCKS_TO_OPEN = 5;

/**
 * Simulates all of opening a season before anything is sent, and says everything that would be refused, by contracts or
 * by whoever verifies its units. Throws only where the chain can't be read.
 */
export async function checkSeason(options: SeasonCheckOptions): Promise<CheckedSeason> {
  const { client, organiser, file, reader, content } = options;
  const findings: SeasonFinding[] = [];
  const say: Say = (about, result, detail) => void findings.push({ about, result, detail });
  const tasks = await findTasks(client, content, file, reader);
  const registry = client.contracts.attestationRegistry;
  const methodCount = await client.rpc.readContract({ ...registry, functionName: "methodCount" });
  for (const [i, task] of tasks.entries()) {
    const name = `task ${i + 1}`;
    if (task.draft && task.draft.method > methodCount) {
      task.problems.push(`The deployment's registry has no method "${task.line.method}".`);
      task.draft = undefined;
    }
    for (const problem of task.problems) say(name, "refused", problem);
    await checkTask(name, task, options, say);
  }
  checkPoints(file, say);
  const drafts = tasks.flatMap(({ draft }) => draft ?? []);
  const times = await readTimes(client, new Set(drafts.map(({ method }) => method)));
  const isComplete = drafts.length === tasks.length;
  const plan = isComplete ? await planSeason(client, organiser, file, tasks, times) : undefined;
  if (plan !== undefined) {
    checkState(plan, say);
    checkDates(plan, times, say);
    await checkPending(client, organiser, say);
    await checkRights(client, organiser, plan.draft, say);
  }
  if (file.reward) await checkReward(client, organiser, file.reward, plan?.found?.escrowed === true, say);
  if (plan !== undefined) await checkMoney(client, organiser, plan, say);
  return { findings, tasks, plan };
}

type Say = (about: string, result: SeasonFinding["result"], detail: string) => void;

/* TASKS */

/** The model by `model check`, the method, a whole unit, and whether participants will find the file. */
async function checkTask(
  name: string,
  { line, files, model, draft, isPublished }: FoundTask,
  options: SeasonCheckOptions,
  say: Say,
): Promise<void> {
  if (files === undefined) return;
  const checked = await checkFiles(files, options.opener);
  const refused = checked.findings.filter(({ result }) => result === "refused");
  for (const { name: what, detail } of refused) say(name, "refused", `${what}: ${detail}`);
  const method = checked.findings.find((each) => each.name.toLowerCase() === line.method.toLowerCase());
  if (method?.result === "no") say(name, "refused", `${method.name}: ${method.detail}`);
  const card = files.card && model && refuseCard(files.card, model.modelId);
  if (card !== undefined) say(name, "refused", card);
  if (model === undefined) return;
  if (refused.length === 0 && method?.result === "ok")
    say(name, "ok", `${method.name} can take its model, which passes every check.`);
  if (refused.length === 0 && draft !== undefined) await checkUnit(name, files.artifact, model, draft, options, say);
  await checkServed(name, model, isPublished, options.source, say);
}

/** Runs a unit as a prover does, and again as whoever verifies it does. */
async function checkUnit(
  name: string,
  artifact: Uint8Array,
  model: PublishedModel,
  task: TaskDraft,
  { opener, organiser }: SeasonCheckOptions,
  say: Say,
): Promise<void> {
  const { input: spec, output } = decodeLayout(model.layout);
  const seed = unitSeed(keccak256(toBytes("proofboard season check")), 1n, organiser, 0n);
  const inputCount = task.inputs.length / tensorBytes(spec);
  const run = async (): Promise<Hex> => {
    const data = new Uint8Array(unitInput(seed, { ...task, inputCount }).buffer);
    const { session } = await opener.open(model, artifact);
    try {
      return hashTensor({ spec: output, data: await session.run(data) });
    } finally {
      await session.release();
    }
  };
  try {
    const [answer, again] = [await run(), await run()];
    if (answer === again) say(name, "ok", "A unit was run, and verified by running it again: the same bytes.");
    else say(name, "refused", `A unit gave ${answer} and, run again, ${again}.`);
  } catch (error) {
    say(name, "refused", `A unit can't be run: ${messageOf(error)}`);
  }
}

/** Integer models are made from the chain by whoever needs them; any other file must be served. */
async function checkServed(
  name: string,
  { rows, artifactHash }: PublishedModel,
  isPublished: boolean,
  source: string,
  say: Say,
): Promise<void> {
  if (rows.length > 0) return say(name, "ok", "Its file needs no server: anyone makes it from the chain.");
  const cid = cidOfSha256(artifactHash);
  const failure = await fetchContent(source, cid).then(() => undefined, messageOf);
  if (failure === undefined) return say(name, "ok", `${new URL(source).origin} serves its file.`);
  const when = isPublished ? "" : "once it is published ";
  say(name, "note", `Nobody can verify a unit unless its file ${cid} is served ${when}by /ipfs: ${failure}`);
}

/* SEASON */

function checkPoints({ tasks, verifierCap }: SeasonFile, say: Say): void {
  const most = tasks.reduce((sum, { points, unitsPerAccount }) => sum + points * BigInt(unitsPerAccount), verifierCap);
  const found = `An account can earn ${most} points, ${verifierCap} of them as verifier`;
  if (most <= MOST_POINTS) say("points", "ok", `${found}.`);
  else say("points", "refused", `${found}; a season takes at most ${MOST_POINTS}.`);
}

function checkState({ found, draft }: Plan, say: Say): void {
  if (found === undefined) return;
  const { seasonId, state, tasks } = found;
  if (state === "open") say("state", "note", `It is open already, as season ${seasonId}.`);
  if (state === "cancelled")
    say(
      "state",
      "note",
      `Season ${seasonId}, drafted from it, was cancelled; season cancel ${seasonId} returns its reward.`,
    );
  if (state !== "drafted") return;
  say(
    "state",
    "note",
    `Season ${seasonId} was drafted from it, with ${tasks} of ${draft.tasks.length} tasks: open goes on with that.`,
  );
}

function checkDates({ draft, found }: Plan, times: ChainTimes, say: Say): void {
  if (found?.state === "open") return;
  const { startsAt, endsAt, closesAt } = draft;
  const { now, needed, blockSeconds } = times;
  const before = Math.ceil(BLOCKS_TO_OPEN * blockSeconds);
  const problems = [
    ...(startsAt < now
      ? [`It starts at ${dateOf(startsAt)}, which is past: the chain's time is ${dateOf(now)}.`]
      : startsAt < now + before
        ? [`It starts ${startsAt - now} seconds from now; opening takes about ${before}.`]
        : []),
    ...(endsAt <= startsAt ? [`It ends at ${dateOf(endsAt)}, not after its start at ${dateOf(startsAt)}.`] : []),
    ...(closesAt < endsAt + needed
      ? [
          `It closes at ${dateOf(closesAt)}; units attested at the end may be settled and entered until ${dateOf(endsAt + needed)}, ${needed} seconds after it.`,
        ]
      : []),
    ...(closesAt >= 2 ** 40 ? ["It closes later than a contract can count."] : []),
  ];
  for (const problem of problems) say("dates", "refused", problem);
  if (problems.length > 0 && found?.state === "drafted")
    say("dates", "refused", `A draft keeps its dates; season cancel ${found.seasonId} makes room for a new one.`);
  if (problems.length > 0) return;
  say("dates", "ok", `It starts at ${dateOf(startsAt)}, ends at ${dateOf(endsAt)} and closes at ${dateOf(closesAt)}.`);
}

/** What waits to be mined can't be seen on the chain, and would be sent twice. */
async function checkPending({ rpc }: Client, address: Address, say: Say): Promise<void> {
  const [sent, mined] = await Promise.all([
    rpc.getTransactionCount({ address, blockTag: "pending" }),
    rpc.getTransactionCount({ address, blockTag: "latest" }),
  ]);
  if (sent > mined)
    say(
      "state",
      "refused",
      `${address} has ${sent - mined} transactions that wait to be mined: try again once they are.`,
    );
}

/** Unix seconds in ISO 8601. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace(".000Z", "Z");
}

async function checkRights(client: Client, organiser: Address, draft: SeasonDraft, say: Say): Promise<void> {
  const call = draftCall(client, draft);
  try {
    await client.rpc.call({ account: organiser, to: call.to, data: call.data });
    say("rights", "ok", `${organiser} may draft and open seasons.`);
  } catch (error) {
    const revert = reverted(call, error);
    if (revert === undefined) throw error;
    const isDenied = revert.errorName === "AccessManagedUnauthorized";
    say(
      "rights",
      "refused",
      isDenied ? `${organiser} may not draft seasons: the deployment's administrator grants that.` : revert.message,
    );
  }
}

function reverted({ name }: Call, error: unknown): RevertError | undefined {
  const data = revertDataOf(error);
  return data === undefined ? undefined : new RevertError(name, data);
}

async function checkReward(
  client: Client,
  organiser: Address,
  { token, pool, posterBudget }: Terms,
  isEscrowed: boolean,
  say: Say,
): Promise<void> {
  if (!hasContract(client, rewardsContract))
    return say("reward", "refused", `The deployment on chain ${client.deployment.chainId} has no Rewards contract.`);
  if (isEscrowed) return say("reward", "ok", "It is escrowed already.");
  if ((await client.rpc.getCode({ address: token })) === undefined)
    return say("reward", "refused", `There is no token at ${token}.`);
  const needed = pool + posterBudget;
  const read = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [organiser] } as const;
  const balance = await client.rpc.readContract(read).catch((error: unknown) => sentenceOf(error));
  if (typeof balance === "string") return say("reward", "refused", `${token} is no ERC-20 token: ${balance}`);
  if (balance < needed)
    return say(
      "reward",
      "refused",
      `${organiser} has ${balance} of token ${token}; pool and poster's budget take ${needed}, so ${needed - balance} are missing.`,
    );
  const { address } = contractOf(client, rewardsContract);
  const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [address, needed] });
  const refusal = await client.rpc
    .call({ account: organiser, to: token, data })
    .then(
      ({ data: answer }) => (answer === undefined || BigInt(answer) === 1n ? undefined : "it answered false."),
      sentenceOf,
    );
  if (refusal !== undefined)
    return say("reward", "refused", `Token ${token} doesn't let ${organiser} pay ${needed}: ${refusal}`);
  say("reward", "ok", `${organiser} has ${balance} of token ${token}; pool and poster's budget take ${needed}.`);
}

/** Fees may rise while the transactions are sent. */
const ROOM = 2n;

async function checkMoney(client: Client, organiser: Address, { gas, cost, gasPrice }: Plan, say: Say): Promise<void> {
  const balance = await client.rpc.getBalance({ address: organiser });
  const what = `${organiser} has ${formatEther(balance)} ETH; ${gas} gas at ${gasPrice} wei cost ${formatEther(cost)} ETH`;
  if (balance < cost) say("money", "refused", `${what}, so ${formatEther(cost - balance)} ETH are missing.`);
  else if (balance < ROOM * cost) say("money", "note", `${what}: that is little room for rising fees.`);
  else say("money", "ok", `${what}.`);
}
