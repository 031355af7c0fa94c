// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Answer, Attestation, Batch, IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "./interfaces/IVerificationMethod.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Contexts} from "./libraries/Contexts.sol";
import {OrderedTree} from "./libraries/OrderedTree.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title AttestationRegistry
/// @notice See `IAttestationRegistry`.
contract AttestationRegistry is IAttestationRegistry, AccessManaged, EIP712 {
    /// @dev One slot: what an attestation needs of the list.
    struct Method {
        IVerificationMethod verification;
        bool admitsModels;
    }

    /// @inheritdoc IAttestationRegistry
    IModelRegistry public immutable models;

    mapping(bytes32 id => Record) private _records;
    mapping(uint8 id => Method) private _methods;

    /// @inheritdoc IAttestationRegistry
    uint8 public methodCount;

    /// @notice Starts without attestations and methods.
    /// @param models_ Where models are published.
    /// @param manager Who may append methods.
    constructor(IModelRegistry models_, address manager) AccessManaged(manager) EIP712("Proofboard", "1") {
        models = models_;
    }

    /* ATTESTING */

    /// @inheritdoc IAttestationRegistry
    function attest(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened,
        bytes calldata evidence
    ) external returns (bytes32 uid) {
        Attestation memory attestation = _attestation(method, modelId, inputHash, context, opened);
        uid = uidOf(attestation);
        _attest(uid, attestation, opened, evidence);
    }

    /// @inheritdoc IAttestationRegistry
    function attestBySig(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence,
        bytes calldata signature
    ) external returns (bytes32 uid) {
        bytes32 answer = Commitments.answer(attestation.prover, opened.outputHash, opened.traceHash, opened.salt);
        require(answer == attestation.answer, SignedOtherwise(answer, attestation.answer));
        uid = uidOf(attestation);
        _checkSignature(attestation.prover, uid, signature);
        _attest(uid, attestation, opened, evidence);
    }

    /// @inheritdoc IAttestationRegistry
    function attestBatch(
        uint8 method,
        bytes32 modelId,
        bytes32 context,
        uint32 count,
        bytes calldata evidence,
        bytes calldata traces
    ) external returns (bytes32 id) {
        Batch memory batch = Batch(msg.sender, method, modelId, context, count, _rootOf(count, traces));
        id = batchIdOf(batch);
        _attestBatch(id, batch, evidence, traces);
    }

    /// @inheritdoc IAttestationRegistry
    function attestBatchBySig(
        Batch calldata batch,
        bytes calldata evidence,
        bytes calldata traces,
        bytes calldata signature
    ) external returns (bytes32 id) {
        bytes32 root = _rootOf(batch.count, traces);
        require(root == batch.root, SignedOtherwise(root, batch.root));
        id = batchIdOf(batch);
        _checkSignature(batch.prover, id, signature);
        _attestBatch(id, batch, evidence, traces);
    }

    /// @inheritdoc IAttestationRegistry
    function attestRoot(
        uint8 method,
        bytes32 modelId,
        bytes32 context,
        uint32 count,
        bytes32 root
    ) external returns (bytes32 id) {
        Batch memory batch = Batch(msg.sender, method, modelId, context, count, root);
        id = batchIdOf(batch);
        _attestRoot(id, batch);
    }

    /// @inheritdoc IAttestationRegistry
    function attestRootBySig(Batch calldata batch, bytes calldata signature) external returns (bytes32 id) {
        id = batchIdOf(batch);
        _checkSignature(batch.prover, id, signature);
        _attestRoot(id, batch);
    }

    /// @inheritdoc IAttestationRegistry
    function commit(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer
    ) external returns (bytes32 uid) {
        (IVerificationMethod verification, bool admitsModels) = _methodAt(method);
        Attestation memory attestation = Attestation(msg.sender, method, modelId, inputHash, context, answer);
        uid = uidOf(attestation);
        _record(uid, modelId, context, _recordNow(msg.sender, 1, method, Status.Pending, false), admitsModels);

        emit Committed(uid, msg.sender, modelId, inputHash, context, answer, method);

        verification.onCommit(uid, attestation);
    }

    /// @inheritdoc IAttestationRegistry
    function reveal(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) external returns (bytes32 uid) {
        Attestation memory attestation = _attestation(method, modelId, inputHash, context, opened);
        uid = uidOf(attestation);
        Record storage record = _records[uid];
        require(record.status == Status.Pending, NotPending(uid, record.status));
        require(!record.open, NothingToReveal(uid));

        record.open = true;

        _emitAttested(uid, attestation, opened);

        methodAt(method).onReveal(uid, attestation, opened);
    }

    /* REVOKING AND SETTLING */

    /// @inheritdoc IAttestationRegistry
    function revoke(Attestation calldata attestation) external returns (bytes32 uid) {
        require(msg.sender == attestation.prover, NotTheProver(msg.sender, attestation.prover));
        uid = uidOf(attestation);
        Record storage record = _records[uid];
        Status status = record.status;
        require(
            status == Status.None || (status == Status.Pending && attestation.method == 0),
            NotRevocable(uid, attestation.method, status)
        );

        if (status == Status.None) _records[uid] = _recordNow(msg.sender, 1, attestation.method, Status.Revoked, false);
        else record.status = Status.Revoked;

        emit StatusChanged(uid, uint8(Status.Revoked), msg.sender);
    }

    /// @inheritdoc IAttestationRegistry
    function revokeBatch(Batch calldata batch) external returns (bytes32 id) {
        require(msg.sender == batch.prover, NotTheProver(msg.sender, batch.prover));
        id = batchIdOf(batch);
        Status status = _records[id].status;
        require(status == Status.None, NotRevocable(id, batch.method, status));

        _records[id] = _recordNow(msg.sender, batch.count, batch.method, Status.Revoked, false);

        emit StatusChanged(id, uint8(Status.Revoked), msg.sender);
    }

    /// @inheritdoc IAttestationRegistry
    function settle(bytes32 id, Status status, address by) external {
        Record storage record = _records[id];
        require(record.status == Status.Pending, NotPending(id, record.status));
        uint8 method = record.method;
        require(method != 0 && msg.sender == address(methodAt(method)), NotTheMethod(id, msg.sender));
        require(status >= Status.Verified && status <= Status.Void, NotASettlement(id, status));

        record.status = status;

        emit StatusChanged(id, uint8(status), by);
    }

    /* METHODS */

    /// @inheritdoc IAttestationRegistry
    function addMethod(IVerificationMethod method) external restricted returns (uint8 id) {
        require(address(method).code.length != 0, NotAMethod(address(method)));
        require(methodCount < type(uint8).max, UnknownMethod(type(uint8).max));

        id = ++methodCount;
        _methods[id] = Method(method, method.admitsModels());

        emit MethodAdded(id, method);
    }

    /// @inheritdoc IAttestationRegistry
    function methodAt(uint8 id) public view returns (IVerificationMethod method) {
        (method, ) = _methodAt(id);
    }

    /* VIEWS */

    /// @inheritdoc IAttestationRegistry
    function recordOf(bytes32 id) external view returns (Record memory) {
        return _records[id];
    }

    /// @inheritdoc IAttestationRegistry
    function statusOf(bytes32 id) external view returns (uint8) {
        return uint8(_records[id].status);
    }

    /// @inheritdoc IAttestationRegistry
    function uidOf(Attestation memory attestation) public view returns (bytes32) {
        return _hashTypedDataV4(Commitments.structHash(attestation));
    }

    /// @inheritdoc IAttestationRegistry
    function batchIdOf(Batch memory batch) public view returns (bytes32) {
        return _hashTypedDataV4(Commitments.structHash(batch));
    }

    /// @inheritdoc IAttestationRegistry
    function isVerifiedInBatch(
        Batch calldata batch,
        uint256 index,
        bytes calldata activations,
        bytes32[] calldata proof
    ) external view returns (bool) {
        Record storage record = _records[batchIdOf(batch)];
        return
            record.status == Status.Verified &&
            record.open &&
            OrderedTree.verify(batch.root, batch.count, index, OrderedTree.leaf(index, activations), proof);
    }

    /* RECORDS */

    /// @dev The sender's attestation with an open answer.
    function _attestation(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) private view returns (Attestation memory) {
        bytes32 answer = Commitments.answer(msg.sender, opened.outputHash, opened.traceHash, opened.salt);
        return Attestation(msg.sender, method, modelId, inputHash, context, answer);
    }

    function _attest(
        bytes32 uid,
        Attestation memory attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) private {
        (IVerificationMethod verification, bool admitsModels) = (IVerificationMethod(address(0)), false);
        if (attestation.method != 0) (verification, admitsModels) = _methodAt(attestation.method);
        _record(
            uid,
            attestation.modelId,
            attestation.context,
            _recordNow(attestation.prover, 1, attestation.method, Status.Pending, true),
            admitsModels
        );

        _emitAttested(uid, attestation, opened);

        if (attestation.method != 0) verification.onAttest(uid, attestation, opened, evidence);
    }

    function _attestBatch(bytes32 id, Batch memory batch, bytes calldata evidence, bytes calldata traces) private {
        IVerificationMethod verification = _recordBatch(id, batch, true, traces);

        verification.onAttestBatch(id, batch, traces.length / batch.count, evidence);
    }

    function _attestRoot(bytes32 id, Batch memory batch) private {
        require(batch.count != 0, InvalidBatch(0, 0));
        IVerificationMethod verification = _recordBatch(id, batch, false, msg.data[:0]);

        verification.onAttestRoot(id, batch);
    }

    function _recordBatch(
        bytes32 id,
        Batch memory batch,
        bool open,
        bytes calldata traces
    ) private returns (IVerificationMethod verification) {
        bool admitsModels;
        (verification, admitsModels) = _methodAt(batch.method);
        _record(
            id,
            batch.modelId,
            batch.context,
            _recordNow(batch.prover, batch.count, batch.method, Status.Pending, open),
            admitsModels
        );

        emit BatchAttested(
            id,
            batch.prover,
            batch.modelId,
            batch.context,
            batch.count,
            batch.root,
            batch.method,
            traces
        );
    }

    function _recordNow(
        address prover,
        uint32 count,
        uint8 method,
        Status status,
        bool open
    ) private view returns (Record memory) {
        return Record(prover, uint40(block.timestamp), count, method, status, open);
    }

    function _methodAt(uint8 id) private view returns (IVerificationMethod verification, bool admitsModels) {
        Method storage method = _methods[id];
        (verification, admitsModels) = (method.verification, method.admitsModels);
        require(address(verification) != address(0), UnknownMethod(id));
    }

    function _record(bytes32 id, bytes32 modelId, bytes32 context, Record memory record, bool admitsModels) private {
        require(admitsModels || models.isPublished(modelId), IModelRegistry.UnknownModel(modelId));
        require(Contexts.isValid(context), InvalidContext(context));
        Record storage slot = _records[id];
        require(slot.status == Status.None, AlreadyRecorded(id));

        // The compiler would write the slot once for every few fields.
        uint256 packed =
            uint160(record.prover) |
                (uint256(record.attestedAt) << 160) |
                (uint256(record.count) << 200) |
                (uint256(record.method) << 232) |
                (uint256(record.status) << 240) |
                (record.open ? 1 << 248 : 0);
        assembly ("memory-safe") {
            sstore(slot.slot, packed)
        }
    }

    function _rootOf(uint32 count, bytes calldata traces) private pure returns (bytes32) {
        require(count != 0 && traces.length != 0 && traces.length % count == 0, InvalidBatch(count, traces.length));
        return OrderedTree.root(OrderedTree.leavesOf(traces, traces.length / count));
    }

    function _checkSignature(address prover, bytes32 digest, bytes calldata signature) private view {
        require(Signatures.isValid(prover, digest, signature), InvalidSignature(prover, digest));
    }

    function _emitAttested(bytes32 uid, Attestation memory attestation, Answer calldata opened) private {
        emit Attested(
            uid,
            attestation.prover,
            attestation.modelId,
            attestation.inputHash,
            opened.outputHash,
            opened.traceHash,
            attestation.context,
            opened.salt,
            attestation.method
        );
    }
}
