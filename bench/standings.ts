import { parseArgs } from "node:util";
import { numberToHex } from "viem";
import { rankAll } from "../sdk/ledger.ts";
import { cutStandings } from "../sdk/standings.ts";
import type { Row } from "./report.ts";
import { WrongUse } from "./wrong-use.ts";

/** What is built off chain at a season's end: the order, the chunks' trees, and every account's proof. */
interface Step extends Row {
  name: "order" | "trees" | "proofs";
  accounts: number;
  seconds: number;
  /** Memory of the process after the step. */
  rssMiB: number;
}

/** As many accounts as fit a transaction. */
const CHUNK = 4_000;

/** Builds a final order of a million accounts, or of `--accounts`. Throws {@link WrongUse}. */
export function standings(args: string[]): Step[] {
  const { values } = parseArgs({ args, options: { accounts: { type: "string", default: "1000000" } } });
  const accounts = Number(values.accounts);
  if (!Number.isSafeInteger(accounts) || accounts < 1)
    throw new WrongUse(`--accounts is ${values.accounts}; it must be a positive integer.`);
  const entries = Array.from({ length: accounts }, (_, i) => ({
    account: numberToHex(i + 1, { size: 20 }),
    points: BigInt((7919 * i) % 100_003),
    lastSeq: BigInt(i + 1),
  }));
  const steps: Step[] = [];
  const timed = <T>(name: Step["name"], work: () => T): T => {
    const from = performance.now();
    const result = work();
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    steps.push({ name, accounts, seconds, rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20) });
    return result;
  };
  const order = timed("order", () => rankAll(entries));
  const chunks = timed("trees", () => cutStandings(order, CHUNK));
  timed("proofs", () => {
    for (const { standings, proof } of chunks) for (const { place } of standings) proof(place);
  });
  return steps;
}
