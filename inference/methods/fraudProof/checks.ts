import { keccak256 } from "viem";
import { type BatchState, detailOf, type SingleState } from "../../../sdk/attestations.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { fraudProof as protocol, type Refutation } from "../../../sdk/methods/fraudProof.ts";
import { type Assignment, assignedTo } from "../../assignment.ts";
import type { OpenModel } from "../../models.ts";
import type { Checker, CheckKind } from "../../verify/checks.ts";
import type { InferenceMethod, ShownRow, Subject } from "../method.ts";
import { findWrongRow, showRow } from "./dispute.ts";
import { describeFinding, examine, readChainModel, recordedTrace, unitTrace } from "./examine.ts";
import { showRefutation } from "./refuted.ts";

const traceCheck: CheckKind = { name: "trace", title: "Activations", about: "record" };
const rowsCheck: CheckKind = { name: "rows", title: "Every row", about: "answer" };

/** The largest layout that the contract takes, in bytes. */
const MOST_LAYOUT = 8192;

/** Activations are on chain: their hash and every row of them are recomputed. */
export const fraudProof: InferenceMethod = {
  refuses({ layers }, { layout }) {
    if (layers.length === 0) return "It has no integer rows, of which one could be shown to the contract.";
    if (layout.length <= MOST_LAYOUT) return undefined;
    return `Its layout is ${layout.length} bytes; at most ${MOST_LAYOUT} are taken.`;
  },
  evidence: {
    most: { single: 2, batch: 1, unit: 1 },
    async check(subject, check) {
      const { attestation, assignment } = subject;
      if (attestation.kind === "single") return checkSingle(attestation, subject.model, check);
      if (assignment === undefined) return undefined;
      return subject.index === undefined
        ? checkBatch(subject, attestation, assignment, check)
        : checkUnit(subject, attestation, subject.index, assignment, check);
    },
  },
  rows: {
    describe(attestation) {
      const refutation = detailOf(protocol, attestation)?.refutation;
      const first = attestation.kind === "batch" ? unitOf(attestation.message.context)?.unit : undefined;
      return refutation ? { lines: linesOf(refutation, first), refutation } : null;
    },
    show: showRefutation,
  },
};

function checkSingle(attestation: SingleState, model: OpenModel | undefined, check: Checker): ShownRow | undefined {
  const trace = recordedTrace(attestation);
  const found = keccak256(trace);
  const expected = attestation.answer?.traceHash;
  const held = found === expected;
  const detail = `The ${trace.length} activations on chain have the hash ${found}.`;
  check(traceCheck, held ? "held" : "failed", detail, expected && { expected, found });
  return held && model ? checkRows(model, trace, unitOf(attestation.message.context)?.unit, check) : undefined;
}

async function checkBatch(
  { client }: Subject,
  attestation: BatchState,
  assignment: Assignment,
  check: Checker,
): Promise<ShownRow | undefined> {
  const { prover, modelId } = attestation.message;
  const model = await readChainModel(client, modelId);
  const finding = await examine(attestation, model, assignment);
  if (finding?.unit === undefined) {
    check(rowsCheck, "held", "Every row of every unit was recomputed and gives what its trace says.");
    return undefined;
  }
  check(rowsCheck, "failed", `The prover ${describeFinding(finding)}`);
  const { unit, index } = finding;
  const trace = unitTrace(assignedTo(assignment, prover, unit), attestation.leaves[index] as Uint8Array);
  return { ...showRow(model.layers, trace, finding), unit };
}

function checkUnit(
  { model }: Subject,
  { message, leaves }: BatchState,
  index: number,
  assignment: Assignment,
  check: Checker,
): ShownRow | undefined {
  const first = unitOf(message.context);
  if (model === undefined || first === undefined) return undefined;
  const unit = first.unit + BigInt(index);
  return checkRows(
    model,
    unitTrace(assignedTo(assignment, message.prover, unit), leaves[index] as Uint8Array),
    unit,
    check,
  );
}

/** Recomputes every row of a trace A_0 ‖ … ‖ A_L; returns the first wrong one. */
function checkRows(
  { layers }: OpenModel,
  trace: Uint8Array,
  unit: bigint | undefined,
  check: Checker,
): ShownRow | undefined {
  const wrong = findWrongRow(layers, trace);
  if (wrong === undefined) {
    const rows = layers.reduce((sum, { length }) => sum + length, 0);
    check(rowsCheck, "held", `All ${rows} rows were recomputed and give what the trace says.`);
    return undefined;
  }
  check(rowsCheck, "failed", `The prover ${describeFinding({ ...wrong, unit })}`);
  return { ...showRow(layers, trace, wrong), unit };
}

/** @param firstUnit Of a batch; undefined for a single attestation. */
function linesOf(
  { challenger, index, layer, row, claimed, correct }: Refutation,
  firstUnit: bigint | undefined,
): string[] {
  const of = firstUnit === undefined ? "" : ` of unit ${firstUnit + BigInt(index)}`;
  return [
    `  refuted  by ${challenger}, by row ${row} of layer ${layer}${of}:`,
    `           claimed ${claimed}, computed by the contract ${correct}`,
  ];
}
