import { parseArgs } from "node:util";
import { custom } from "viem";
import { auditSeason } from "../sdk/audit.ts";
import { connect } from "../sdk/client.ts";
import { playSeason } from "../test/sdk/audit/season.ts";
import type { Row } from "./report.ts";
import { WrongUse } from "./wrong-use.ts";

/** What an audit asked of the node. */
interface Asked extends Row {
  name: "audit" | "a million entries";
  entries: number;
  accounts: number;
  /** Attestations that the entries are for. */
  subjects: number;
  /** Requests that were made; on the second row, that as many entries would take in the same proportions. */
  calls: number;
  /** Requests with one call for each account's entry, each attestation's record and its verifiers, and five for each 2,000 blocks. */
  singleCalls: number;
  ratio: number;
}

/** Blocks of a season of a week at 12 seconds each, for the second row. */
const WEEK = 50_400;
const MILLION = 1_000_000;

/**
 * Audits a season of `--entries` entries by `--accounts` accounts, on anvil, with the real contracts: one in four is a
 * prover's, the others are its three verifiers'. Throws {@link WrongUse}, and where the audit finds a difference.
 */
export async function audit(args: string[]): Promise<Row[]> {
  const { values } = parseArgs({
    args,
    options: { entries: { type: "string", default: "20000" }, accounts: { type: "string", default: "2500" } },
  });
  const wanted = { entries: countOf("entries", values.entries, 4), accounts: countOf("accounts", values.accounts, 3) };
  const season = await playSeason(wanted);
  try {
    await season.fill(wanted.entries);
    let calls = 0;
    const request = (body: unknown): Promise<unknown> => {
      calls += 1;
      return season.client.rpc.request(body as never);
    };
    const counted = connect(season.client.deployment, custom({ request }, { retryCount: 0 }));
    const from = performance.now();
    const found = await auditSeason(counted, season.seasonId);
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    if (found.differences.length > 0) throw new Error(`The audit found a difference: ${found.differences[0]}`);
    const [entries, accounts] = [found.entries.length, found.ledger.standings.length];
    const subjects = new Set([...found.entries].map(({ subject }) => subject)).size;
    const singleCalls = singly(accounts, subjects, Number(found.blockNumber));
    const scale = MILLION / entries;
    const scaled = {
      accounts: Math.round(accounts * scale),
      subjects: Math.round(subjects * scale),
      calls: Math.round(calls * scale),
    };
    const singleScaled = singly(scaled.accounts, scaled.subjects, WEEK);
    const row = { name: "audit", entries, accounts, subjects, calls, singleCalls } as const;
    const million = { name: "a million entries", entries: MILLION, ...scaled, singleCalls: singleScaled } as const;
    const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
    const rows: Asked[] = [
      { ...row, ratio: ratioOf(row), seconds, rssMiB: rss },
      { ...million, ratio: ratioOf(million) },
    ];
    return rows;
  } finally {
    await season.stop();
  }
}

/** As an audit asks that makes a call of its own for each thing. */
const singly = (accounts: number, subjects: number, blocks: number): number =>
  accounts + 2 * subjects + 5 * Math.ceil(blocks / 2_000);

const ratioOf = ({ calls, singleCalls }: Pick<Asked, "calls" | "singleCalls">): number =>
  Math.round((10 * singleCalls) / calls) / 10;

function countOf(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new WrongUse(`--${name} is ${text}; it must be a whole number from ${least} up.`);
}
