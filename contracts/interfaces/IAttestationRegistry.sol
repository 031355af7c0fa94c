// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "./IModelRegistry.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice How an attestation stands; 2 to 5 are final.
enum Status {
    None,
    Pending,
    Verified,
    Refuted,
    Void,
    Revoked
}

/// @notice A prover's attestation that a model on an input gave an answer: what is signed and hashed to a uid.
/// @param answer `Commitments.answer(prover, outputHash, traceHash, salt)`: hides the output until it is revealed.
struct Attestation {
    address prover;
    uint8 method;
    bytes32 modelId;
    bytes32 inputHash;
    bytes32 context;
    bytes32 answer;
}

/// @notice A prover's attestation about consecutive units of one task: what is signed and hashed to a batch's id.
/// @param context The first unit's; unit i of the batch is context + i.
/// @param count Number of units.
/// @param root Ordered tree of the units' activations A_1 ‖ … ‖ A_L.
struct Batch {
    address prover;
    uint8 method;
    bytes32 modelId;
    bytes32 context;
    uint32 count;
    bytes32 root;
}

/// @notice What stands behind an attestation's `answer`.
struct Answer {
    bytes32 outputHash;
    bytes32 traceHash;
    bytes32 salt;
}

/// @notice All that the registry keeps of an attestation: one storage slot.
/// @param attestedAt Block time of the attestation or commit, or of the revocation of one never recorded, unix seconds.
/// @param count Units the attestation covers: 1, or a batch's length.
/// @param open Whether the attestation's answer is known.
struct Record {
    address prover;
    uint40 attestedAt;
    uint32 count;
    uint8 method;
    Status status;
    bool open;
}

/// @title What was claimed, and how it stands
/// @notice No owner, no upgrade. The registry computes every uid itself from the attestation's fields. The list of
/// methods only grows, and only the method a record names can settle it.
interface IAttestationRegistry {
    /// @notice An attestation was recorded, `Pending`, its answer still hidden.
    event Committed(
        bytes32 indexed uid,
        address indexed prover,
        bytes32 indexed modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer,
        uint8 method
    );

    /// @notice An attestation's answer is open: recorded so at once (then it is also `Pending` from here), or revealed.
    event Attested(
        bytes32 indexed uid,
        address indexed prover,
        bytes32 indexed modelId,
        bytes32 inputHash,
        bytes32 outputHash,
        bytes32 traceHash,
        bytes32 context,
        bytes32 salt,
        uint8 method
    );

    /// @notice A batch was recorded, `Pending`. `traces` are its units' activations, in order, as `root` hashes them.
    event BatchAttested(
        bytes32 indexed id,
        address indexed prover,
        bytes32 indexed modelId,
        bytes32 context,
        uint32 count,
        bytes32 root,
        uint8 method,
        bytes traces
    );

    /// @notice An attestation became final. `by` is the account whose transaction settled it.
    event StatusChanged(bytes32 indexed id, uint8 indexed status, address indexed by);

    /// @notice `method` verifies attestations under number `id` from now on.
    event MethodAdded(uint8 indexed id, IVerificationMethod indexed method);

    error UnknownMethod(uint8 method);
    /// @notice No contract stands at the address given for a method.
    error NotAMethod(address method);
    error AlreadyRecorded(bytes32 uid);
    /// @notice The context's kind is unknown, or a free context (kind 0) is not all zero.
    error InvalidContext(bytes32 context);
    /// @notice The prover didn't sign this digest.
    error InvalidSignature(address prover, bytes32 digest);
    /// @notice The opened answer, or the root of the traces, is not the signed one.
    error SignedOtherwise(bytes32 given, bytes32 signed);
    /// @notice A batch has at least one unit, and as many traces of one length.
    error InvalidBatch(uint32 count, uint256 tracesLength);
    error NotTheProver(address caller, address prover);
    /// @notice No attestation waits under `uid`: wrong fields or salt, or it is final already.
    error NotPending(bytes32 uid, Status status);
    /// @notice The attestation's answer is open already: a reveal happens once.
    error NothingToReveal(bytes32 uid);
    /// @notice Only the method that the record names may settle it.
    error NotTheMethod(bytes32 id, address caller);
    /// @notice An attestation settles as Verified, Refuted or Void.
    error NotASettlement(bytes32 id, Status status);
    /// @notice Attestations under a method stand until that method settles them.
    error NotRevocable(bytes32 uid, uint8 method, Status status);

    /// @notice Records an open attestation of the sender.
    /// @param evidence What the method is handed; empty for method 0.
    /// @return uid The attestation's name: its EIP-712 digest.
    function attest(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened,
        bytes calldata evidence
    ) external returns (bytes32 uid);

    /// @notice Records an attestation of the sender whose answer stays hidden until `reveal`.
    function commit(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer
    ) external returns (bytes32 uid);

    /// @notice Opens the answer of a committed attestation of the sender, when its method says it is time.
    function reveal(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) external returns (bytes32 uid);

    /// @notice Records an open attestation that its prover signed (ECDSA or ERC-1271); anyone.
    /// @param signature Of the attestation's digest, `uidOf(attestation)`.
    function attestBySig(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence,
        bytes calldata signature
    ) external returns (bytes32 uid);

    /// @notice Records a batch of the sender, of which the contract builds the tree.
    /// @param evidence What the method asks for.
    /// @param traces Activations A_1 ‖ … ‖ A_L of each unit, one after the other.
    /// @return id The batch's name: its EIP-712 digest.
    function attestBatch(
        uint8 method,
        bytes32 modelId,
        bytes32 context,
        uint32 count,
        bytes calldata evidence,
        bytes calldata traces
    ) external returns (bytes32 id);

    /// @notice Records a batch that its prover signed; anyone.
    /// @param signature Of the batch's digest, `batchIdOf(batch)`.
    function attestBatchBySig(
        Batch calldata batch,
        bytes calldata evidence,
        bytes calldata traces,
        bytes calldata signature
    ) external returns (bytes32 id);

    /// @notice Takes back the sender's own attestation: one of method 0, or one not yet recorded, whose signature then
    /// is worth nothing.
    function revoke(Attestation calldata attestation) external returns (bytes32 uid);

    /// @notice Makes the sender's signature of a batch not yet recorded worth nothing.
    function revokeBatch(Batch calldata batch) external returns (bytes32 id);

    /// @notice Settles an attestation; only for the method its record names.
    /// @param by The account whose transaction settled it.
    function settle(bytes32 id, Status status, address by) external;

    /// @notice Appends a method to the list and returns its number; restricted by the `AccessManager`.
    function addMethod(IVerificationMethod method) external returns (uint8 id);

    function models() external view returns (IModelRegistry);

    /// @notice The contract behind a method's number; reverts with `UnknownMethod`.
    function methodAt(uint8 id) external view returns (IVerificationMethod);

    /// @notice Number of methods; the last one's number.
    function methodCount() external view returns (uint8);

    function recordOf(bytes32 id) external view returns (Record memory);

    function statusOf(bytes32 id) external view returns (uint8);

    /// @notice EIP-712 digest of the attestation under this registry's domain.
    function uidOf(Attestation calldata attestation) external view returns (bytes32);

    /// @notice EIP-712 digest of the batch under this registry's domain.
    function batchIdOf(Batch calldata batch) external view returns (bytes32);

    /// @notice Whether `activations` are those of the batch's unit at position `index`, and the batch is Verified.
    function isVerifiedInBatch(
        Batch calldata batch,
        uint256 index,
        bytes calldata activations,
        bytes32[] calldata proof
    ) external view returns (bool);
}
