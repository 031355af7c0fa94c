import type { Hex } from "viem";
import { openModels } from "../../participant/models.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { type Check, type Verification, verifyStatement } from "../../participant/verify.ts";
import type { Client } from "../../sdk/client.ts";
import { readModel } from "../../sdk/client.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { methodNames } from "../../sdk/proofs.ts";
import { readStatements } from "../../sdk/statements.ts";
import type { Command, Invocation } from "../command.ts";
import { wrap } from "../format.ts";
import { openConnection, openSettingsContent } from "../settings.ts";
import { readInput } from "../tensors.ts";
import { parseHash } from "../usage.ts";

export const verify: Command = {
  positionals: ["UID"],
  summary: "check a statement from chain, by running it again here",
  details: `Recomputes the uid from the statement's fields, reads its record, fetches the model by CID, re-hashes it and checks its parts, derives the unit's assigned input (for a free statement: --input, or the content directory and the API by the input's hash), runs the model on the pinned runtime and compares outputs. Says what is proven and what is not. Exit code 1 if a check fails or the statement is refuted, void or revoked.
JSON: uid, good, status, method, statement, unit (or null), answer (null while hidden), checks (name, result held|failed|unknown, detail), output (bytes, or null), proven, notProven, blockNumber, transactionHash.`,
  options: { input: { value: "FILE", help: "the input of a statement that is not about a unit" } },
  async run({ positionals: [text], options, settings, progress }) {
    const uid = parseHash("UID", text as string);
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const models = openModels(client, content, await loadPinnedRuntime());
    const input = options.input === undefined ? undefined : await inputOf(client, uid, options.input);
    const onCheck = showChecks(progress);
    const found = await verifyStatement({ client, content, models, uid, input, onCheck });
    const { recorded, output, good, status, checks, proven, notProven } = found;
    const { statement, answer, blockNumber, transactionHash } = recorded;
    return {
      good,
      text: textOf(found),
      json: {
        ...{ uid, good, status, method: statement.method, statement, unit: found.unit ?? null },
        ...{ answer: answer ?? null, checks, output: output?.data ?? null },
        ...{ proven, notProven, blockNumber, transactionHash },
      },
    };
  },
};

const CHECKS = 6;

function showChecks({ show }: Invocation["progress"]): (check: Check) => void {
  let done = 0;
  return ({ name }) => show(name, ++done, CHECKS);
}

/** Reads an input for the model that a statement names. */
async function inputOf(client: Client, uid: Hex, file: string): Promise<Uint8Array> {
  const { statements } = await readStatements(client, await client.rpc.getBlockNumber(), [uid]);
  const modelId = statements.get(uid)?.statement.modelId;
  if (modelId === undefined) throw new Error(`No statement ${uid} is recorded on chain ${client.deployment.chainId}.`);
  const { layout } = await readModel(client, modelId);
  return readInput(file, decodeLayout(layout).input);
}

const marks: Readonly<Record<Check["result"], string>> = { held: "✓", failed: "✗", unknown: "?" };

function textOf({ recorded, status, unit, checks, good, proven, notProven }: Verification): string {
  const { uid, statement, blockNumber, transactionHash } = recorded;
  const use = unit ? `unit ${unit.unit} of task ${unit.taskId}, season ${unit.seasonId}` : "a free statement";
  const failed = checks.find(({ result }) => result === "failed");
  const open = checks.find(({ result }) => result === "unknown");
  const verdict = good
    ? open
      ? "Nothing speaks against it, but not all could be checked."
      : "It holds."
    : "It fails.";
  return [
    `Statement  ${uid}`,
    `  prover   ${statement.prover}`,
    `  model    ${statement.modelId}`,
    `  for      ${use}`,
    `  method   ${statement.method} (${methodNames[statement.method] ?? "unknown here"})`,
    `  status   ${status}`,
    `  block    ${blockNumber}, transaction ${transactionHash}`,
    "",
    ...checks.map(({ name, result, detail }) => `${marks[result]} ${name.padEnd(6)}  ${wrap(detail, 10)}`),
    "",
    `Proven      ${wrap(proven, 12)}`,
    `Not proven  ${wrap(notProven, 12)}`,
    "",
    wrap(`${verdict}${failed ? ` ${failed.detail}` : ""}`),
  ].join("\n");
}
