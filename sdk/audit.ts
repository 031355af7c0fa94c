import type { Address, Hex } from "viem";
import { verificationMethodAbi } from "./abi.ts";
import { readAttestations } from "./attestations.ts";
import { type Client, readModel, readSeason, readTasks } from "./client.ts";
import type { LedgerEntry } from "./commitments.ts";
import { decodeLayout } from "./layouts.ts";
import { foldLedger, type Ledger } from "./ledger.ts";
import { readRanges } from "./ranges.ts";
import { checkEntries, checkInputs, checkTasks, type SeasonFacts } from "./rules.ts";

/** What an audit is doing: `done` of `total` blocks or calls. */
export type AuditProgress = (step: string, done: number, total: number) => void;

/** A ledger entry and the block that holds its event. */
export type PlacedEntry = LedgerEntry & { blockNumber: bigint };

/** What the chain alone says of a season, recomputed. */
export interface SeasonAudit {
  chainId: number;
  seasonId: bigint;
  /** The block up to which the chain was read. */
  blockNumber: bigint;
  blockHash: Hex;
  entries: PlacedEntry[];
  ledger: Ledger;
  /** Attestations and batches whose name was recomputed: all that the registry recorded, of every season. */
  attestations: number;
  /** What disagrees, a sentence each; none when every point holds. */
  differences: string[];
}

/**
 * Recomputes a season from the chain alone: every uid from its event's fields, every batch from its traces, ledger and ledger hash from the point
 * events, every point from the rules, every assigned input from the season's seed; and holds that against the
 * registry's records and the campaign's own state at the same block. Throws when there is no such season or the RPC
 * fails.
 */
export async function auditSeason(
  client: Client,
  seasonId: bigint,
  onProgress: AuditProgress = () => {},
): Promise<SeasonAudit> {
  const season = await readSeason(client, seasonId);
  const { number: blockNumber, hash: blockHash } = await client.rpc.getBlock({ blockTag: "latest" });
  const entries = await readEntries(client, seasonId, blockNumber, onProgress);
  const { attestations, wrong } = await readAttestations(client, blockNumber, undefined, (done, total) =>
    onProgress("attestations", done, total),
  );
  const differences = [...wrong];
  const ledger = tryFold(entries, differences);
  differences.push(...(await compareWithCampaign(client, seasonId, ledger, blockNumber, onProgress)));
  const facts: SeasonFacts = {
    campaign: client.contracts.campaign.address,
    seasonId,
    rules: season,
    tasks: await readSeasonTasks(client, seasonId),
    attestations,
    ...(await readSubjects(client, entries, blockNumber, onProgress)),
  };
  differences.push(...checkTasks(facts), ...checkEntries(entries, facts), ...checkInputs(entries, facts));
  const { chainId } = client.deployment;
  const counted = { attestations: attestations.size };
  return { chainId, seasonId, blockNumber, blockHash, entries, ledger, ...counted, differences };
}

/** A season's ledger entries up to block `toBlock`, in the order of the chain. */
export async function readEntries(
  { rpc, contracts: { campaign }, deployment: { startBlock } }: Client,
  seasonId: bigint,
  toBlock: bigint,
  onProgress: AuditProgress = () => {},
): Promise<PlacedEntry[]> {
  const logs = await readRanges(
    BigInt(startBlock),
    toBlock,
    async (fromBlock, end) => {
      const range = { ...campaign, args: { seasonId }, fromBlock, toBlock: end, strict: true } as const;
      const [awarded, burned] = await Promise.all([
        rpc.getContractEvents({ ...range, eventName: "PointsAwarded" }),
        rpc.getContractEvents({ ...range, eventName: "PointsBurned" }),
      ]);
      return [...awarded, ...burned].sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
    },
    (done, total) => onProgress("points", done, total),
  );
  return logs.map(({ eventName, blockNumber, args: { account, subject, reason, amount, seq } }) => ({
    seasonId,
    account,
    subject,
    reason,
    delta: eventName === "PointsAwarded" ? amount : -amount,
    seq,
    blockNumber,
  }));
}

function tryFold(entries: readonly LedgerEntry[], differences: string[]): Ledger {
  try {
    return foldLedger(entries);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    differences.push(error.message);
    return foldLedger([]);
  }
}

async function compareWithCampaign(
  { rpc, contracts: { campaign } }: Client,
  seasonId: bigint,
  ledger: Ledger,
  blockNumber: bigint,
  onProgress: AuditProgress,
): Promise<string[]> {
  const [seq, participants, totalPoints, ledgerHash] = await rpc.readContract({
    ...campaign,
    functionName: "ledgerOf",
    args: [seasonId],
    blockNumber,
  });
  const differences: string[] = [];
  const compare = (what: string, recomputed: unknown, kept: unknown) => {
    if (recomputed !== kept) differences.push(`${what}: the events give ${recomputed}, the campaign keeps ${kept}.`);
  };
  compare("Last seq", ledger.seq, seq);
  compare("Ledger hash", ledger.ledgerHash, ledgerHash);
  compare("Participants", ledger.standings.length, participants);
  compare("Total points", ledger.totalPoints, totalPoints);
  await inTurns(ledger.standings, "entries", onProgress, async ({ account, points, lastSeq }) => {
    const args = [seasonId, account] as const;
    const entry = await rpc.readContract({ ...campaign, functionName: "entryOf", args, blockNumber });
    compare(`Points of ${account}`, points, entry[0]);
    compare(`Last seq of ${account}`, lastSeq, entry[1]);
  });
  return differences;
}

async function readSeasonTasks(client: Client, seasonId: bigint): Promise<SeasonFacts["tasks"]> {
  const tasks = new Map();
  for (const task of await readTasks(client, seasonId)) {
    const { layout } = await readModel(client, task.modelId);
    tasks.set(task.taskId, { ...task, input: decodeLayout(layout).input });
  }
  return tasks;
}

async function readSubjects(
  { rpc, contracts: { attestationRegistry } }: Client,
  entries: readonly LedgerEntry[],
  blockNumber: bigint,
  onProgress: AuditProgress,
): Promise<Pick<SeasonFacts, "records" | "verifiers">> {
  const records = new Map<Hex, { attestedAt: number; status: number }>();
  const verifiers = new Map<Hex, readonly Address[]>();
  const methods = new Map<number, Promise<Address>>();
  const methodAt = (id: number) => {
    const read = () => rpc.readContract({ ...attestationRegistry, functionName: "methodAt", args: [id], blockNumber });
    const found = methods.get(id) ?? read();
    methods.set(id, found);
    return found;
  };
  const subjects = [...new Set(entries.map(({ subject }) => subject))];
  await inTurns(subjects, "records", onProgress, async (uid) => {
    const args = [uid] as const;
    const record = await rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args, blockNumber });
    records.set(uid, record);
    if (record.method === 0) return;
    const method = { address: await methodAt(record.method), abi: verificationMethodAbi };
    verifiers.set(uid, await rpc.readContract({ ...method, functionName: "verifiersOf", args, blockNumber }));
  });
  return { records, verifiers };
}

const CALLS_AT_ONCE = 20;

async function inTurns<T>(
  items: readonly T[],
  step: string,
  onProgress: AuditProgress,
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < items.length; i += CALLS_AT_ONCE) {
    await Promise.all(items.slice(i, i + CALLS_AT_ONCE).map(work));
    onProgress(step, Math.min(i + CALLS_AT_ONCE, items.length), items.length);
  }
}
