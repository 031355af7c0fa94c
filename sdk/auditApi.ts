import type { Hex } from "viem";
import { ApiError, fetchApi } from "./api.ts";
import type { PlacedEntry } from "./audit/entries.ts";
import type { SeasonAudit } from "./audit.ts";
import type { Client } from "./client.ts";
import { foldLedger, type Ledger } from "./ledger.ts";
import type { AsOf, Audit, Standing, StandingsPage } from "./wire.ts";

const STALE = 410;
const PAGE = 100;
const ATTEMPTS = 10;

/** What an API says of a season. */
export interface ApiAnswers {
  asOf: AsOf;
  /** The whole ranking, all of it as of the same block. */
  standings: Standing[];
  total: number;
  audit: Audit;
}

/**
 * Reads a season's whole ranking and its audit from an API; begins again when points change between two pages. Read it
 * before the chain is audited, so that the chain is never behind. Throws {@link ApiError} when the API can't be
 * reached, knows no such season, answers without an end, or with points that keep changing.
 */
export async function readApi(api: string, seasonId: bigint): Promise<ApiAnswers> {
  for (let attempt = 1; ; attempt++) {
    const ranking = await readRanking(api, seasonId);
    if (ranking !== undefined) return { ...ranking, audit: await fetchApi<Audit>(api, `/v1/audit/${seasonId}`) };
    if (attempt === ATTEMPTS)
      throw new ApiError(`The ranking of season ${seasonId} changed ${ATTEMPTS} times while the API was read.`);
  }
}

/** Undefined when points changed between two pages. */
async function readRanking(api: string, seasonId: bigint): Promise<Omit<ApiAnswers, "audit"> | undefined> {
  const route = `/v1/seasons/${seasonId}/standings?limit=${PAGE}`;
  const { asOf, items, next, total } = await fetchApi<StandingsPage>(api, route);
  const standings = [...items];
  for (let cursor = next; cursor !== null; ) {
    const page = await fetchApi<StandingsPage>(api, `${route}&cursor=${encodeURIComponent(cursor)}`).catch(unlessStale);
    if (page === undefined || page.asOf.seq !== asOf.seq) return undefined;
    standings.push(...page.items);
    if (page.items.length === 0 || standings.length > total)
      throw new ApiError(`The API goes on after ${standings.length} standings; it says that there are ${total}.`);
    cursor = page.next;
  }
  return { asOf, standings, total };
}

function unlessStale(error: unknown): undefined {
  if (error instanceof ApiError && error.status === STALE) return undefined;
  throw error;
}

/**
 * Compares what an API says of a season with the chain: its blocks, its ranking row by row, its ledger hash and its
 * audit, each at the block that it is as of. Returns a sentence for each difference; none when they agree.
 */
export async function compareApi(
  { rpc }: Client,
  { chainId, blockNumber, entries }: SeasonAudit,
  { asOf, standings, total, audit }: ApiAnswers,
): Promise<string[]> {
  for (const at of [asOf, audit.asOf]) {
    if (at.chainId !== chainId) return [`The API serves chain ${at.chainId}; the RPC serves chain ${chainId}.`];
    if (BigInt(at.blockNumber) > blockNumber)
      return [`The API is at block ${at.blockNumber}; the RPC's newest is ${blockNumber}.`];
    const { hash } = await rpc.getBlock({ blockNumber: BigInt(at.blockNumber) });
    if (hash !== at.blockHash)
      return [`Block ${at.blockNumber} is ${at.blockHash} to the API; on chain it is ${hash}.`];
  }
  const ledger = ledgerAt(entries, asOf);
  return [
    ...difference("The API's ranking is as of seq", asOf.seq, ledger.seq),
    ...difference("The API's ledger hash is", asOf.ledgerHash, ledger.ledgerHash),
    ...difference("The API ranks", total, ledger.standings.length),
    ...compareRanking(ledger, standings),
    ...compareAudit(ledgerAt(entries, audit.asOf), audit),
  ];
}

function compareRanking(ledger: Ledger, standings: readonly Standing[]): string[] {
  const differences = difference("The API lists this many standings:", standings.length, ledger.standings.length);
  for (const [i, found] of standings.entries()) {
    const expected = ledger.standings[i];
    if (expected === undefined) break;
    const place = `The API's row ${i + 1}`;
    differences.push(
      ...difference(`${place} has the account`, found.account, expected.account),
      ...difference(`${place} (${expected.account}) has the rank`, found.rank, expected.rank),
      ...difference(`${place} (${expected.account}) has the place`, found.place, expected.place),
      ...difference(`${place} (${expected.account}) has the points`, found.points, expected.points),
      ...difference(`${place} (${expected.account}) has lastSeq`, found.lastSeq, expected.lastSeq),
    );
  }
  return differences;
}

const compareAudit = (ledger: Ledger, audit: Audit): string[] => [
  ...difference("The API's audit stands at seq", audit.seq, ledger.seq),
  ...difference("The API's audit folded the ledger hash", audit.localLedgerHash, ledger.ledgerHash),
  ...difference("The API's audit read the ledger hash", audit.chainLedgerHash, ledger.ledgerHash),
  ...difference("The API's audit says match =", audit.match, true),
];

const ledgerAt = (entries: Iterable<PlacedEntry>, { blockNumber }: AsOf): Ledger =>
  foldLedger(upTo(entries, blockNumber));

function* upTo(entries: Iterable<PlacedEntry>, blockNumber: number): Generator<PlacedEntry> {
  for (const entry of entries) if (entry.blockNumber <= BigInt(blockNumber)) yield entry;
}

const difference = (what: string, found: unknown, expected: bigint | number | boolean | Hex): string[] =>
  String(found) === String(expected) ? [] : [`${what} ${found}; from the chain it is ${expected}.`];
