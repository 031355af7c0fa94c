// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Status} from "../interfaces/IAttestationRegistry.sol";
import {Commitments, ModelParts} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";

/// @title The libraries' functions, callable by tests
contract CommitmentsHarness {
    /// @notice The numbers of an attestation's statuses, by name.
    function statuses()
        external
        pure
        returns (Status none, Status pending, Status verified, Status refuted, Status void, Status revoked)
    {
        return (Status.None, Status.Pending, Status.Verified, Status.Refuted, Status.Void, Status.Revoked);
    }

    function invalid() external pure returns (bytes32) {
        return Commitments.INVALID;
    }

    function unavailable() external pure returns (bytes32) {
        return Commitments.UNAVAILABLE;
    }

    function modelId(ModelParts calldata parts) external pure returns (bytes32) {
        return Commitments.modelId(parts);
    }

    function answer(
        address prover,
        bytes32 outputHash,
        bytes32 traceHash,
        bytes32 salt
    ) external pure returns (bytes32) {
        return Commitments.answer(prover, outputHash, traceHash, salt);
    }

    function vote(
        bytes32 uid,
        uint8 round,
        address member,
        bytes32 outputHash,
        bytes32 salt
    ) external pure returns (bytes32) {
        return Commitments.vote(uid, round, member, outputHash, salt);
    }

    function tensor(bytes calldata header, bytes calldata data) external pure returns (bytes32) {
        return Commitments.tensor(header, data);
    }

    function unitSeed(bytes32 seed, uint256 taskId, address account, uint256 unit) external pure returns (bytes32) {
        return Commitments.unitSeed(seed, taskId, account, unit);
    }

    function assignedInput(bytes32 seed, bytes calldata base, uint8 noise) external pure returns (bytes memory) {
        return Commitments.assignedInput(seed, base, noise);
    }

    function ledger(
        bytes32 previous,
        uint256 seasonId,
        address account,
        bytes32 subject,
        uint8 reason,
        int256 delta,
        uint64 seq
    ) external pure returns (bytes32) {
        return Commitments.ledger(previous, seasonId, account, subject, reason, delta, seq);
    }

    function isValidContext(bytes32 context) external pure returns (bool) {
        return Contexts.isValid(context);
    }

    function contextKind(bytes32 context) external pure returns (uint256) {
        return Contexts.kind(context);
    }

    function unitOf(
        bytes32 context
    ) external pure returns (address campaign, uint256 seasonId, uint256 taskId, uint256 unit) {
        return Contexts.unitOf(context);
    }

    function parseLayout(bytes calldata layoutBytes) external pure returns (LayoutParts memory) {
        return Layouts.parse(layoutBytes);
    }

    function layoutWidth(bytes calldata layoutBytes, uint256 layer) external pure returns (uint256) {
        return Layouts.width(layoutBytes, layer);
    }

    function tensorOf(bytes calldata header) external pure returns (uint8 dtype, uint256 byteLength) {
        return Layouts.tensor(header);
    }

    function leaf(uint256 index, bytes calldata data) external pure returns (bytes32) {
        return OrderedTree.leaf(index, data);
    }

    function leavesOf(bytes calldata data, uint256 size) external pure returns (bytes32[] memory) {
        return OrderedTree.leavesOf(data, size);
    }

    function root(bytes32[] memory leaves) external pure returns (bytes32) {
        return OrderedTree.root(leaves);
    }

    function verify(
        bytes32 expected,
        uint256 count,
        uint256 index,
        bytes32 node,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return OrderedTree.verify(expected, count, index, node, proof);
    }

    function verifyChunk(
        bytes32 expected,
        uint256 count,
        uint256 first,
        uint256 size,
        bytes32[] memory leaves,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return OrderedTree.verifyChunk(expected, count, first, size, leaves, proof);
    }
}
