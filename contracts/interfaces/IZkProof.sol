// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @title Verification by a zero-knowledge proof
/// @notice The model is a circuit with its weights as constants, and the hash of its Groth16 key is part of the model's
/// name. An attestation comes with a proof that this circuit gives the attested output for the attested input; it is
/// Verified in the transaction that records it, or not recorded.
interface IZkProof is IVerificationMethod {
    /* EVENTS */

    /// @notice A model's key was admitted: from now on its attestations can be proven.
    /// @param modelId The model.
    /// @param keyHash Hash of the key.
    /// @param isTest Whether the key calls itself a test's: whoever made it can forge proofs.
    event VerifyingKeyAdmitted(bytes32 indexed modelId, bytes32 indexed keyHash, bool isTest);
    /// @notice An attestation was proven.
    /// @param uid The attestation's name.
    /// @param isTest Whether the model's key calls itself a test's.
    /// @param evidence Input ‖ output ‖ proof.
    event Proven(bytes32 indexed uid, bool isTest, bytes evidence);

    /* ERRORS */

    /// @notice Thrown when nobody has admitted the model's key yet.
    /// @param modelId The model.
    error KeyNotAdmitted(bytes32 modelId);
    /// @notice Thrown when the model's key is admitted already.
    /// @param modelId The model.
    error KeyAlreadyAdmitted(bytes32 modelId);
    /// @notice Thrown when the key shown is not the model's.
    /// @param given Its hash.
    /// @param expected The model's `verifyingKeyHash`; zero for a model without a circuit.
    error WrongKey(bytes32 given, bytes32 expected);
    /// @notice Thrown when a key has another tag or length than the model's input and output ask for.
    /// @param tag Its first 32 bytes.
    /// @param given Its length.
    /// @param expected The length that it should have.
    error MalformedKey(bytes32 tag, uint256 given, uint256 expected);
    /// @notice Thrown when a coordinate of a key is no point's of the curve.
    error InvalidKeyPoint();
    /// @notice Thrown when a key and the headers of its model's tensors are too long to be stored as code, or the gas was too
    /// little to store them.
    /// @param length Their length in bytes.
    error KeyTooLarge(uint256 length);
    /// @notice Thrown when the evidence is not as long as input, output and proof.
    /// @param given Its length.
    /// @param expected The length that it should have.
    error WrongEvidenceLength(uint256 given, uint256 expected);
    /// @notice Thrown when the input or the output shown is not the one attested.
    /// @param given Its tensor hash.
    /// @param attested The attestation's.
    error WrongTensor(bytes32 given, bytes32 attested);
    /// @notice Thrown when the proof doesn't prove the attestation, or the gas was too little to check it.
    /// @param uid The attestation's name.
    error InvalidProof(bytes32 uid);

    /* KEYS */

    /// @notice Admits a model's key, once; anyone may.
    /// @param modelId A published model whose name has the key's hash.
    /// @param layoutBytes Its layout.
    /// @param key tag ‖ sha256(witness.wasm) ‖ sha256(proving.zkey) ‖ alpha ‖ beta ‖ delta ‖ IC_0 … IC_n, the tag
    /// "GROTH16_V1" or "GROTH16_TEST_V1", points as the precompiles take them, n the number of public signals.
    function admit(bytes32 modelId, bytes calldata layoutBytes, bytes calldata key) external;

    /* VIEWS */

    /// @notice A model's admitted key.
    /// @param modelId The model.
    /// @return Its bytes; empty if it isn't admitted.
    function keyOf(bytes32 modelId) external view returns (bytes memory);
}
