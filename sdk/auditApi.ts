import type { Hex } from "viem";
import { ApiError, fetchApi } from "./api.ts";
import type { PlacedEntry, SeasonAudit } from "./audit.ts";
import type { Client } from "./client.ts";
import { foldLedger, type Ledger } from "./ledger.ts";
import type { AsOf, Audit, Standing, StandingsPage } from "./wire.ts";

const STALE = 410;
const PAGE = 100;
const ATTEMPTS = 5;

/** What an API says of a season. */
export interface ApiAnswers {
  asOf: AsOf;
  /** The whole ranking, all of it as of the same block. */
  standings: Standing[];
  total: number;
  audit: Audit;
}

/**
 * Reads a season's whole ranking and its audit from an API; begins again when the chain goes on meanwhile and a cursor
 * becomes stale. Read it before the chain is audited, so that the chain is never behind. Throws {@link ApiError} when
 * the API can't be reached, knows no such season or answers without an end.
 */
export async function readApi(api: string, seasonId: bigint): Promise<ApiAnswers> {
  for (let attempt = 1; ; attempt++) {
    try {
      const ranking = await readRanking(api, seasonId);
      return { ...ranking, audit: await fetchApi<Audit>(api, `/v1/audit/${seasonId}`) };
    } catch (error) {
      if (!(error instanceof ApiError && error.status === STALE) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function readRanking(api: string, seasonId: bigint): Promise<Omit<ApiAnswers, "audit">> {
  const route = `/v1/seasons/${seasonId}/standings?limit=${PAGE}`;
  const standings: Standing[] = [];
  let page = await fetchApi<StandingsPage>(api, route);
  for (standings.push(...page.items); page.next !== null; standings.push(...page.items)) {
    if (standings.length >= page.total || page.items.length === 0)
      throw new ApiError(`The API gives ${standings.length} of ${page.total} standings and says that more follow.`);
    page = await fetchApi<StandingsPage>(api, `${route}&cursor=${encodeURIComponent(page.next)}`);
  }
  return { asOf: page.asOf, standings, total: page.total };
}

/**
 * Holds what an API says of a season against the chain: its blocks, its ranking row by row, its ledger hash and its
 * audit, each at the block that it is as of. Returns a sentence for each difference; none when they agree.
 */
export async function compareApi(
  { rpc }: Client,
  { chainId, blockNumber, entries }: SeasonAudit,
  { asOf, standings, total, audit }: ApiAnswers,
): Promise<string[]> {
  for (const at of [asOf, audit.asOf]) {
    if (at.chainId !== chainId) return [`The API tells of chain ${at.chainId}; the RPC serves chain ${chainId}.`];
    if (BigInt(at.blockNumber) > blockNumber)
      return [`The API tells of block ${at.blockNumber}; the RPC's newest is ${blockNumber}.`];
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

const ledgerAt = (entries: readonly PlacedEntry[], { blockNumber }: AsOf): Ledger =>
  foldLedger(entries.filter((entry) => entry.blockNumber <= BigInt(blockNumber)));

const difference = (what: string, found: unknown, expected: bigint | number | boolean | Hex): string[] =>
  String(found) === String(expected) ? [] : [`${what} ${found}; from the chain it is ${expected}.`];
