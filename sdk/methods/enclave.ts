import { from as parseAbi } from "ox/Abi";
import type { Hex } from "viem";
import { Status } from "../protocol.ts";
import { type Assurance, defineMethod, type Judged } from "./method.ts";

export const enclaveAbi = /* @__PURE__ */ parseAbi([
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "struct Approval { address registrar; bytes signature; }",
  "struct EnclaveKey { bytes32 measurement; uint40 until; bool revoked; }",
  "event EnclaveSigned(bytes32 indexed uid, bytes32 key)",
  "event KeyAdmitted(bytes32 indexed key, bytes32 indexed measurement, uint40 expiresAt, bytes publicKey, bytes document)",
  "event KeyRevoked(bytes32 indexed key, address indexed registrar)",
  "event ReceiptTaken(bytes32 indexed uid, bytes32 indexed key, uint256 timestamp, bytes signature)",
  "event RegistrarsSet(address[] registrars, uint8 threshold)",
  "error ApprovalsOutOfOrder(address registrar)",
  "error InvalidApproval(address registrar, bytes32 digest)",
  "error InvalidExpiry(uint40 expiresAt, uint256 latest)",
  "error InvalidParameter(string name, uint256 value)",
  "error InvalidPublicKey(uint256 length)",
  "error InvalidReceipt(bytes32 key, bytes32 message)",
  "error InvalidRegistrars(uint256 index)",
  "error InvalidThreshold(uint8 threshold, uint256 registrars)",
  "error KeyHasMeasurement(bytes32 key, bytes32 measurement)",
  "error KeyIsRevoked(bytes32 key)",
  "error KeyNotValid(bytes32 key, bytes32 measurement)",
  "error MalformedEvidence(bytes32 uid)",
  "error NoMeasurement(bytes32 key)",
  "error NoTraceTaken(bytes32 uid, bytes32 traceHash)",
  "error NotARegistrar(address account)",
  "error NotAnEnclaveModel(bytes32 modelId)",
  "error NotSupported(bytes4 hook)",
  "error NotTheRegistry(address caller)",
  "error ReceiptNotForModel(bytes32 modelId)",
  "error ReceiptNotForUse(bytes32 context)",
  "error ReceiptTooOld(uint256 timestamp)",
  "error ReceiptUsed(bytes32 receipt)",
  "error TooFewApprovals(uint256 approvals, uint8 threshold)",
  "error UnknownKey(bytes32 key)",
  "error WrongCampaign(bytes32 context)",
  "function admissionDigest(bytes publicKey, bytes32 measurement, uint40 expiresAt, bytes document) external view returns (bytes32)",
  "function admit(bytes publicKey, bytes32 measurement, uint40 expiresAt, bytes document, Approval[] approvals) external returns (bytes32 key)",
  "function admitsModels() external view returns (bool)",
  "function campaign() external view returns (address)",
  "function canVoid() external view returns (bool)",
  "function checksInput() external view returns (bool)",
  "function isReceiptUsed(bytes32 receipt) external view returns (bool)",
  "function keyOf(bytes32 key) external view returns (EnclaveKey)",
  "function longest() external view returns (uint64)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onAttestRoot(bytes32 id, Batch batch) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function onShown(bytes32 uid, uint64 until, bytes trace) external",
  "function onShownSettled(bytes32 uid, uint8 status, address by) external",
  "function registrars() external view returns (address[] accounts, uint8 threshold)",
  "function registrarsDigest(address[] accounts, uint8 threshold) external view returns (bytes32)",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function revoke(bytes32 key) external",
  "function runDigest(bytes32 uid) external view returns (bytes32)",
  "function setRegistrars(address[] accounts, uint8 threshold, Approval[] approvals) external",
  "function verifiersOf(bytes32 id) external view returns (address[])",
]);

/** What Enclave's contract has said of an attestation. */
export interface EnclaveDetail {
  /** What it took as evidence; undefined until the event comes, in the transaction that records the attestation. */
  evidence: EnclaveEvidence | undefined;
}

/** An enclave's signature, which is in calldata alone, or a receipt, of which `timestamp` is the time in unix seconds. */
export type EnclaveEvidence =
  | { kind: "signature"; key: Hex }
  | { kind: "receipt"; key: Hex; signature: Hex; timestamp: bigint };

type EnclaveStep =
  /** An enclave's key signed the run. */
  | { step: "enclaveSigned"; key: Hex }
  /** A gateway's key signed a receipt, `timestamp` in unix seconds. */
  | { step: "receiptTaken"; key: Hex; timestamp: number };

/** An enclave's signature, or a receipt of one. */
export const enclave = defineMethod({
  id: 4,
  name: "Enclave",
  abi: enclaveAbi,
  isBonded: false,
  begin: (): EnclaveDetail => ({ evidence: undefined }),
  fold(detail, { eventName, args }) {
    if (eventName === "EnclaveSigned") detail.evidence = { kind: "signature", key: args.key };
    if (eventName === "ReceiptTaken")
      detail.evidence = { kind: "receipt", key: args.key, signature: args.signature, timestamp: args.timestamp };
  },
  stepOf({ eventName, args }): EnclaveStep | undefined {
    if (eventName === "EnclaveSigned") return { step: "enclaveSigned", key: args.key };
    if (eventName === "ReceiptTaken") return { step: "receiptTaken", key: args.key, timestamp: Number(args.timestamp) };
    return undefined;
  },
  assurance(judged, { evidence }) {
    if (judged.status !== Status.verified) return undefined;
    return evidence?.kind === "receipt" ? RECEIPT : signed(judged);
  },
});

const REGISTRARS =
  "That the enclave is one: registrars, who looked at its attestation document, are trusted, and so are AWS, which signed it, and the hardware.";

const RECEIPT: Assurance = {
  proven:
    "A key that registrars admitted for the model's measurement signed a receipt of this input, this output and a time within the hour before.",
  notProven: `That the named model gave the answer: the gateway proves what it passed on, not what a provider behind it ran. Nor whose receipt it was: it names no owner, chain or contract, and the first to show it has it. ${REGISTRARS}`,
};

function signed({ firstUnit, isPaid }: Judged): Assurance {
  const input =
    firstUnit === undefined
      ? "The input is the one that the attestation names."
      : isPaid
        ? "The campaign derived the unit's assigned input when it paid, and it is the one that the attestation names."
        : "The input is the one that the attestation names; the campaign compares it with the assigned one when it pays.";
  return {
    proven: `A key that registrars admitted for the measurement in the model's name signed this very attestation: prover, model, input, output and use. ${input}`,
    notProven: `${REGISTRARS} That the image with this measurement runs the model is for whoever built it again to say.`,
  };
}
