// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Answer, Attestation, IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "./interfaces/IVerificationMethod.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Contexts} from "./libraries/Contexts.sol";

contract AttestationRegistry is IAttestationRegistry, AccessManaged, EIP712 {
    /// @inheritdoc IAttestationRegistry
    IModelRegistry public immutable models;

    mapping(bytes32 id => Record) private _records;
    IVerificationMethod[] private _methods;

    /// @param models_ Where models are published.
    /// @param manager Who may append methods.
    constructor(IModelRegistry models_, address manager) AccessManaged(manager) EIP712("Proofboard", "1") {
        models = models_;
    }

    /// @inheritdoc IAttestationRegistry
    function attest(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened,
        bytes calldata evidence
    ) external returns (bytes32 uid) {
        Attestation memory statement = _statement(method, modelId, inputHash, context, opened);
        uid = _record(statement, true);

        _emitAttested(uid, statement, opened);

        if (method != 0) methodAt(method).onAttest(uid, statement, opened, evidence);
    }

    /// @inheritdoc IAttestationRegistry
    function commit(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        bytes32 answer
    ) external returns (bytes32 uid) {
        IVerificationMethod verification = methodAt(method);
        Attestation memory statement = Attestation(msg.sender, method, modelId, inputHash, context, answer);
        uid = _record(statement, false);

        emit Committed(uid, msg.sender, modelId, inputHash, context, answer, method);

        verification.onCommit(uid, statement);
    }

    /// @inheritdoc IAttestationRegistry
    function reveal(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) external returns (bytes32 uid) {
        Attestation memory statement = _statement(method, modelId, inputHash, context, opened);
        uid = uidOf(statement);
        Record storage record = _records[uid];
        require(record.status == Status.Pending, NotPending(uid, record.status));
        require(!record.open, NothingToReveal(uid));

        record.open = true;

        _emitAttested(uid, statement, opened);

        methodAt(method).onReveal(uid, statement, opened);
    }

    /// @inheritdoc IAttestationRegistry
    function revoke(Attestation calldata statement) external returns (bytes32 uid) {
        require(msg.sender == statement.prover, NotTheProver(msg.sender, statement.prover));
        uid = uidOf(statement);
        Record storage record = _records[uid];
        Status status = record.status;
        require(
            status == Status.None || (status == Status.Pending && statement.method == 0),
            NotRevocable(uid, statement.method, status)
        );

        if (status == Status.None) _write(uid, statement, Status.Revoked, false);
        else record.status = Status.Revoked;

        emit StatusChanged(uid, uint8(Status.Revoked), msg.sender);
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

    /// @inheritdoc IAttestationRegistry
    function addMethod(IVerificationMethod method) external restricted returns (uint8 id) {
        require(address(method).code.length != 0, NotAMethod(address(method)));
        require(_methods.length < type(uint8).max, UnknownMethod(type(uint8).max));

        _methods.push(method);
        id = uint8(_methods.length);

        emit MethodAdded(id, method);
    }

    /// @inheritdoc IAttestationRegistry
    function methodAt(uint8 id) public view returns (IVerificationMethod) {
        require(id != 0 && id <= _methods.length, UnknownMethod(id));
        return _methods[id - 1];
    }

    /// @inheritdoc IAttestationRegistry
    function methodCount() external view returns (uint8) {
        return uint8(_methods.length);
    }

    /// @inheritdoc IAttestationRegistry
    function recordOf(bytes32 id) external view returns (Record memory) {
        return _records[id];
    }

    /// @inheritdoc IAttestationRegistry
    function statusOf(bytes32 id) external view returns (uint8) {
        return uint8(_records[id].status);
    }

    /// @inheritdoc IAttestationRegistry
    function uidOf(Attestation memory statement) public view returns (bytes32) {
        return _hashTypedDataV4(Commitments.structHash(statement));
    }

    /// @dev The sender's statement with an open answer.
    function _statement(
        uint8 method,
        bytes32 modelId,
        bytes32 inputHash,
        bytes32 context,
        Answer calldata opened
    ) private view returns (Attestation memory) {
        bytes32 answer = Commitments.answer(msg.sender, opened.outputHash, opened.traceHash, opened.salt);
        return Attestation(msg.sender, method, modelId, inputHash, context, answer);
    }

    function _record(Attestation memory statement, bool open) private returns (bytes32 uid) {
        require(models.isPublished(statement.modelId), IModelRegistry.UnknownModel(statement.modelId));
        require(Contexts.isValid(statement.context), InvalidContext(statement.context));
        uid = uidOf(statement);
        require(_records[uid].status == Status.None, AlreadyRecorded(uid));

        _write(uid, statement, Status.Pending, open);
    }

    function _write(bytes32 uid, Attestation memory statement, Status status, bool open) private {
        _records[uid] = Record(statement.prover, uint40(block.timestamp), 1, statement.method, status, open);
    }

    function _emitAttested(bytes32 uid, Attestation memory statement, Answer calldata opened) private {
        emit Attested(
            uid,
            statement.prover,
            statement.modelId,
            statement.inputHash,
            opened.outputHash,
            opened.traceHash,
            statement.context,
            opened.salt,
            statement.method
        );
    }
}
