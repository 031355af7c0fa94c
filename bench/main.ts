import { parseArgs } from "node:util";
import { asJson, asTable, type Row } from "./report.ts";
import { WrongUse } from "./wrong-use.ts";

/** Takes the arguments after its name, without --json. */
type Benchmark = (args: string[]) => Promise<readonly Row[]>;

const plain =
  (run: () => Promise<readonly Row[]>): Benchmark =>
  async (args) => {
    parseArgs({ args });
    return run();
  };

const benchmarks: Record<string, Benchmark> = {
  gas: plain(async () => (await import("./gas.ts")).gas()),
  check: plain(async () => (await import("./check.ts")).check()),
  infer: plain(async () => (await import("./infer.ts")).infer()),
  dispute: plain(async () => (await import("./dispute.ts")).dispute()),
  rank: async (args) => (await import("./rank.ts")).rank(args),
  prove: plain(async () => (await import("./prove.ts")).prove()),
  audit: async (args) => (await import("./audit.ts")).audit(args),
  standings: async (args) => (await import("./standings.ts")).standings(args),
  sync: async (args) => (await import("./sync.ts")).sync(args),
  serve: async (args) => (await import("./serve.ts")).serve(args),
  load: async (args) => (await import("./load.ts")).load(args),
};

const [name = "", ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join("|")} [--json]`);
  process.exitCode = 2;
} else {
  try {
    const rows = await benchmark(args.filter((arg) => arg !== "--json"));
    console.log(args.includes("--json") ? asJson(rows) : asTable(rows));
  } catch (error) {
    if (!isWrongUse(error)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function isWrongUse(error: unknown): error is Error {
  return error instanceof WrongUse || String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS");
}
