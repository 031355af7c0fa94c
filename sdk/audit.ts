import type { Hex } from "viem";
import { createViews, type Views } from "./audit/calls.ts";
import { checkEnd, type SeasonEndAudit } from "./audit/end.ts";
import { Entries } from "./audit/entries.ts";
import { type Block, hashOf, type Part, readBlock, readParts } from "./audit/read.ts";
import { type Client, readModel, readSeason, readTasks } from "./client.ts";
import { decodeLayout } from "./layouts.ts";
import { foldLedger, type Ledger } from "./ledger.ts";
import {
  checkTasks,
  createRules,
  type Outcomes,
  type Rules,
  type SeasonFacts,
  type UnitsAttestation,
} from "./rules.ts";

/** What an audit is doing: `done` of `total` blocks, accounts or attestations. */
export type AuditProgress = (step: string, done: number, total: number) => void;

/** Where an audit keeps what it read, so that another one goes on from there. */
export interface AuditJournal {
  /** The last block of each part, oldest first. */
  blocks(): Promise<Block[]>;
  /** Forgets all parts but the first `count`. */
  keep(count: number): Promise<void>;
  /** The parts, oldest first. */
  parts(): AsyncIterable<Part>;
  append(part: Part): Promise<void>;
}

/** How an audit is done. */
export interface AuditOptions {
  /** The block up to which the chain is read; defaults to the newest one when the audit begins. */
  blockNumber?: bigint | undefined;
  /** Defaults to none: each audit reads everything. */
  journal?: AuditJournal | undefined;
}

/** What the chain alone says of a season, recomputed. */
export interface SeasonAudit {
  chainId: number;
  seasonId: bigint;
  /** The first block that was read. */
  fromBlock: bigint;
  /** The block up to which the chain was read. */
  blockNumber: bigint;
  blockHash: Hex;
  /** Whether the node says that this block is final; undefined where it doesn't say. */
  isFinal: boolean | undefined;
  /** The last block that an earlier audit had read; undefined without a journal, and where it had nothing. */
  resumedAt: bigint | undefined;
  entries: Entries;
  ledger: Ledger;
  /** How many attestations and batches are about the season's units. */
  attestations: number;
  /** What became of those that earned nothing. */
  outcomes: Outcomes;
  /** How the season ended; undefined while it isn't frozen, and where the deployment has no Standings. */
  end: SeasonEndAudit | undefined;
  /** Attestations that points were paid for, in the order of their recording. */
  paid(): Iterable<UnitsAttestation>;
  /** What disagrees, a sentence each; none when every point holds. */
  differences: string[];
  /** What wasn't checked and why, a sentence each. */
  notChecked: string[];
}

/** So often a block is chosen anew, if the chain is reorganised below it while it is read. */
const ATTEMPTS = 5;

/**
 * Recomputes a season from the chain alone, at one block: every uid from its event's fields, every batch from its traces,
 * ledger and ledger hash from the point events, every point and debt from the rules, every assigned input from the season's
 * seed, and the end: frozen values, chunks of the final order, claims. Holds that against the registry's records and the
 * contracts' own state at the same block. Begins again where the chain was reorganised meanwhile. Throws when there is no
 * such season or the RPC fails.
 */
export async function auditSeason(
  client: Client,
  seasonId: bigint,
  onProgress: AuditProgress = () => {},
  { blockNumber, journal }: AuditOptions = {},
): Promise<SeasonAudit> {
  for (let attempt = 1; ; attempt++) {
    const headers = new Set<string>();
    const readChecked = (at: bigint | "latest") => readBlock(client, at, ({ message }) => headers.add(message));
    const block = await readChecked(blockNumber ?? "latest");
    const work = auditAt(client, seasonId, { block, journal, onProgress, readChecked });
    const result = await work.catch((error: unknown) => ({ error }));
    const isStill = (await hashOf(client, block.number)) === block.hash;
    if (isStill && "error" in result) throw result.error;
    if (isStill && !("error" in result)) {
      result.notChecked.push(...headerSentences(headers));
      return result;
    }
    if (attempt === ATTEMPTS)
      throw new Error(`Block ${block.number} was replaced while the chain was read, ${ATTEMPTS} times in a row.`);
  }
}

interface Course {
  block: Block;
  journal: AuditJournal | undefined;
  onProgress: AuditProgress;
  readChecked(at: bigint): Promise<Block>;
}

async function auditAt(client: Client, seasonId: bigint, course: Course): Promise<SeasonAudit> {
  const { block, onProgress } = course;
  const { chainId, startBlock } = client.deployment;
  const facts: SeasonFacts = {
    rules: await readSeason(client, seasonId, block.number),
    tasks: await readSeasonTasks(client, seasonId),
  };
  const views = createViews(client, block.number);
  const rules = createRules(facts);
  const entries = new Entries(seasonId);
  const { differences, resumedAt } = await readSeasonParts(client, seasonId, { ...course, views, rules, entries });
  const ledger = tryFold(entries, differences);
  differences.push(...(await compareWithCampaign(client, seasonId, { ledger, block, views, onProgress })));
  const outcomes = await settleDebts(rules, views, seasonId);
  differences.push(...checkTasks(facts), ...rules.wrong);
  const ending = await checkEnd(client, seasonId, { ledger, blockNumber: block.number, views });
  differences.push(...ending.differences);
  return {
    ...{
      chainId,
      seasonId,
      fromBlock: BigInt(startBlock),
      blockNumber: block.number,
      blockHash: block.hash,
      resumedAt,
    },
    isFinal: await isFinal(client, block),
    ...{ entries, ledger, attestations: rules.attestations, outcomes, end: ending.end, differences },
    paid: () => rules.paid(),
    notChecked: ending.notChecked,
  };
}

interface Reading extends Course {
  views: Views;
  rules: Rules;
  entries: Entries;
}

/** Takes the journal's parts, as far as they are of this chain, and reads on from there. */
async function readSeasonParts(client: Client, seasonId: bigint, reading: Reading) {
  const { block, journal, onProgress, readChecked, views, rules, entries } = reading;
  const differences: string[] = [];
  const take = ({ attestations, entries: found, records, wrong }: Part): void => {
    differences.push(...wrong);
    for (const attestation of attestations) rules.attested(attestation);
    const recordOf = new Map(records);
    for (const entry of found) {
      entries.append(entry);
      rules.entered(entry, recordOf.get(entry.subject));
    }
  };

  const start = BigInt(client.deployment.startBlock);
  const resumedAt = journal && (await rewind(client, journal, block));
  if (journal) for await (const part of journal.parts()) take(part);
  for await (const { to, ...found } of readParts(client, seasonId, (resumedAt ?? start - 1n) + 1n, block.number)) {
    for (const attestation of found.attestations) rules.attested(attestation);
    const subjects = [...new Set(found.entries.map(({ subject }) => subject))];
    const known = subjects.flatMap((id) => rules.attestation(id) ?? []);
    const part: Part = { ...found, records: [...(await views.recordsOf(known))], block: await readChecked(to) };
    take(part);
    await journal?.append(part);
    onProgress("blocks", Number(to - start) + 1, Number(block.number - start) + 1);
  }
  return { differences, resumedAt };
}

/** Forgets what the journal has of blocks that aren't the chain's any more, or not yet; returns the last block that it keeps. */
async function rewind(client: Client, journal: AuditJournal, head: Block): Promise<bigint | undefined> {
  const blocks = await journal.blocks();
  while (blocks.length > 0) {
    const { number, hash } = blocks.at(-1) as Block;
    if (number <= head.number && (await hashOf(client, number)) === hash) break;
    blocks.pop();
  }
  await journal.keep(blocks.length);
  return blocks.at(-1)?.number;
}

function tryFold(entries: Entries, differences: string[]): Ledger {
  try {
    return foldLedger(entries);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    differences.push(error.message);
    return foldLedger([]);
  }
}

interface Comparison {
  ledger: Ledger;
  block: Block;
  views: Views;
  onProgress: AuditProgress;
}

const ACCOUNTS_AT_ONCE = 20_000;

async function compareWithCampaign(
  { rpc, contracts: { campaign } }: Client,
  seasonId: bigint,
  { ledger, block, views, onProgress }: Comparison,
): Promise<string[]> {
  const [seq, participants, totalPoints, ledgerHash] = await rpc.readContract({
    ...campaign,
    functionName: "ledgerOf",
    args: [seasonId],
    blockNumber: block.number,
  });
  const differences: string[] = [];
  const compare = (what: string, recomputed: unknown, kept: unknown) => {
    if (recomputed !== kept) differences.push(`${what}: the events give ${recomputed}, the campaign keeps ${kept}.`);
  };
  const { standings } = ledger;
  compare("Last seq", ledger.seq, seq);
  compare("Ledger hash", ledger.ledgerHash, ledgerHash);
  compare("Participants", standings.length, participants);
  compare("Total points", ledger.totalPoints, totalPoints);
  for (let at = 0; at < standings.length; at += ACCOUNTS_AT_ONCE) {
    const some = standings.slice(at, at + ACCOUNTS_AT_ONCE);
    const kept = await views.entriesOf(
      seasonId,
      some.map(({ account }) => account),
    );
    for (const [i, { account, points, lastSeq }] of some.entries()) {
      compare(`Points of ${account}`, points, kept[i]?.points);
      compare(`Last seq of ${account}`, lastSeq, kept[i]?.lastSeq);
    }
    onProgress("accounts", at + some.length, standings.length);
  }
  return differences;
}

async function settleDebts(rules: Rules, views: Views, seasonId: bigint): Promise<Outcomes> {
  const records = await views.recordsOf(rules.unentered());
  return rules.ended(records, await views.owedBy(seasonId, rules.debtors(records)));
}

async function readSeasonTasks(client: Client, seasonId: bigint): Promise<SeasonFacts["tasks"]> {
  const tasks = new Map();
  for (const task of await readTasks(client, seasonId)) {
    const { layout } = await readModel(client, task.modelId);
    tasks.set(task.taskId, { ...task, input: decodeLayout(layout).input });
  }
  return tasks;
}

async function isFinal({ rpc }: Client, { number }: Block): Promise<boolean | undefined> {
  const final = await rpc.getBlock({ blockTag: "finalized" }).catch(() => undefined);
  return final && number <= final.number;
}

function headerSentences(faults: ReadonlySet<string>): string[] {
  const [first] = faults;
  if (first === undefined) return [];
  const more = faults.size > 1 ? ` So it is with ${faults.size} headers.` : "";
  return [`Headers: ${first} The node altered it, or its chain has fields that aren't known here.${more}`];
}
