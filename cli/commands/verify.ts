import { inferenceMethodById } from "../../inference/methods/index.ts";
import type { Tensor } from "../../inference/tensors.ts";
import {
  mostChecks,
  requireAttestation,
  type Verification,
  verifyAttestation,
} from "../../inference/verify/attestation.ts";
import type { Check } from "../../inference/verify/checks.ts";
import { withModels } from "../../participant/models.ts";
import type { AttestationState, BatchState, SingleState } from "../../sdk/attestations.ts";
import { type Client, readModel } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { methodName } from "../../sdk/methods/index.ts";
import { holdsText } from "../../sdk/text.ts";
import type { Command } from "../command.ts";
import { wrap } from "../format.ts";
import { openConnection, openSettingsContent } from "../settings.ts";
import { readInput, showTensor, tensorJson } from "../tensors.ts";
import { parseCount, parseHash, UsageError } from "../usage.ts";

export const verify: Command = {
  positionals: ["UID"],
  summary: "check an attestation or batch by running it again here",
  details: `Recomputes the uid from the attestation's fields, reads its record, fetches the model by CID, re-hashes it and checks its parts, derives the unit's assigned input (for a free attestation: --input, or the content directory and the API by the input's hash), runs the model on the pinned runtime and compares outputs. It also checks what the method put on chain: the hash of activations and every row are recomputed, a zero-knowledge proof is checked again under the model's key. UID may be a batch: its tree is built again from the traces and every row of every unit is recomputed. With --unit only that unit is checked: its position in the tree is proven, its input derived and its model run. For a refutation by a row, the row and both numbers are shown. Says what is proven and what is not. Exit code 1 if a check fails or the attestation is refuted, void or revoked.
JSON: uid, good, status, method, attestation, unit (or null), answer (null while hidden), checks (name, result held|failed|unknown, detail, and hashes expected and found where two were compared), output (bytes, or null), ran (what was read and written here: input and output as of infer, each or null), refutation (challenger, index, layer, row, claimed, correct; or null), proven, notProven, blockNumber, transactionHash. For a batch, first, count and root replace answer and output, and unit is the one checked (or null).`,
  options: {
    input: { value: "FILE", help: "the input of an attestation that is not about a unit" },
    unit: { value: "K", help: "one unit of a batch, by its number in its task" },
  },
  async run({ positionals: [text], options, settings, progress }) {
    const uid = parseHash("UID", text as string);
    const unit = options.unit === undefined ? undefined : parseCount("--unit", options.unit);
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const attestation = await requireAttestation(client, uid);
    if (attestation.kind === "batch" && options.input !== undefined)
      throw new UsageError(`${uid} is a batch: its inputs are assigned, not given.`);
    if (attestation.kind === "single" && unit !== undefined)
      throw new UsageError(`${uid} is no batch, so it has no unit to choose by --unit.`);
    const input = options.input === undefined ? undefined : await inputOf(client, attestation, options.input);
    const most = mostChecks(attestation, unit !== undefined);
    let done = 0;
    const onCheck = ({ name }: Check) => progress.show(name, ++done, most);
    const found = await withModels(client, content, (models) =>
      verifyAttestation({ client, content, models, attestation, unit, input, onCheck }),
    );
    const refuted = inferenceMethodById(attestation.message.method)?.rows?.describe(attestation) ?? null;
    const { good, status, checks, proven, notProven } = found;
    const { kind, message, blockNumber, transactionHash } = attestation;
    return {
      good,
      text: [
        ...(kind === "batch" ? batchLines(attestation, unit) : singleLines(attestation)),
        `  method   ${message.method} (${methodName(message.method)})`,
        `  status   ${status}`,
        `  block    ${blockNumber}, transaction ${transactionHash}`,
        ...ranLines(found),
        ...(refuted?.lines ?? []),
        ...checkLines(found),
      ].join("\n"),
      json: {
        ...{ uid, good, status, method: message.method, attestation: message },
        ...(kind === "batch" ? batchJson(attestation, unit) : singleJson(attestation, found)),
        ran: { input: shownJson(found.input), output: shownJson(found.output) },
        ...{ checks: checks.map(checkJson), refutation: refuted?.refutation ?? null, proven, notProven },
        ...{ blockNumber, transactionHash },
      },
    };
  },
};

const checkJson = ({ name, result, detail, hashes }: Check) => ({ name, result, detail, hashes });

const singleJson = ({ message, answer }: SingleState, { output }: Verification) => ({
  unit: unitOf(message.context) ?? null,
  answer: answer ?? null,
  output: output?.data ?? null,
});

const shownJson = (tensor: Tensor | undefined) => (tensor ? tensorJson(tensor) : null);

/** What a model of text read and wrote here. */
const ranLines = ({ input, output }: Verification): string[] =>
  (
    [
      ["read", input],
      ["wrote", output],
    ] as const
  ).flatMap(([what, tensor]) =>
    tensor && holdsText(tensor.spec) ? [`  ${what.padEnd(8)} ${showTensor(tensor, 11)}`] : [],
  );

const batchJson = ({ message }: BatchState, unit: bigint | undefined) => ({
  unit: unit ?? null,
  first: unitOf(message.context)?.unit ?? null,
  count: message.count,
  root: message.root,
});

/** Reads an input for the model that an attestation names. */
async function inputOf(client: Client, { message }: AttestationState, file: string): Promise<Uint8Array> {
  const { layout } = await readModel(client, message.modelId);
  return readInput(file, decodeLayout(layout).input);
}

function singleLines({ id, message: { prover, modelId, context } }: SingleState): string[] {
  const unit = unitOf(context);
  const use = unit ? `unit ${unit.unit} of task ${unit.taskId}, season ${unit.seasonId}` : "a free attestation";
  return [`Attestation  ${id}`, `  prover   ${prover}`, `  model    ${modelId}`, `  for      ${use}`];
}

function batchLines({ id, message }: BatchState, unit: bigint | undefined): string[] {
  const { prover, modelId, context, count } = message;
  const first = unitOf(context);
  const last = first && first.unit + BigInt(count) - 1n;
  return [
    `Batch      ${id}`,
    `  prover   ${prover}`,
    `  model    ${modelId}`,
    `  for      ${first ? `units ${first.unit} to ${last} of task ${first.taskId}, season ${first.seasonId}` : `${count} runs`}`,
    ...(first && unit !== undefined ? [`  unit     ${unit}, position ${unit - first.unit} of ${count}`] : []),
  ];
}

const marks: Readonly<Record<Check["result"], string>> = { held: "✓", failed: "✗", unknown: "?" };

function checkLines({ checks, good, proven, notProven }: Verification): string[] {
  const failed = checks.find(({ result }) => result === "failed");
  const open = checks.find(({ result }) => result === "unknown");
  const verdict = good
    ? open
      ? "Nothing contradicts it, but not everything could be checked."
      : "It holds."
    : "It fails.";
  return [
    "",
    ...checks.map(({ name, result, detail }) => `${marks[result]} ${name.padEnd(6)}  ${wrap(detail, 10)}`),
    "",
    `Proven      ${wrap(proven, 12)}`,
    `Not proven  ${wrap(notProven, 12)}`,
    "",
    wrap(`${verdict}${failed ? ` ${failed.detail}` : ""}`),
  ];
}
