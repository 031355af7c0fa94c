import { NoTerminalError } from "../participant/password.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { toJson } from "./format.ts";
import { createProgress } from "./progress.ts";
import { run } from "./run.ts";
import { UsageError } from "./usage.ts";

const words = process.argv.slice(2);
const progress = createProgress(process.stderr);
try {
  const { good, text, json } = await run(words, process.env, progress);
  progress.clear();
  const said = words.includes("--json") && json !== undefined ? toJson(json) : text;
  if (said !== "") console.log(said);
  process.exitCode = good ? 0 : 1;
} catch (error) {
  progress.clear();
  const sentence = sentenceOf(error);
  if (words.includes("--json")) console.log(toJson({ error: sentence }));
  console.error(sentence);
  process.exitCode = error instanceof UsageError || error instanceof NoTerminalError ? 2 : 1;
}
