// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Answer, Attestation, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IEnclave} from "../interfaces/IEnclave.sol";
import {IModelRegistry, Model} from "../interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {Commitments, ModelParts} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {RsaPss} from "../libraries/RsaPss.sol";
import {EnclaveRegistry} from "./EnclaveRegistry.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title Enclave
/// @notice See `IEnclave`.
contract Enclave is IEnclave, VerificationMethod, EnclaveRegistry {
    bytes32 private constant RUN_TYPEHASH = keccak256("Run(bytes32 uid)");
    /// @dev r ‖ s ‖ v.
    uint256 private constant SIGNATURE_LENGTH = 65;
    /// @dev Where a receipt's parts begin: bytes32 runtimeId ‖ u256 timestamp ‖ u256 exponent ‖ modulus ‖ signature.
    uint256 private constant TIMESTAMP_AT = 32;
    uint256 private constant KEY_AT = 64;
    uint256 private constant MODULUS_AT = 96;
    uint256 private constant RECEIPT_SIGNATURE_AT = 352;
    uint256 private constant RECEIPT_LENGTH = 608;
    uint256 private constant OLDEST_RECEIPT = 1 hours;

    IModelRegistry private immutable _models;

    /// @inheritdoc IEnclave
    mapping(bytes32 receipt => bool) public isReceiptUsed;

    /// @notice Binds the method to its campaign, and names the first registrars.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param accounts The first registrars, in ascending order.
    /// @param threshold How many of them must agree.
    constructor(
        ICampaign campaign_,
        address[] memory accounts,
        uint8 threshold
    ) VerificationMethod(campaign_, IBonds(address(0))) EnclaveRegistry(accounts, threshold) {
        _models = _registry.models();
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    /// @dev `evidence` is an enclave's signature of `runDigest(uid)`, or a receipt.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        require(opened.traceHash == 0, NoTraceTaken(uid, opened.traceHash));
        if (evidence.length == SIGNATURE_LENGTH) _checkSigned(uid, attestation, evidence);
        else _takeReceipt(uid, attestation, opened.outputHash, evidence);

        _registry.settle(uid, Status.Verified, attestation.prover);
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function requireModel(
        bytes32 modelId,
        bytes calldata
    ) external view override(IVerificationMethod, VerificationMethod) {
        _measurementOf(modelId);
    }

    /// @inheritdoc IVerificationMethod
    /// @dev The measurement of a model that isn't published is zero.
    function admitsModels() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return true;
    }

    /// @inheritdoc IVerificationMethod
    /// @dev Nothing is ever pending.
    function longest() external pure returns (uint64) {
        return 0;
    }

    /// @inheritdoc IVerificationMethod
    /// @dev Every attestation under this method is Verified.
    function canVoid() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return false;
    }

    /// @inheritdoc IEnclave
    function runDigest(bytes32 uid) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RUN_TYPEHASH, uid)));
    }

    /* EVIDENCE */

    function _checkSigned(bytes32 uid, Attestation calldata attestation, bytes calldata signature) private {
        if (Contexts.kind(attestation.context) == Contexts.UNIT) {
            _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);
        }
        (address signer, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(runDigest(uid), signature);
        require(err == ECDSA.RecoverError.NoError, MalformedEvidence(uid));
        bytes32 key = bytes32(uint256(uint160(signer)));
        _requireKey(key, _measurementOf(attestation.modelId));

        emit EnclaveSigned(uid, key);
    }

    /// @dev The model is made again from its parts with the artifact's hash zero: only one without a file has that name.
    function _takeReceipt(
        bytes32 uid,
        Attestation calldata attestation,
        bytes32 outputHash,
        bytes calldata evidence
    ) private {
        require(evidence.length == RECEIPT_LENGTH, MalformedEvidence(uid));
        require(Contexts.kind(attestation.context) == Contexts.FREE, ReceiptNotForUse(attestation.context));
        uint256 timestamp = uint256(bytes32(evidence[TIMESTAMP_AT:]));
        require(
            timestamp <= block.timestamp && block.timestamp - timestamp <= OLDEST_RECEIPT,
            ReceiptTooOld(timestamp)
        );
        Model memory model = _models.modelOf(attestation.modelId);
        bytes32 named = Commitments.modelId(
            ModelParts({
                artifactHash: 0,
                runtimeId: bytes32(evidence),
                layoutHash: model.layoutHash,
                weightsRoot: model.weightsRoot,
                verifyingKeyHash: model.verifyingKeyHash,
                measurement: model.measurement
            })
        );
        require(named == attestation.modelId, ReceiptNotForModel(attestation.modelId));
        bytes32 key = _nameOf(evidence[KEY_AT:RECEIPT_SIGNATURE_AT]);
        _requireKey(key, model.measurement);
        bytes32 message = keccak256(abi.encodePacked(attestation.inputHash, outputHash, timestamp));
        bytes32 receipt = keccak256(abi.encode(key, message));
        require(!isReceiptUsed[receipt], ReceiptUsed(receipt));
        bytes calldata signature = evidence[RECEIPT_SIGNATURE_AT:];
        require(
            RsaPss.isValid(
                sha256(abi.encode(message)),
                signature,
                uint256(bytes32(evidence[KEY_AT:])),
                evidence[MODULUS_AT:RECEIPT_SIGNATURE_AT]
            ),
            InvalidReceipt(key, message)
        );

        isReceiptUsed[receipt] = true;

        emit ReceiptTaken(uid, key, timestamp, signature);
    }

    /// @dev Of a model that names one.
    function _measurementOf(bytes32 modelId) private view returns (bytes32 measurement) {
        measurement = _models.measurementOf(modelId);
        require(measurement != 0, NotAnEnclaveModel(modelId));
    }
}
