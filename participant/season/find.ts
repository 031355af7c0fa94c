import { type Address, bytesToHex } from "viem";
import { type Client, contractOf, hasContract, readSeason, readTasks, type TaskInputs } from "../../sdk/client.ts";
import { readRanges } from "../../sdk/ranges.ts";
import { encodeTerms, readTerms, rewardsContract } from "../../sdk/seasonEnd.ts";
import type { SeasonFile, When } from "./file.ts";
import type { Begun, SeasonDraft, TaskDraft } from "./send.ts";

/** A season of a file that is on the chain already. */
export interface FoundSeason extends Begun {
  state: "drafted" | "open" | "cancelled";
  startsAt: number;
  endsAt: number;
  closesAt: number;
}

/**
 * The newest season of an organiser that was begun from a file: a draft whose tasks are the file's first ones, an opened
 * season with the file's metadata that hasn't ended, or a cancelled draft that still holds its rewards. Undefined if there is
 * none: then it is to be drafted.
 *
 * @param draft What the file would draft now.
 * @param now Unix seconds.
 */
export async function findSeason(
  client: Client,
  organiser: Address,
  { dates }: SeasonFile,
  draft: SeasonDraft,
  now: number,
): Promise<FoundSeason | undefined> {
  const newest = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const { campaign } = client.contracts;
  const read = { ...campaign, args: { organiser }, strict: true } as const;
  const from = BigInt(client.deployment.startBlock);
  const [drafted, opened] = await Promise.all([
    readRanges(from, newest, (fromBlock, toBlock) =>
      client.rpc.getContractEvents({ ...read, eventName: "SeasonDrafted", fromBlock, toBlock }),
    ),
    readRanges(from, newest, (fromBlock, toBlock) =>
      client.rpc.getContractEvents({ ...read, eventName: "SeasonOpened", fromBlock, toBlock }),
    ),
  ]);
  const uris = new Map(opened.map(({ args: { seasonId, uri } }) => [seasonId, uri]));
  const found = new Map<FoundSeason["state"], FoundSeason>();
  for (const { seasonId } of drafted.map(({ args }) => args).reverse()) {
    const season = await readSeason(client, seasonId);
    const { startsAt, endsAt, closesAt, verifierCap, seedBlock, cancelled } = season;
    const state = cancelled ? "cancelled" : seedBlock === 0 ? "drafted" : "open";
    if (found.has(state) || verifierCap !== draft.verifierCap || !fits(dates, season, draft)) continue;
    if (state === "open" && (uris.get(seasonId) !== draft.uri || endsAt <= now)) continue;
    const tasks = await readTasks(client, seasonId);
    const isBegun = tasks.every((task, i) => isSame(task, draft.tasks[i]));
    if (!isBegun || (state === "open" && tasks.length !== draft.tasks.length)) continue;
    const terms = await readTerms(client, seasonId);
    const isPromised =
      draft.rewards !== undefined && terms !== undefined && encodeTerms(terms) === encodeTerms(draft.rewards);
    if (terms !== undefined && !isPromised) continue;
    if (state === "cancelled" && (await heldOf(client, seasonId)) === 0n) continue;
    found.set(state, { seasonId, state, tasks: tasks.length, escrowed: isPromised, startsAt, endsAt, closesAt });
  }
  return found.get("open") ?? found.get("drafted") ?? found.get("cancelled");
}

/** What Rewards holds for a season, in its token's smallest unit. */
export async function heldOf(client: Client, seasonId: bigint): Promise<bigint> {
  if (!hasContract(client, rewardsContract)) return 0n;
  const rewards = contractOf(client, rewardsContract);
  return client.rpc.readContract({ ...rewards, functionName: "heldOf", args: [seasonId] });
}

interface Times {
  startsAt: number;
  endsAt: number;
  closesAt: number;
}

/** Whether a season's dates are the file's: dates to the second, durations by their length. */
function fits({ startsAt, endsAt, closesAt }: SeasonFile["dates"], found: Times, wanted: Times): boolean {
  const isSameTime = (when: When | undefined, key: keyof Times, before: keyof Times | undefined): boolean =>
    when !== undefined && "at" in when
      ? found[key] === when.at
      : before === undefined || found[key] - found[before] === wanted[key] - wanted[before];
  return (
    isSameTime(startsAt, "startsAt", undefined) &&
    isSameTime(endsAt, "endsAt", "startsAt") &&
    isSameTime(closesAt, "closesAt", "endsAt")
  );
}

const isSame = (found: TaskInputs, wanted: TaskDraft | undefined): boolean =>
  wanted !== undefined &&
  found.modelId === wanted.model.modelId &&
  found.method === wanted.method &&
  found.points === wanted.points &&
  found.unitsPerAccount === wanted.unitsPerAccount &&
  found.noise === wanted.noise &&
  bytesToHex(found.inputs) === bytesToHex(wanted.inputs);
