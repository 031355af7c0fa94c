import { bytesToHex } from "viem";
import { statuses } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { batchId } from "../../sdk/commitments.ts";
import { type Unit, unitOf } from "../../sdk/contexts.ts";
import { type Proof, proofOf } from "../../sdk/proofs.ts";
import { orderedTree, verifyProof } from "../../sdk/tree.ts";
import { type ShownRow, showRow } from "../methods/fraudProof/dispute.ts";
import {
  type Assignment,
  describeFinding,
  examineClaim,
  readChainModel,
  unitTrace,
} from "../methods/fraudProof/examine.ts";
import type { Models } from "../models.ts";
import type { Tensor } from "../tensors.ts";
import {
  assignedTo,
  type Check,
  type Checker,
  checkModelOf,
  checkRows,
  checkRun,
  checkStatus,
  createChecks,
  readAssignment,
} from "./checks.ts";
import type { BatchClaim } from "./claims.ts";
import { type RecordedClaim, tracedOf } from "./readClaim.ts";

/** A batch, or one unit of it, checked by its reader. */
export interface BatchVerification extends Proof {
  status: (typeof statuses)[number];
  /** The first unit. */
  first: Unit;
  checks: Check[];
  /** What the one unit's model saw here, and what it gave; undefined of a whole batch, or where it didn't run. */
  input: Tensor | undefined;
  output: Tensor | undefined;
  /** The first wrong row found here, and its unit. */
  wrong: (ShownRow & { unit: bigint }) | undefined;
  /** Every check held, and the batch is verified or pending. */
  good: boolean;
}

export interface VerifyBatchOptions {
  client: Client;
  models: Models;
  recorded: RecordedClaim & { claim: BatchClaim };
  /** Number of the one unit to look at, as its task counts; the whole batch is re-run unless told. */
  unit?: bigint | undefined;
  /** Told of every check as it is made. */
  onCheck?: (check: Check) => void;
}

/**
 * Checks a batch from the chain: recomputes its id and its tree from the traces, reads its record, then re-runs all its
 * units by the model's rows; or one unit, whose place in the tree is proven and which also runs on the pinned runtime.
 * Throws a RangeError when the batch has no such unit.
 */
export async function verifyBatch({
  client,
  models,
  recorded,
  unit,
  onCheck,
}: VerifyBatchOptions): Promise<BatchVerification> {
  const { id, claim } = recorded;
  const { attestation, leaves } = claim;
  const { count, root, context, method } = attestation;
  const first = unitOf(context) as Unit;
  const index = unit === undefined ? undefined : Number(unit - first.unit);
  if (index !== undefined && (index < 0 || index >= count))
    throw new RangeError(
      `Batch ${id} has no unit ${unit}: its units are ${first.unit} to ${first.unit + BigInt(count) - 1n}.`,
    );
  const { checks, check } = createChecks(onCheck);
  const digest = batchId(client.deployment.chainId, client.contracts.attestationRegistry.address, attestation);
  check("uid", digest === id ? "held" : "failed", `The fields recorded on chain have the EIP-712 digest ${digest}.`, {
    expected: id,
    found: digest,
  });
  const status = await checkStatus(client, id, "batch", check);
  const grown = orderedTree(leaves);
  const roots = `The tree over the ${count} units' activations on chain has the root ${grown.root}`;
  const hashes = { expected: root, found: grown.root };
  if (grown.root === root) check("tree", "held", `${roots}, as the batch says.`, hashes);
  else check("tree", "failed", `${roots}; the batch says ${root}.`, hashes);
  const assignment = await readAssignment(client, first);
  if (typeof assignment === "string") check("input", "unknown", assignment);
  const looked =
    typeof assignment === "string"
      ? {}
      : index === undefined
        ? await checkAll(client, recorded, assignment, check)
        : await checkUnit({ client, models, claim, index, assignment, verified: status === "verified" }, check);
  const good = checks.every(({ result }) => result !== "failed");
  const judged = { method, status: statuses.indexOf(status), isUnit: true, outputHash: null, panel: null };
  const proof = proofOf({ ...judged, traced: tracedOf(recorded) });
  return { status, first, checks, input: undefined, output: undefined, wrong: undefined, ...looked, good, ...proof };
}

type Looked = Partial<Pick<BatchVerification, "input" | "output" | "wrong">>;

async function checkAll(
  client: Client,
  recorded: VerifyBatchOptions["recorded"],
  assignment: Assignment,
  check: Checker,
): Promise<Looked> {
  const { attestation, leaves } = recorded.claim;
  const model = await readChainModel(client, attestation.modelId);
  const finding = await examineClaim(recorded, model, assignment);
  if (finding?.unit === undefined) {
    check("rows", "held", "Every row of every unit was recomputed and gives what its trace says.");
    return {};
  }
  check("rows", "failed", `The prover ${describeFinding(finding)}`);
  const trace = unitTrace(
    assignedTo(assignment, attestation.prover, finding.unit),
    leaves[finding.index] as Uint8Array,
  );
  return { wrong: { ...showRow(model.layers, trace, finding), unit: finding.unit } };
}

interface UnitOptions extends Pick<VerifyBatchOptions, "client" | "models"> {
  claim: BatchClaim;
  /** Position in the batch. */
  index: number;
  assignment: Assignment;
  verified: boolean;
}

async function checkUnit(options: UnitOptions, check: Checker): Promise<Looked> {
  const { client, models, claim, index, assignment, verified } = options;
  const { attestation, leaves } = claim;
  const leaf = leaves[index] as Uint8Array;
  const proof = orderedTree(leaves).proof(index);
  const proven = verifyProof(attestation.root, attestation.count, index, leaf, proof);
  const siblings = `${proof.length} siblings prove its activations at position ${index} of ${attestation.count}`;
  check("proof", proven ? "held" : "failed", proven ? `${siblings}.` : `No ${siblings}.`);
  const args = [attestation, BigInt(index), bytesToHex(leaf), proof] as const;
  const { attestationRegistry } = client.contracts;
  const said = await client.rpc.readContract({ ...attestationRegistry, functionName: "isVerifiedInBatch", args });
  const word = `The registry says that the unit is ${said ? "" : "not "}verified in this batch.`;
  check("record", said === verified ? "held" : "failed", word);
  const model = await checkModelOf(models, attestation.modelId, check);
  if (!model) return {};
  const unit = (unitOf(attestation.context) as Unit).unit + BigInt(index);
  const input = assignedTo(assignment, attestation.prover, unit);
  check("input", "held", `The input is the one assigned to unit ${unit}, derived here.`);
  const trace = unitTrace(input, leaf);
  const row = checkRows(model, trace, unit, check);
  const looked = {
    input: { spec: model.layout.input, data: new Uint8Array(input) },
    wrong: row && { ...showRow(model.layers, trace, row), unit },
  };
  const output = await checkRun(model, looked.input.data, check);
  if (!output) return looked;
  const claimed = bytesToHex(leaf.subarray(leaf.length - output.data.length));
  if (claimed === bytesToHex(output.data)) check("output", "held", "The output is the prover's, byte for byte.");
  else check("output", "failed", `The prover claims ${claimed}; the model gave ${bytesToHex(output.data)}.`);
  return { ...looked, output };
}
