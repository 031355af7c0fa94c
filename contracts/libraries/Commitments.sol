// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Attestation} from "../interfaces/IAttestationRegistry.sol";

/// @notice The parts that name a model; zero where one is missing.
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
    /// @notice A panel member's vote that the model's file or the input can't be had.
    bytes32 internal constant UNAVAILABLE = keccak256("UNAVAILABLE_V1");

    bytes32 internal constant ATTESTATION_TYPEHASH = keccak256(
        "Attestation(address prover,uint8 method,bytes32 modelId,bytes32 inputHash,bytes32 context,bytes32 answer)"
    );

    /// @notice A model's name.
    function modelId(ModelParts memory parts) internal pure returns (bytes32) {
        return keccak256(abi.encode(bytes32("MODEL_V1"), parts));
    }

    /// @notice Hides an output until its salt is revealed.
    function answer(
        address prover,
        bytes32 outputHash,
        bytes32 traceHash,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(bytes32("ANSWER_V1"), prover, outputHash, traceHash, salt));
    }

    /// @notice EIP-712 struct hash of a statement.
    function structHash(Attestation memory statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPEHASH, statement));
    }

    /// @notice A panel member's hidden vote.
    function vote(
        bytes32 uid,
        uint8 round,
        address member,
        bytes32 outputHash,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(uid, round, member, outputHash, salt));
    }

    /// @notice Hash of a tensor: its header, then its elements' bytes, little-endian.
    function tensor(bytes memory header, bytes memory data) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(header, data));
    }

    /// @notice Seed of a unit's input.
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
    /// @param base int8 elements of the base input.
    /// @param noise a, from 1 to 127.
    function assignedInput(bytes32 seed, bytes memory base, uint8 noise) internal pure returns (bytes memory input) {
        uint256 length = base.length;
        input = new bytes(length);
        assembly ("memory-safe") {
            let a := and(noise, 0xff)
            let span := add(shl(1, a), 1)
            mstore(0x00, seed)
            let random := 0
            for {
                let i := 0
            } lt(i, length) {
                i := add(i, 1)
            } {
                let lane := and(i, 31)
                if iszero(lane) {
                    mstore(0x20, shr(5, i))
                    random := keccak256(0x00, 0x40)
                }
                let x := signextend(0, byte(0, mload(add(add(base, 0x20), i))))
                x := sub(add(x, mod(byte(lane, random), span)), a)
                if sgt(x, 127) {
                    x := 127
                }
                if slt(x, sub(0, 128)) {
                    x := sub(0, 128)
                }
                mstore8(add(add(input, 0x20), i), and(x, 0xff))
            }
        }
    }

    /// @notice Running hash of a season's ledger after one more point change.
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
