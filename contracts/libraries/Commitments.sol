// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Attestation, Batch} from "../interfaces/IAttestationRegistry.sol";

/// @notice The parts that name a model; zero where one is missing.
/// @param artifactHash sha256 of the ONNX file.
/// @param runtimeId Identity of the runtime that defines the model's arithmetic.
/// @param layoutHash keccak256 of the layout bytes.
/// @param weightsRoot Ordered tree over the rows of an integer model.
/// @param verifyingKeyHash Hash of the Groth16 verifying key.
/// @param measurement Measurement of the enclave image.
struct ModelParts {
    bytes32 artifactHash;
    bytes32 runtimeId;
    bytes32 layoutHash;
    bytes32 weightsRoot;
    bytes32 verifyingKeyHash;
    bytes32 measurement;
}

/// @title The bytes that are hashed
/// @notice Twin of `sdk/commitments.ts`; `test/vectors` holds both to the same bytes. A tag is ASCII, left-aligned in a
/// bytes32.
library Commitments {
    /// @notice A panel member's vote that there is no valid run, or that the input is not the assigned one.
    bytes32 internal constant INVALID = keccak256("INVALID_V1");
    /// @notice A panel member's vote that the model's file or the input is unavailable.
    bytes32 internal constant UNAVAILABLE = keccak256("UNAVAILABLE_V1");

    bytes32 internal constant ATTESTATION_TYPEHASH = keccak256(
        "Attestation(address prover,uint8 method,bytes32 modelId,bytes32 inputHash,bytes32 context,bytes32 answer)"
    );

    bytes32 internal constant BATCH_TYPEHASH = keccak256(
        "Batch(address prover,uint8 method,bytes32 modelId,bytes32 context,uint32 count,bytes32 root)"
    );

    /// @notice A model's name.
    /// @param parts What names it.
    /// @return The name.
    function modelId(ModelParts memory parts) internal pure returns (bytes32) {
        return keccak256(abi.encode(bytes32("MODEL_V1"), parts));
    }

    /// @notice Hides an output until its salt is revealed.
    /// @param prover Whose answer it is.
    /// @param outputHash Hash of the output's tensor.
    /// @param traceHash Hash of the activations, or zero.
    /// @param salt Secret until the answer is opened.
    /// @return The hidden answer.
    function answer(
        address prover,
        bytes32 outputHash,
        bytes32 traceHash,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(bytes32("ANSWER_V1"), prover, outputHash, traceHash, salt));
    }

    /// @notice EIP-712 struct hash of an attestation.
    /// @param attestation The attestation.
    /// @return The hash.
    function structHash(Attestation memory attestation) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPEHASH, attestation));
    }

    /// @notice EIP-712 struct hash of a batch.
    /// @param batch The batch.
    /// @return The hash.
    function structHash(Batch memory batch) internal pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_TYPEHASH, batch));
    }

    /// @notice A panel member's hidden vote.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param member The member.
    /// @param outputHash What it votes for.
    /// @param salt Secret until the vote is revealed.
    /// @return The commitment.
    function vote(
        bytes32 uid,
        uint8 round,
        address member,
        bytes32 outputHash,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(uid, round, member, outputHash, salt));
    }

    /// @notice Hash of a tensor.
    /// @param header Its header.
    /// @param data Its elements' bytes, little-endian.
    /// @return The hash.
    function tensor(bytes memory header, bytes memory data) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(header, data));
    }

    /// @notice Seed of a unit's input.
    /// @param seasonSeed The season's seed.
    /// @param taskId The task.
    /// @param account Whose unit.
    /// @param unit The unit.
    /// @return The seed.
    function unitSeed(
        bytes32 seasonSeed,
        uint256 taskId,
        address account,
        uint256 unit
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(seasonSeed, taskId, account, unit));
    }

    /// @notice A unit's input: x_i = clamp(base_i + (b_i mod (2a + 1)) - a, -128, 127), b the bytes of
    /// keccak256(abi.encode(unitSeed, j)) for j = 0, 1, …
    /// @param seed The unit's seed.
    /// @param base int8 elements of the base input.
    /// @param noise a, at most 127; with 0 the input is the base input.
    /// @return input int8 elements of the unit's input.
    function assignedInput(bytes32 seed, bytes memory base, uint8 noise) internal pure returns (bytes memory input) {
        uint256 length = base.length;
        input = new bytes(length);
        assembly ("memory-safe") {
            // Eight elements at a time, each in a lane of 32 bits. With the sign bit flipped an int8 is itself plus 128,
            // so that the clamp is to 0..255; 256 more keeps a lane from going below zero.
            let ones := 0x0000000100000001000000010000000100000001000000010000000100000001
            let bytesOnly := mul(ones, 255)
            let flipped := 0x8080808080808080808080808080808080808080808080808080808080808080
            let a := and(noise, 0xff)
            let span := add(shl(1, a), 1)
            // floor(b / span) = floor(b * inverse / 2^16) for every byte b, as 255 * 255 < 2^16.
            let inverse := add(div(65536, span), 1)
            let offset := mul(ones, sub(256, a))
            let source := add(base, 0x20)
            let target := add(input, 0x20)
            mstore(0x00, seed)
            for {
                let i := 0
            } lt(i, length) {
                i := add(i, 32)
            } {
                mstore(0x20, shr(5, i))
                let random := keccak256(0x00, 0x40)
                let elements := xor(mload(add(source, i)), flipped)
                let word := 0
                for {
                    let lane := 0
                } lt(lane, 32) {
                    lane := add(lane, 8)
                } {
                    let b := and(shr(lane, random), bytesOnly)
                    b := sub(b, mul(and(shr(16, mul(b, inverse)), bytesOnly), span))
                    let x := add(add(and(shr(lane, elements), bytesOnly), b), offset)
                    let inside := mul(and(shr(8, x), ones), 255)
                    let above := mul(and(shr(9, x), ones), 255)
                    word := or(word, shl(lane, or(and(x, inside), above)))
                }
                word := xor(word, flipped)
                let left := sub(length, i)
                if lt(left, 32) {
                    word := and(word, not(shr(shl(3, left), not(0))))
                }
                mstore(add(target, i), word)
            }
        }
    }

    /// @notice Running hash of a season's ledger after one more point change.
    /// @param previous The hash before; zero at first.
    /// @param seasonId The season.
    /// @param account Whose points change.
    /// @param subject Name of the attestation that changes them.
    /// @param reason Why, see `ICampaign`.
    /// @param delta By how much.
    /// @param seq Number of the change, from 1.
    /// @return The hash.
    function ledger(
        bytes32 previous,
        uint256 seasonId,
        address account,
        bytes32 subject,
        uint8 reason,
        int256 delta,
        uint64 seq
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(previous, seasonId, account, subject, reason, delta, seq));
    }
}
