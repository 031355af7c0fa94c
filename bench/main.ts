import { parseArgs } from "node:util";
import { asJson, asTable, type Measurement } from "./report.ts";

const benchmarks: Record<string, () => Promise<Measurement[]>> = {
  gas: async () => (await import("./gas.ts")).gas(),
  infer: async () => (await import("./infer.ts")).infer(),
};

const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
const benchmark = positionals.length === 1 ? benchmarks[positionals[0] as string] : undefined;
if (benchmark === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benchmarks).join("|")} [--json]`);
  process.exitCode = 2;
} else {
  const rows = await benchmark();
  console.log(values.json ? asJson(rows) : asTable(rows));
}
