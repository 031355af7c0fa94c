import { from as parseAbi } from "ox/Abi";
import { fromHex as hexToBytes } from "ox/Bytes";
import type { Address } from "viem";
import { Status } from "../protocol.ts";
import { type Assurance, defineMethod, type Judged } from "./method.ts";

export const fraudProofAbi = /* @__PURE__ */ parseAbi([
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "struct DisputedRow { bytes layoutBytes; uint256 layer; uint256 row; bytes data; bytes32[] proof; }",
  "struct AssignedInput { bytes header; bytes base; bytes32[] proof; }",
  "struct DisputedUnit { uint256 index; bytes activations; bytes32[] proof; AssignedInput input; }",
  "event RowRefuted(bytes32 indexed id, address indexed challenger, uint256 unit, uint256 layer, uint256 row, int8 claimed, int8 correct)",
  "event Traced(bytes32 indexed uid, bytes trace)",
  "error InvalidParameter(string name, uint256 value)",
  "error LayoutTooLarge(uint256 length, uint256 maximum)",
  "error NoSuchRow(uint256 layer, uint256 row)",
  "error NotAnIntegerModel(bytes32 modelId)",
  "error NotOpen(bytes32 id)",
  "error NotSupported(bytes4 hook)",
  "error NotTheRegistry(address caller)",
  "error RowIsRight(uint256 layer, uint256 row, int8 value)",
  "error WindowOpen(bytes32 id, uint64 until)",
  "error WindowOver(bytes32 id, uint64 until)",
  "error WrongCampaign(bytes32 context)",
  "error WrongLayout(bytes32 given, bytes32 expected)",
  "error WrongRowProof(uint256 layer, uint256 row)",
  "error WrongTrace(bytes32 uid)",
  "error WrongTraceLength(uint256 given, uint256 expected)",
  "error WrongUnitProof(uint256 index)",
  "function admitsModels() external view returns (bool)",
  "function bondFor(uint32 count) external view returns (uint128)",
  "function bondPerAttestation() external view returns (uint128)",
  "function bondPerUnit() external view returns (uint128)",
  "function campaign() external view returns (address)",
  "function canVoid() external view returns (bool)",
  "function checksInput() external view returns (bool)",
  "function longest() external view returns (uint64)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onAttestRoot(bytes32 id, Batch batch) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function onShown(bytes32 uid, uint64 until, bytes trace) external",
  "function onShownSettled(bytes32 uid, uint8 status, address by) external",
  "function refute(Attestation attestation, Answer opened, bytes trace, DisputedRow disputed) external",
  "function refuteBatch(Batch batch, DisputedUnit unit, DisputedRow disputed) external",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function settle(bytes32 id) external",
  "function show(Attestation attestation, Answer opened, bytes layoutBytes, bytes trace, AssignedInput input) external",
  "function verifiersOf(bytes32 id) external view returns (address[])",
  "function window() external view returns (uint40)",
]);

/** What FraudProof's contract has said of an attestation. */
export interface FraudProofDetail {
  /** A single attestation's activations A_0 ‖ … ‖ A_L; empty until `Traced` comes, in the transaction that records it, and for a batch. */
  trace: Uint8Array;
  /** The row that was shown wrong; undefined while nobody showed one. */
  refutation: Refutation | undefined;
}

/** A wrong row of an attestation, as the contract computed it. */
export interface WrongRow {
  /** Position of the unit in its batch, from 0; 0 in a single attestation. */
  index: number;
  /** From 0: the layer that maps the activations A_layer to A_layer+1. */
  layer: number;
  /** The neuron within its layer, from 0. */
  row: number;
  /** The activation that the prover claimed, an int8. */
  claimed: number;
  /** What the model's row gives, an int8. */
  correct: number;
}

/** A wrong row, and who showed it. */
export interface Refutation extends WrongRow {
  challenger: Address;
}

type FraudProofStep = {
  step: "rowRefuted";
  by: Address;
  /** The unit of the campaign; null where the attestation is not about units. */
  unit: string | null;
} & WrongRow;

/** Activations on chain, a bond and a window. */
export const fraudProof = defineMethod({
  id: 2,
  name: "FraudProof",
  abi: fraudProofAbi,
  begin: (): FraudProofDetail => ({ trace: new Uint8Array(0), refutation: undefined }),
  fold(detail, { eventName, args }) {
    if (eventName === "Traced") detail.trace = hexToBytes(args.trace);
    if (eventName === "RowRefuted") detail.refutation = { challenger: args.challenger, ...rowOf(args) };
  },
  stepOf({ eventName, args }, firstUnit): FraudProofStep | undefined {
    if (eventName !== "RowRefuted") return undefined;
    const unit = firstUnit === undefined ? null : String(firstUnit + args.unit);
    return { step: "rowRefuted", by: args.challenger, unit, ...rowOf(args) };
  },
  assurance(judged, { refutation }) {
    if (judged.status === Status.refuted) return refuted(judged, refutation);
    const subject = activationsOf(judged);
    if (judged.status === Status.pending)
      return {
        proven: `${subject}, and the prover has staked a bond on them.`,
        notProven: "That the answer is true: until the window ends, anyone can refute it by showing one wrong row.",
      };
    if (judged.status !== Status.verified) return undefined;
    const isInputOpen = judged.firstUnit !== undefined && !judged.isBatch && !judged.isPaid;
    return {
      proven: `${subject}, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window. ${inputOf(judged)}`,
      notProven: isInputOpen ? `${WATCHED} Nor is the input proven.` : WATCHED,
    };
  },
});

const rowOf = (args: { unit: bigint; layer: bigint; row: bigint; claimed: number; correct: number }): WrongRow => ({
  index: Number(args.unit),
  layer: Number(args.layer),
  row: Number(args.row),
  claimed: args.claimed,
  correct: args.correct,
});

const WATCHED =
  "That a challenger was watching: one honest challenger who re-runs every attestation is trusted to have refuted a wrong row in time.";

const activationsOf = ({ isBatch, count }: Judged): string =>
  isBatch
    ? `All activations of the batch's ${count} units are on chain, where the contract itself built their tree`
    : "All activations of the run are on chain, where the contract hashed them";

function inputOf({ isBatch, firstUnit, isPaid }: Judged): string {
  if (isBatch)
    return "Each unit's input is the one assigned to it by the season's seed, its account and its number: no prover names it, and the contract derives it from the base input wherever a first layer is disputed.";
  if (firstUnit === undefined) return "The input is the one that the attestation names.";
  return isPaid
    ? "The campaign derived the unit's assigned input when it paid, and it is the one that the attestation names."
    : "The input is the one that the attestation names; the campaign compares it with the assigned one when it pays.";
}

function refuted({ isBatch, firstUnit, count }: Judged, refutation: Refutation | undefined): Assurance {
  const rest = "Anything about the other rows, nor whether the prover erred or lied.";
  if (!refutation) return { proven: "The contract refuted the attestation by one wrong row.", notProven: rest };
  const { challenger, layer, row, claimed, correct } = refutation;
  const where = `row ${row} of layer ${layer}${unitOf(refutation, isBatch, firstUnit)}`;
  return {
    proven: `${challenger} showed that ${where} is wrong, rows and layers counted from 0: the prover claimed ${claimed}, and the contract computed ${correct} from the registered model's row and ${belowOf(layer, isBatch)}.`,
    notProven:
      count > 1
        ? `${rest} One wrong row refutes all ${count} units, and nothing is said of the ${count - 1} others.`
        : rest,
  };
}

function unitOf({ index }: WrongRow, isBatch: boolean, firstUnit: bigint | undefined): string {
  if (firstUnit === undefined) return "";
  const unit = ` of unit ${firstUnit + BigInt(index)}`;
  return isBatch ? `${unit}, at position ${index} of the batch,` : unit;
}

function belowOf(layer: number, isBatch: boolean): string {
  if (layer > 0) return "the activations that the prover claimed below it";
  return isBatch ? "the unit's assigned input, which it derived itself" : "the attestation's input";
}
