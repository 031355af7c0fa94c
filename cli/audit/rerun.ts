import { type Hex, keccak256, stringToHex } from "viem";
import { UnavailableError } from "../../inference/content.ts";
import { InvalidModelError } from "../../inference/failures.ts";
import type { Models } from "../../inference/models.ts";
import { verifyAttestation } from "../../inference/verify/attestation.ts";
import type { Content } from "../../participant/content.ts";
import { type AttestationState, readAttestation } from "../../sdk/attestations.ts";
import type { AuditProgress } from "../../sdk/audit.ts";
import type { Client } from "../../sdk/client.ts";
import type { UnitsAttestation } from "../../sdk/rules.ts";
import { UsageError } from "../usage.ts";

/** Which inferences are run again. */
export interface Sample {
  /** Of a hundred. */
  percent: number;
  /** Decides which; the same one chooses the same. */
  seed: string;
}

/** What running inferences again found. */
export interface Rerun extends Sample {
  /** Inferences that points were paid for. */
  total: number;
  /** How many were chosen, and how many of those were the prover's. */
  chosen: number;
  held: number;
  /** A sentence for each that wasn't. */
  differences: string[];
  /** A sentence for each that couldn't be run or compared. */
  notChecked: string[];
}

/** Reads `--rerun`: 5, 5% or 100%. */
export function parsePercent(text: string): number {
  const percent = /^[0-9]{1,3}(\.[0-9]{1,4})?%?$/.test(text) ? Number.parseFloat(text) : 0;
  if (percent > 0 && percent <= 100) return percent;
  throw new UsageError(`--rerun is "${text}"; it must be above 0% and at most 100%, as in 5%.`);
}

/** One inference: a unit of an attestation that was paid. */
interface Inference {
  attestation: UnitsAttestation;
  unit: bigint;
}

/** Draws so many of a hundred of the inferences, at least one: those whose hashes with the seed are lowest. */
export function drawSample(
  paid: Iterable<UnitsAttestation>,
  { percent, seed }: Sample,
): { total: number; chosen: Inference[] } {
  const drawn: (Inference & { key: Hex })[] = [];
  for (const attestation of paid)
    for (let i = 0n; i < BigInt(attestation.count); i++) {
      const unit = attestation.unit + i;
      drawn.push({ attestation, unit, key: keccak256(stringToHex(`${seed} ${attestation.id} ${unit}`)) });
    }
  const total = drawn.length;
  const chosen = drawn.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, Math.ceil((total * percent) / 100));
  return { total, chosen };
}

interface RerunOptions {
  client: Client;
  content: Content;
  models: Models;
  paid: Iterable<UnitsAttestation>;
  sample: Sample;
  onProgress: AuditProgress;
}

/** Runs a sample of the paid inferences again, with the checks of `verify`. */
export async function rerun(options: RerunOptions): Promise<Rerun> {
  const { client, paid, sample, onProgress } = options;
  const { total, chosen } = drawSample(paid, sample);
  const result: Rerun = { ...sample, total, chosen: chosen.length, held: 0, differences: [], notChecked: [] };
  // Units of the same batch stand together, so that it is read once.
  const inOrder = chosen.sort((a, b) => Number(a.attestation.blockNumber - b.attestation.blockNumber));
  let state: AttestationState | undefined;
  for (const [i, { attestation, unit }] of inOrder.entries()) {
    const { id, blockNumber } = attestation;
    if (state?.id !== id) state = await readAttestation(client, id, blockNumber);
    const what = `Unit ${unit} of task ${attestation.taskId} by ${attestation.prover}, ${id}`;
    const found = state ? await runAgain({ ...options, state, unit }) : { missing: "the RPC doesn't tell of it" };
    if ("wrong" in found) result.differences.push(`${what}: ${found.wrong}`);
    else if ("missing" in found) result.notChecked.push(`${what}: ${found.missing}`);
    else result.held += 1;
    onProgress("inferences", i + 1, chosen.length);
  }
  return result;
}

type Found = { wrong: string } | { missing: string } | Record<string, never>;

async function runAgain({
  client,
  content,
  models,
  state,
  unit,
}: RerunOptions & { state: AttestationState; unit: bigint }): Promise<Found> {
  try {
    await models.open(state.message.modelId);
  } catch (error) {
    if (error instanceof UnavailableError) return { missing: error.message };
    if (error instanceof InvalidModelError) return { wrong: error.message };
    throw error;
  }
  const of = state.kind === "batch" ? unit : undefined;
  const { checks } = await verifyAttestation({ client, content, models, attestation: state, unit: of });
  const failed = checks.find(({ result }) => result === "failed");
  if (failed) return { wrong: failed.detail };
  const unknown = checks.find(({ result }) => result === "unknown");
  return unknown ? { missing: unknown.detail } : {};
}
