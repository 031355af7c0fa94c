// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "./IModelRegistry.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice An attestation's status; `Verified` and those after it are final.
enum Status {
    None,
    Pending,
    Verified,
    Refuted,
    Void,
    Revoked
}

/// @notice A prover says that a model gave an answer on an input: what is signed and hashed to a uid.
/// @param prover Who says so.
/// @param method Number of the method that verifies it; 0 for none.
/// @param modelId The model.
/// @param inputHash Hash of the input's tensor.
/// @param context What the inference was for, see `Contexts`.
/// @param answer `Commitments.answer(prover, outputHash, traceHash, salt)`: hides the output until it is revealed.
struct Attestation {
    address prover;
    uint8 method;
    bytes32 modelId;
    bytes32 inputHash;
    bytes32 context;
    bytes32 answer;
}

/// @notice An attestation of consecutive units of one task: what is signed and hashed to a batch's id.
/// @param prover Who says so.
/// @param method Number of the method that verifies it.
/// @param modelId The model.
/// @param context The first unit's; unit i of the batch is context + i.
/// @param count Number of units.
/// @param root Ordered tree of the units' traces, one leaf a unit.
struct Batch {
    address prover;
    uint8 method;
    bytes32 modelId;
    bytes32 context;
    uint32 count;
    bytes32 root;
}

/// @notice What an attestation's `answer` hides.
/// @param outputHash Hash of the output's tensor.
/// @param traceHash Hash of the activations if the method asks for them, otherwise zero.
/// @param salt Any 32 bytes; secret until the answer is opened.
struct Answer {
    bytes32 outputHash;
    bytes32 traceHash;
    bytes32 salt;
}

/// @notice What the registry keeps of an attestation: one storage slot.
/// @param prover Who attested.
/// @param attestedAt Block time of the attestation or commit, or of the revocation of one never recorded, unix seconds.
/// @param count Units the attestation covers: 1, or a batch's length.
/// @param method Number of the method that may settle it; 0 for none.
/// @param status Its status.
/// @param open Whether the attestation's answer is known; of a batch, whether its traces are.
struct Record {
    address prover;
    uint40 attestedAt;
    uint32 count;
    uint8 method;
    Status status;
    bool open;
}

/// @title Attestations and their statuses
/// @notice No owner, no upgrade. The registry computes every uid itself from the attestation's fields. The list of
/// methods only grows, and only the method that a record names can settle it.
interface IAttestationRegistry {
    /* EVENTS */

    /// @notice An attestation was recorded, `Pending`, its answer still hidden.
    /// @param uid The attestation's name.
    /// @param prover Who attested.
    /// @param modelId The model.
    /// @param inputHash Hash of the input's tensor.
    /// @param context What the inference was for.
    /// @param answer Hides the output until `reveal`.
    /// @param method Number of its method.
    event Committed(
        bytes32 indexed uid,
        address indexed prover,
        bytes32 indexed modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer,
        uint8 method
    );

    /// @notice An attestation's answer is open: it was recorded with an open answer (`Pending` from here on), or revealed.
    /// @param uid The attestation's name.
    /// @param prover Who attested.
    /// @param modelId The model.
    /// @param inputHash Hash of the input's tensor.
    /// @param outputHash Hash of the output's tensor.
    /// @param traceHash Hash of the activations, or zero.
    /// @param context What the inference was for.
    /// @param salt The answer's salt.
    /// @param method Number of its method; 0 for none.
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

    /// @notice A batch was recorded, `Pending`.
    /// @param id The batch's name.
    /// @param prover Who attested.
    /// @param modelId The model.
    /// @param context The first unit's.
    /// @param count Number of units.
    /// @param root Ordered tree of the units' traces.
    /// @param method Number of its method.
    /// @param traces The units' traces, in order, as `root` hashes them; empty where the root alone was attested.
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

    /// @notice An attestation became final.
    /// @param id Its uid, or the batch's id.
    /// @param status Number of its `Status`.
    /// @param by The account whose transaction settled it.
    event StatusChanged(bytes32 indexed id, uint8 indexed status, address indexed by);

    /// @notice A method was appended: attestations may name it from now on.
    /// @param id Its number, from 1.
    /// @param method Its contract.
    event MethodAdded(uint8 indexed id, IVerificationMethod indexed method);

    /* ERRORS */

    /// @notice Thrown when no method has this number.
    /// @param method The number.
    error UnknownMethod(uint8 method);
    /// @notice Thrown when the address given for a method has no contract.
    /// @param method The address.
    error NotAMethod(address method);
    /// @notice Thrown when an attestation of exactly these fields is recorded or revoked already.
    /// @param uid Its name.
    error AlreadyRecorded(bytes32 uid);
    /// @notice Thrown when a context's kind is unknown, or a free context (kind 0) is not all zero.
    /// @param context The context.
    error InvalidContext(bytes32 context);
    /// @notice Thrown when the prover didn't sign this digest.
    /// @param prover Who should have signed.
    /// @param digest The attestation's uid, or the batch's id.
    error InvalidSignature(address prover, bytes32 digest);
    /// @notice Thrown when the opened answer, or the root of the traces, is not the signed one.
    /// @param given What was computed.
    /// @param signed What the prover signed.
    error SignedOtherwise(bytes32 given, bytes32 signed);
    /// @notice Thrown when a batch has no unit, or not as many traces of one length as units.
    /// @param count Number of units.
    /// @param tracesLength Length of all traces.
    error InvalidBatch(uint32 count, uint256 tracesLength);
    /// @notice Thrown when an account other than the prover revokes.
    /// @param caller Who called.
    /// @param prover Whose attestation it is.
    error NotTheProver(address caller, address prover);
    /// @notice Thrown when no attestation waits under this name: wrong fields or salt, or it is final already.
    /// @param uid The name.
    /// @param status Its status.
    error NotPending(bytes32 uid, Status status);
    /// @notice Thrown when an attestation's answer is open already: a reveal happens once.
    /// @param uid Its name.
    error NothingToReveal(bytes32 uid);
    /// @notice Thrown when an account other than the record's method settles.
    /// @param id The attestation's name.
    /// @param caller Who called.
    error NotTheMethod(bytes32 id, address caller);
    /// @notice Thrown when a method settles as anything but Verified, Refuted or Void.
    /// @param id The attestation's name.
    /// @param status The status that the method gave.
    error NotASettlement(bytes32 id, Status status);
    /// @notice Thrown when an attestation can't be taken back: it is final, or its method has to settle it.
    /// @param uid Its name.
    /// @param method Number of its method.
    /// @param status Its status.
    error NotRevocable(bytes32 uid, uint8 method, Status status);

    /* ATTESTING */

    /// @notice Records an open attestation of the sender.
    /// @param method Number of its method; 0 for none.
    /// @param modelId The model.
    /// @param inputHash Hash of the input's tensor.
    /// @param context What the inference was for.
    /// @param opened The answer.
    /// @param evidence What the method asks for; ignored where there is none.
    /// @return uid The attestation's name: its EIP-712 digest.
    function attest(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened,
        bytes calldata evidence
    ) external returns (bytes32 uid);

    /// @notice Records an open attestation that its prover signed; anyone.
    /// @param attestation What was signed.
    /// @param opened The answer.
    /// @param evidence What the method asks for; ignored where there is none.
    /// @param signature Of the attestation's digest, `uidOf(attestation)`, in a form that `Signatures` takes.
    /// @return uid The attestation's name.
    function attestBySig(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence,
        bytes calldata signature
    ) external returns (bytes32 uid);

    /// @notice Records a batch of the sender; the contract builds its tree.
    /// @param method Number of its method.
    /// @param modelId The model.
    /// @param context The first unit's.
    /// @param count Number of units.
    /// @param evidence What the method asks for.
    /// @param traces The units' traces, all of one length, one after the other: the tree's leaves.
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
    /// @param batch What was signed.
    /// @param evidence What the method asks for.
    /// @param traces The units' traces, which must hash to the batch's root.
    /// @param signature Of the batch's digest, `batchIdOf(batch)`, in a form that `Signatures` takes.
    /// @return id The batch's name.
    function attestBatchBySig(
        Batch calldata batch,
        bytes calldata evidence,
        bytes calldata traces,
        bytes calldata signature
    ) external returns (bytes32 id);

    /// @notice Records a batch of the sender of which the root alone is shown: its units' traces are roots themselves, and the
    /// method has to know how to refute what isn't on chain.
    /// @param method Number of its method.
    /// @param modelId The model.
    /// @param context The first unit's.
    /// @param count Number of units.
    /// @param root Ordered tree whose leaf i is the root of unit i's trace.
    /// @return id The batch's name: its EIP-712 digest.
    function attestRoot(
        uint8 method,
        bytes32 modelId,
        bytes32 context,
        uint32 count,
        bytes32 root
    ) external returns (bytes32 id);

    /// @notice Records a root-only batch that its prover signed; anyone.
    /// @param batch What was signed.
    /// @param signature Of the batch's digest, `batchIdOf(batch)`, in a form that `Signatures` takes.
    /// @return id The batch's name.
    function attestRootBySig(Batch calldata batch, bytes calldata signature) external returns (bytes32 id);

    /// @notice Records an attestation of the sender whose answer stays hidden until `reveal`.
    /// @param method Number of its method.
    /// @param modelId The model.
    /// @param inputHash Hash of the input's tensor.
    /// @param context What the inference was for.
    /// @param answer The hidden answer, see `Attestation`.
    /// @return uid The attestation's name.
    function commit(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer
    ) external returns (bytes32 uid);

    /// @notice Opens the answer of a committed attestation of the sender, when its method says it is time.
    /// @param method As committed.
    /// @param modelId As committed.
    /// @param inputHash As committed.
    /// @param context As committed.
    /// @param opened The answer.
    /// @return uid The attestation's name.
    function reveal(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) external returns (bytes32 uid);

    /* REVOKING AND SETTLING */

    /// @notice Takes back the sender's own attestation: one of method 0, or one not yet recorded, which then can't be
    /// recorded any more.
    /// @param attestation The attestation.
    /// @return uid Its name.
    function revoke(Attestation calldata attestation) external returns (bytes32 uid);

    /// @notice Takes back a batch of the sender that is not yet recorded: it can't be recorded any more.
    /// @param batch The batch.
    /// @return id Its name.
    function revokeBatch(Batch calldata batch) external returns (bytes32 id);

    /// @notice Settles an attestation; only its record's method may call it.
    /// @param id Its uid, or the batch's id.
    /// @param status Verified, Refuted or Void.
    /// @param by The account whose transaction settled it.
    function settle(bytes32 id, Status status, address by) external;

    /* METHODS */

    /// @notice Appends a method to the list; restricted by the `AccessManager`. Asks it whether it `admitsModels`, once.
    /// @param method Its contract.
    /// @return id Its number.
    function addMethod(IVerificationMethod method) external returns (uint8 id);

    /// @notice The contract behind a method's number; reverts with `UnknownMethod`.
    /// @param id The number, from 1.
    /// @return The contract.
    function methodAt(uint8 id) external view returns (IVerificationMethod);

    /// @notice Number of methods.
    /// @return The last method's number.
    function methodCount() external view returns (uint8);

    /* VIEWS */

    /// @notice Where models are published.
    /// @return The registry of models.
    function models() external view returns (IModelRegistry);

    /// @notice What is kept of an attestation; all zero for an unknown one.
    /// @param id Its uid, or the batch's id.
    /// @return The record.
    function recordOf(bytes32 id) external view returns (Record memory);

    /// @notice An attestation's status.
    /// @param id Its uid, or the batch's id.
    /// @return Number of its `Status`.
    function statusOf(bytes32 id) external view returns (uint8);

    /// @notice Names an attestation.
    /// @param attestation The attestation.
    /// @return Its EIP-712 digest under this registry's domain.
    function uidOf(Attestation calldata attestation) external view returns (bytes32);

    /// @notice Names a batch.
    /// @param batch The batch.
    /// @return Its EIP-712 digest under this registry's domain.
    function batchIdOf(Batch calldata batch) external view returns (bytes32);

    /// @notice Whether a batch is Verified and a trace is its unit's; false for a root-only batch, whose leaves are no
    /// activations.
    /// @param batch The batch.
    /// @param index Position of the unit in the batch, from 0.
    /// @param activations The unit's trace.
    /// @param proof Its proof against the batch's root.
    /// @return True if both hold.
    function isVerifiedInBatch(
        Batch calldata batch,
        uint256 index,
        bytes calldata activations,
        bytes32[] calldata proof
    ) external view returns (bool);
}
