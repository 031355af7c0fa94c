import { bytesToHex } from "viem";
import type { BatchState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import { orderedTree, verifyProof } from "../../sdk/tree.ts";
import { type Assignment, assignedTo, readAssignment } from "../assignment.ts";
import type { Looked, ShownRow } from "../methods/method.ts";
import type { Models } from "../models.ts";
import { requireInput, type Tensor } from "../tensors.ts";
import { type Checker, checkInputOf, checkModelOf, checkRun, shared } from "./checks.ts";

interface BatchOptions {
  client: Client;
  models: Models;
  attestation: BatchState;
  /** Position of the one unit to check; undefined for the whole batch. */
  index: number | undefined;
  /** As the registry counts. */
  status: number;
  /** Makes the method's own checks; undefined if it has none. */
  checkOwn: ((looked: Looked) => Promise<ShownRow | undefined>) | undefined;
}

/** What the checks found on the way. */
interface Found {
  input?: Tensor;
  output?: Tensor | undefined;
  wrong?: ShownRow | undefined;
}

/** Position of a unit in its batch. Throws a RangeError when the batch has no such unit. */
export function positionOf({ id, message }: BatchState, unit: bigint): number {
  const first = unitOf(message.context)?.unit;
  if (first === undefined) throw new RangeError(`Batch ${id} is about no units of a season.`);
  const last = first + BigInt(message.count) - 1n;
  if (unit < first || unit > last)
    throw new RangeError(`Batch ${id} has no unit ${unit}: its units are ${first} to ${last}.`);
  return Number(unit - first);
}

/**
 * Makes the checks of a batch: its tree is built again from its units' activations, and its method recomputes what they
 * say; or of one unit, whose place in the tree is proven and which also runs on the pinned runtime.
 */
export async function checkBatch(options: BatchOptions, check: Checker): Promise<Found> {
  const { client, attestation, index, checkOwn } = options;
  checkTree(options, check);
  const first = unitOf(attestation.message.context);
  const assignment = first
    ? await readAssignment(client, first)
    : "The batch is about no units, so no input is assigned.";
  if (typeof assignment === "string") {
    check(shared.input, "unknown", assignment);
    return {};
  }
  if (index !== undefined) return checkUnit(options, index, assignment, check);
  if (checkOwn) return { wrong: await checkOwn({ index, model: undefined, input: undefined, assignment }) };
  check(shared.output, "unknown", "No unit was run: choose one, to have its output compared.");
  return {};
}

function checkTree({ attestation, index, checkOwn }: BatchOptions, check: Checker): void {
  const {
    message: { count, root },
    leaves,
  } = attestation;
  if (leaves.length === 0) {
    // Whoever checks the whole batch compares its root itself.
    if (!checkOwn || index !== undefined) check(shared.tree, "unknown", `The root alone is on chain: ${root}.`);
    return;
  }
  const grown = orderedTree(leaves);
  const detail = `The tree over the ${count} units' activations on chain has the root ${grown.root}`;
  const hashes = { expected: root, found: grown.root };
  if (grown.root === root) check(shared.tree, "held", `${detail}, as the batch says.`, hashes);
  else check(shared.tree, "failed", `${detail}; the batch says ${root}.`, hashes);
}

async function checkUnit(options: BatchOptions, index: number, assignment: Assignment, check: Checker): Promise<Found> {
  const { models, attestation, checkOwn } = options;
  const { prover, modelId, context } = attestation.message;
  const leaf = attestation.leaves[index];
  if (leaf) await checkPlace(options, index, check);
  const model = await checkModelOf(models, modelId, check);
  if (!model) return {};
  const unit = (unitOf(context)?.unit ?? 0n) + BigInt(index);
  const data = new Uint8Array(assignedTo(assignment, prover, unit));
  const source = `The input is the one assigned to unit ${unit}, derived here.`;
  const input = checkInputOf(() => requireInput(model.layout.input, data), source, check);
  if (!input) return {};
  check(shared.input, "held", source);
  const wrong = await checkOwn?.({ index, model, input: undefined, assignment });
  const output = await checkRun(model, input.data, check);
  if (output && leaf) compareOutput(leaf, output, check);
  if (output && !leaf)
    check(shared.output, "unknown", "The prover's output isn't on chain, so there is nothing to compare.");
  return { input, output, wrong };
}

/** Proves a unit's place in the tree, and asks the registry whether it is verified there. */
async function checkPlace(
  { client, attestation: { message, leaves }, status }: BatchOptions,
  index: number,
  check: Checker,
): Promise<void> {
  const leaf = leaves[index] as Uint8Array;
  const proof = orderedTree(leaves).proof(index);
  const proven = verifyProof(message.root, message.count, index, leaf, proof);
  const siblings = `${proof.length} siblings prove its activations at position ${index} of ${message.count}`;
  check(shared.proof, proven ? "held" : "failed", proven ? `${siblings}.` : `No ${siblings}.`);
  const { attestationRegistry } = client.contracts;
  const args = [message, BigInt(index), bytesToHex(leaf), proof] as const;
  const isVerified = await client.rpc.readContract({ ...attestationRegistry, functionName: "isVerifiedInBatch", args });
  const words = `The registry says that the unit is ${isVerified ? "" : "not "}verified in this batch.`;
  check(shared.record, isVerified === (status === Status.verified) ? "held" : "failed", words);
}

/** @param leaf A unit's activations, whose last ones are its output. */
function compareOutput(leaf: Uint8Array, { data }: Tensor, check: Checker): void {
  const claimed = bytesToHex(leaf.subarray(leaf.length - data.length));
  if (claimed === bytesToHex(data)) check(shared.output, "held", "The output is the prover's, byte for byte.");
  else check(shared.output, "failed", `The prover claims ${claimed}; the model gave ${bytesToHex(data)}.`);
}
