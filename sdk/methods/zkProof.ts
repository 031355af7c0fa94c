import { from as parseAbi } from "ox/Abi";
import { fromHex as hexToBytes } from "ox/Bytes";
import { Status } from "../protocol.ts";
import { defineMethod } from "./method.ts";

export const zkProofAbi = /* @__PURE__ */ parseAbi([
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "event VerifyingKeyAdmitted(bytes32 indexed modelId, bytes32 indexed keyHash, bool isTest)",
  "event Proven(bytes32 indexed uid, bool isTest, bytes evidence)",
  "error InvalidKeyPoint()",
  "error InvalidParameter(string name, uint256 value)",
  "error InvalidProof(bytes32 uid)",
  "error KeyAlreadyAdmitted(bytes32 modelId)",
  "error KeyNotAdmitted(bytes32 modelId)",
  "error KeyTooLarge(uint256 length)",
  "error MalformedKey(bytes32 tag, uint256 given, uint256 expected)",
  "error NotSupported(bytes4 hook)",
  "error NotTheRegistry(address caller)",
  "error WrongCampaign(bytes32 context)",
  "error WrongEvidenceLength(uint256 given, uint256 expected)",
  "error WrongKey(bytes32 given, bytes32 expected)",
  "error WrongTensor(bytes32 given, bytes32 attested)",
  "function admit(bytes32 modelId, bytes layoutBytes, bytes key) external",
  "function admitsModels() external view returns (bool)",
  "function campaign() external view returns (address)",
  "function canVoid() external view returns (bool)",
  "function checksInput() external view returns (bool)",
  "function keyOf(bytes32 modelId) external view returns (bytes)",
  "function longest() external view returns (uint64)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onAttestRoot(bytes32 id, Batch batch) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function onShown(bytes32 uid, uint64 until, bytes trace) external",
  "function onShownSettled(bytes32 uid, uint8 status, address by) external",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function verifiersOf(bytes32 id) external view returns (address[])",
]);

/** What ZkProof's contract has said of an attestation. */
export interface ZkProofDetail {
  /** What was proven; undefined until `Proven` comes, in the transaction that records the attestation. */
  proven: ProvenRun | undefined;
}

/** A run that was proven. */
export interface ProvenRun {
  /** Whether the model's key calls itself a test's. */
  isTest: boolean;
  /** Input ‖ output ‖ proof. */
  evidence: Uint8Array;
}

type ProvenStep = {
  step: "proven";
  /** Whether the model's key calls itself a test's: whoever made it can forge proofs. */
  isTest: boolean;
};

/** A zero-knowledge proof of the run, which the contract checks when the attestation is recorded. */
export const zkProof = defineMethod({
  id: 3,
  name: "ZkProof",
  abi: zkProofAbi,
  isBonded: false,
  begin: (): ZkProofDetail => ({ proven: undefined }),
  fold(detail, { eventName, args }) {
    if (eventName === "Proven") detail.proven = { isTest: args.isTest, evidence: hexToBytes(args.evidence) };
  },
  stepOf({ eventName, args }): ProvenStep | undefined {
    return eventName === "Proven" ? { step: "proven", isTest: args.isTest } : undefined;
  },
  assurance({ status, firstUnit, isPaid }, { proven }) {
    if (status !== Status.verified) return undefined;
    const isInputOpen = firstUnit !== undefined && !isPaid;
    const input =
      firstUnit === undefined || isInputOpen
        ? "The input is the one that the attestation names."
        : "The campaign derived the unit's assigned input when it paid, and it is the one that the attestation names.";
    return {
      proven: `The contract checked a zero-knowledge proof that the circuit named by the model gives this output for this input; the proof serves this attestation alone. ${input}`,
      notProven: [
        proven?.isTest ? TEST_KEY : CEREMONY,
        "Nor does the contract know that the circuit computes the model's rows: whoever wants to be sure makes the circuit again from the rows and compares.",
        ...(isInputOpen ? ["Nor is the input proven."] : []),
      ].join(" "),
    };
  },
});

const TEST_KEY = "That nobody forged it: the model's key is a TEST key, and whoever made it can prove anything by it.";
const CEREMONY =
  "That nobody forged it: at least one of those who made the model's key is trusted to have destroyed what it was made of.";
