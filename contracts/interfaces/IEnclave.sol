// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IEnclaveRegistry} from "./IEnclaveRegistry.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @title Verification by an enclave's signature
/// @notice An attestation comes with its evidence and is Verified in the same transaction, or the transaction reverts: nothing
/// is ever refuted or void here. The evidence is the signature, by a key that was born in an enclave, of the attestation's
/// uid; or a receipt of OpenGradient's network, for a model that has no file. Either key must have been admitted for the
/// measurement that the model's name holds.
interface IEnclave is IVerificationMethod, IEnclaveRegistry {
    /* EVENTS */

    /// @notice An enclave signed `runDigest` of an attestation's uid: the signature is the attestation's evidence.
    /// @param uid The attestation's name.
    /// @param key The enclave's key.
    event EnclaveSigned(bytes32 indexed uid, bytes32 key);
    /// @notice A receipt of OpenGradient's network was taken.
    /// @param uid The attestation's name.
    /// @param key The gateway's RSA key.
    /// @param timestamp When the gateway signed, unix seconds.
    /// @param signature RSASSA-PSS of keccak256(inputHash ‖ outputHash ‖ timestamp).
    event ReceiptTaken(bytes32 indexed uid, bytes32 indexed key, uint256 timestamp, bytes signature);

    /* ERRORS */

    /// @notice Thrown when a model's name holds no measurement.
    /// @param modelId The model.
    error NotAnEnclaveModel(bytes32 modelId);
    /// @notice Thrown when an attestation has a trace, which no enclave signs here.
    /// @param uid The attestation's name.
    /// @param traceHash The trace's hash.
    error NoTraceTaken(bytes32 uid, bytes32 traceHash);
    /// @notice Thrown when evidence is neither an enclave's signature nor a receipt: wrong length, or a signature that is no
    /// account's.
    /// @param uid The attestation's name.
    error MalformedEvidence(bytes32 uid);
    /// @notice Thrown when a receipt is shown for a unit, a request or an action: it binds nothing that these need.
    /// @param context The attestation's context.
    error ReceiptNotForUse(bytes32 context);
    /// @notice Thrown when a receipt is shown for a model that has a file, or with another runtime than the model's.
    /// @param modelId The model.
    error ReceiptNotForModel(bytes32 modelId);
    /// @notice Thrown when a receipt is older than an hour, or of a time to come.
    /// @param timestamp The receipt's, unix seconds.
    error ReceiptTooOld(uint256 timestamp);
    /// @notice Thrown when a receipt was taken before.
    /// @param receipt keccak256 of key and message.
    error ReceiptUsed(bytes32 receipt);
    /// @notice Thrown when a receipt's signature is not its key's.
    /// @param key The RSA key.
    /// @param message keccak256(inputHash ‖ outputHash ‖ timestamp).
    error InvalidReceipt(bytes32 key, bytes32 message);

    /* VIEWS */

    /// @notice What an enclave signs for an attestation: EIP-712 of Run(bytes32 uid), whose domain names chain and contract.
    /// @param uid The attestation's name.
    /// @return The digest.
    function runDigest(bytes32 uid) external view returns (bytes32);

    /// @notice Whether a receipt was taken.
    /// @param receipt keccak256(key ‖ keccak256(inputHash ‖ outputHash ‖ timestamp)).
    /// @return True if it was.
    function isReceiptUsed(bytes32 receipt) external view returns (bool);
}
