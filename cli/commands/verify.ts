import type { Hex } from "viem";
import { type Models, openModels } from "../../inference/models.ts";
import { type Verification, verifyAttestation } from "../../inference/verify/attestation.ts";
import { verifyBatch } from "../../inference/verify/batch.ts";
import type { Check } from "../../inference/verify/checks.ts";
import type { Refutation } from "../../inference/verify/claims.ts";
import { readClaim } from "../../inference/verify/readClaim.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { readAttestations } from "../../sdk/attestations.ts";
import { type Client, readModel } from "../../sdk/client.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { methodNames } from "../../sdk/proofs.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { wrap } from "../format.ts";
import { openConnection, openSettingsContent } from "../settings.ts";
import { readInput } from "../tensors.ts";
import { parseCount, parseHash, UsageError } from "../usage.ts";

export const verify: Command = {
  positionals: ["UID"],
  summary: "check an attestation or batch from chain, by running it again here",
  details: `Recomputes the uid from the attestation's fields, reads its record, fetches the model by CID, re-hashes it and checks its parts, derives the unit's assigned input (for a free attestation: --input, or the content directory and the API by the input's hash), runs the model on the pinned runtime and compares outputs. An attestation under FraudProof also has its trace on chain: its hash and every row are recomputed. UID may name a batch: its tree is built again from the traces and every row of every unit recomputed; with --unit it is one unit, its place in the tree proven, its input derived, its model run. Of what was refuted the disputed row and both numbers are shown. Says what is proven and what is not. Exit code 1 if a check fails or the attestation is refuted, void or revoked.
JSON: uid, good, status, method, attestation, unit (or null), answer (null while hidden), checks (name, result held|failed|unknown, detail, and hashes expected and found where two were compared), output (bytes, or null), refutation (challenger, index, layer, row, claimed, correct; or null), proven, notProven, blockNumber, transactionHash. Of a batch there are first, count and root in place of answer and output, unit is the one looked at (or null).`,
  options: {
    input: { value: "FILE", help: "the input of an attestation that is not about a unit" },
    unit: { value: "K", help: "one unit of a batch, by its number in its task" },
  },
  async run({ positionals: [text], options, settings, progress }) {
    const uid = parseHash("UID", text as string);
    const unit = options.unit === undefined ? undefined : parseCount("--unit", options.unit);
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const models = openModels(client, content, await loadPinnedRuntime());
    const claim = await readClaim(client, uid);
    if (claim?.claim.kind === "batch") {
      if (options.input !== undefined) throw new UsageError(`${uid} is a batch: its inputs are assigned, not given.`);
      return verifyOne(client, models, { ...claim, claim: claim.claim }, unit, progress);
    }
    if (unit !== undefined) throw new UsageError(`${uid} is no batch, so it has no unit to choose by --unit.`);
    const input = options.input === undefined ? undefined : await inputOf(client, uid, options.input);
    const onCheck = showChecks(progress, "attestation");
    const found = await verifyAttestation({ client, content, models, uid, input, onCheck });
    const { recorded, output, good, status, checks, refutation, proven, notProven } = found;
    const { attestation, answer, blockNumber, transactionHash } = recorded;
    return {
      good,
      text: textOf(found),
      json: {
        ...{ uid, good, status, method: attestation.method, attestation, unit: found.unit ?? null },
        ...{ answer: answer ?? null, checks, output: output?.data ?? null, refutation: refutation ?? null },
        ...{ proven, notProven, blockNumber, transactionHash },
      },
    };
  },
};

/** Checks made at most. */
const CHECKS = { attestation: 8, batch: 4, unit: 10 };

function showChecks({ show }: Invocation["progress"], what: keyof typeof CHECKS): (check: Check) => void {
  let done = 0;
  return ({ name }) => show(name, ++done, CHECKS[what]);
}

type Batch = Parameters<typeof verifyBatch>[0]["recorded"];

async function verifyOne(
  client: Client,
  models: Models,
  recorded: Batch,
  unit: bigint | undefined,
  progress: Invocation["progress"],
): Promise<Outcome> {
  const onCheck = showChecks(progress, unit === undefined ? "batch" : "unit");
  const found = await verifyBatch({ client, models, recorded, unit, onCheck });
  const { id, refutation, recordedIn, transactionHash } = recorded;
  const { prover, method, modelId, count, root } = recorded.claim.attestation;
  const { status, first, checks, good, proven, notProven } = found;
  const { seasonId, taskId } = first;
  const last = first.unit + BigInt(count) - 1n;
  return {
    good,
    text: [
      `Batch      ${id}`,
      `  prover   ${prover}`,
      `  model    ${modelId}`,
      `  for      units ${first.unit} to ${last} of task ${taskId}, season ${seasonId}`,
      ...(unit === undefined ? [] : [`  unit     ${unit}, position ${unit - first.unit} of ${count}`]),
      `  method   ${method} (${methodNames[method]})`,
      `  status   ${status}`,
      `  block    ${recordedIn}, transaction ${transactionHash}`,
      ...endOf(found, refutation, first.unit),
    ].join("\n"),
    json: {
      ...{ uid: id, good, status, method, attestation: recorded.claim.attestation, unit: unit ?? null },
      ...{ first: first.unit, count, root, checks, refutation: refutation ?? null, proven, notProven },
      ...{ blockNumber: recordedIn, transactionHash },
    },
  };
}

/** Reads an input for the model that an attestation names. */
async function inputOf(client: Client, uid: Hex, file: string): Promise<Uint8Array> {
  const { attestations } = await readAttestations(client, await client.rpc.getBlockNumber(), [uid]);
  const modelId = attestations.get(uid)?.attestation.modelId;
  if (modelId === undefined)
    throw new Error(`No attestation ${uid} is recorded on chain ${client.deployment.chainId}.`);
  const { layout } = await readModel(client, modelId);
  return readInput(file, decodeLayout(layout).input);
}

const marks: Readonly<Record<Check["result"], string>> = { held: "✓", failed: "✗", unknown: "?" };

function textOf(found: Verification): string {
  const { recorded, status, unit, refutation } = found;
  const { uid, attestation, blockNumber, transactionHash } = recorded;
  const use = unit ? `unit ${unit.unit} of task ${unit.taskId}, season ${unit.seasonId}` : "a free attestation";
  return [
    `Attestation  ${uid}`,
    `  prover   ${attestation.prover}`,
    `  model    ${attestation.modelId}`,
    `  for      ${use}`,
    `  method   ${attestation.method} (${methodNames[attestation.method] ?? "unknown here"})`,
    `  status   ${status}`,
    `  block    ${blockNumber}, transaction ${transactionHash}`,
    ...endOf(found, refutation, undefined),
  ].join("\n");
}

type Findings = Pick<Verification, "checks" | "good" | "proven" | "notProven">;

/** @param firstUnit Of a batch; undefined for a single attestation. */
function endOf(
  { checks, good, proven, notProven }: Findings,
  refutation: Refutation | undefined,
  firstUnit: bigint | undefined,
): string[] {
  const failed = checks.find(({ result }) => result === "failed");
  const open = checks.find(({ result }) => result === "unknown");
  const verdict = good
    ? open
      ? "Nothing speaks against it, but not all could be checked."
      : "It holds."
    : "It fails.";
  return [
    ...(refutation === undefined ? [] : tellRefutation(refutation, firstUnit)),
    "",
    ...checks.map(({ name, result, detail }) => `${marks[result]} ${name.padEnd(6)}  ${wrap(detail, 10)}`),
    "",
    `Proven      ${wrap(proven, 12)}`,
    `Not proven  ${wrap(notProven, 12)}`,
    "",
    wrap(`${verdict}${failed ? ` ${failed.detail}` : ""}`),
  ];
}

function tellRefutation(
  { challenger, index, layer, row, claimed, correct }: Refutation,
  firstUnit: bigint | undefined,
): string[] {
  const of = firstUnit === undefined ? "" : ` of unit ${firstUnit + BigInt(index)}`;
  return [
    `  refuted  by ${challenger}, by row ${row} of layer ${layer}${of}:`,
    `           claimed ${claimed}, computed by the contract ${correct}`,
  ];
}
