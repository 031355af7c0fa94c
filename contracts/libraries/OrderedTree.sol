// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Ordered Merkle tree
/// @notice leaf = keccak256(0x00 ‖ u32 i ‖ data), node = keccak256(0x01 ‖ left ‖ right),
/// root = keccak256(0x04 ‖ u32 n ‖ top). Depth is ceil(log2 n) and missing leaves are zero. Position and count are bound
/// by the hashes, so a proof can't be used for another position or another tree size.
library OrderedTree {
    /// @notice Thrown when a tree has no leaf.
    error EmptyTree();
    /// @notice Thrown when a tree has 2^32 leaves or more.
    /// @param count Number of leaves.
    error TooManyLeaves(uint256 count);

    /// @notice Hash of a leaf.
    /// @param index The leaf's position, below 2^32.
    /// @param data Its data.
    /// @return result The hash.
    function leaf(uint256 index, bytes calldata data) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // Scratch at the free pointer, which stays: 0x00 ‖ u32 i ‖ data.
            let scratch := mload(0x40)
            mstore(scratch, shl(216, and(index, 0xffffffff)))
            calldatacopy(add(scratch, 5), data.offset, data.length)
            result := keccak256(scratch, add(data.length, 5))
        }
    }

    /// @notice Hashes of the leaves that data is cut into.
    /// @param data All leaves' data; its length is a multiple of `size`.
    /// @param size Length of each leaf's data, at least 1.
    /// @return leaves The hashes.
    function leavesOf(bytes calldata data, uint256 size) internal pure returns (bytes32[] memory leaves) {
        uint256 count = data.length / size;
        leaves = new bytes32[](count);
        assembly ("memory-safe") {
            // Scratch beyond the array: 0x00 ‖ u32 i ‖ data. It is not kept, so the free pointer stays.
            let scratch := mload(0x40)
            let source := data.offset
            let target := add(leaves, 0x20)
            for {
                let i := 0
            } lt(i, count) {
                i := add(i, 1)
            } {
                mstore(scratch, shl(216, i))
                calldatacopy(add(scratch, 5), source, size)
                mstore(target, keccak256(scratch, add(size, 5)))
                source := add(source, size)
                target := add(target, 0x20)
            }
        }
    }

    /// @notice Hash of a leaf whose data is a hash.
    /// @param index The leaf's position, below 2^32.
    /// @param data Its data.
    /// @return result The hash.
    function leafOfHash(uint256 index, bytes32 data) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, shl(216, and(index, 0xffffffff)))
            mstore(add(scratch, 5), data)
            result := keccak256(scratch, 0x25)
        }
    }

    /// @notice Root of the tree over the rows that data in memory is cut into.
    /// @param data All leaves' data.
    /// @param count How many leaves there are, at least 1; the data's length is a multiple of it.
    /// @return The root.
    function rootOf(bytes memory data, uint256 count) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](count);
        uint256 size = data.length / count;
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let source := add(data, 0x20)
            let target := add(leaves, 0x20)
            for {
                let i := 0
            } lt(i, count) {
                i := add(i, 1)
            } {
                mstore(scratch, shl(216, i))
                mcopy(add(scratch, 5), source, size)
                mstore(target, keccak256(scratch, add(size, 5)))
                source := add(source, size)
                target := add(target, 0x20)
            }
        }
        return root(leaves);
    }

    /// @notice Root over the leaves; overwrites the array with inner nodes.
    /// @param leaves Hashes of the leaves.
    /// @return The root.
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint256 count = leaves.length;
        require(count != 0, EmptyTree());
        require(count <= type(uint32).max, TooManyLeaves(count));
        return rootAbove(count, fold(leaves, depth(count), 0));
    }

    /// @notice The node above nodes of one level; overwrites the array with inner nodes.
    /// @param nodes The nodes from the left, at least one, those behind the tree's last leaf left out.
    /// @param levels How many levels higher it is.
    /// @param zero What stands behind the last leaf on the nodes' level.
    /// @return top The node.
    function fold(bytes32[] memory nodes, uint256 levels, bytes32 zero) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            let source := add(nodes, 0x20)
            let width := mload(nodes)
            // 0x01 ‖ left ‖ right, hashed from scratch: 1 + 64 bytes.
            let scratch := mload(0x40)
            mstore8(scratch, 1)
            for {
                let level := 0
            } lt(level, levels) {
                level := add(level, 1)
            } {
                let half := shr(1, width)
                for {
                    let i := 0
                } lt(i, half) {
                    i := add(i, 1)
                } {
                    mcopy(add(scratch, 1), add(source, shl(6, i)), 0x40)
                    mstore(add(source, shl(5, i)), keccak256(scratch, 0x41))
                }
                if and(width, 1) {
                    mstore(add(scratch, 1), mload(add(source, shl(6, half))))
                    mstore(add(scratch, 0x21), zero)
                    mstore(add(source, shl(5, half)), keccak256(scratch, 0x41))
                }
                mstore(add(scratch, 1), zero)
                mstore(add(scratch, 0x21), zero)
                zero := keccak256(scratch, 0x41)
                width := shr(1, add(width, 1))
            }
            top := mload(source)
        }
    }

    /// @notice The node some levels above one.
    /// @param node The node.
    /// @param index Its position on its level.
    /// @param siblings What stands beside it and beside those above it, from below.
    /// @return top As many levels higher as there are siblings.
    function climb(bytes32 node, uint256 index, bytes32[] calldata siblings) internal pure returns (bytes32 top) {
        assembly ("memory-safe") {
            // 0x01 ‖ left ‖ right, hashed from scratch: the node's bit of the index says on which side it is.
            let scratch := mload(0x40)
            mstore8(scratch, 1)
            let end := add(siblings.offset, shl(5, siblings.length))
            for {
                let source := siblings.offset
            } lt(source, end) {
                source := add(source, 0x20)
            } {
                let side := shl(5, and(index, 1))
                mstore(add(scratch, add(0x01, side)), node)
                mstore(add(scratch, sub(0x21, side)), calldataload(source))
                node := keccak256(scratch, 0x41)
                index := shr(1, index)
            }
            top := node
        }
    }

    /// @notice The root above the top node.
    /// @param count Number of leaves, below 2^32.
    /// @param top The node above all leaves.
    /// @return result The root.
    function rootAbove(uint256 count, bytes32 top) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, or(shl(248, 4), shl(216, count)))
            mstore(add(scratch, 5), top)
            result := keccak256(scratch, 0x25)
        }
    }

    /// @notice What stands behind the last leaf on a level.
    /// @param level The level, from the leaves.
    /// @return zero The node above missing leaves alone.
    function zeroAt(uint256 level) internal pure returns (bytes32 zero) {
        for (; level != 0; --level) zero = keccak256(abi.encodePacked(uint8(1), zero, zero));
    }

    /// @notice Whether a leaf is at a position of a tree.
    /// @param expected The tree's root.
    /// @param count Number of its leaves.
    /// @param index The position.
    /// @param node Hash of the leaf.
    /// @param proof Its siblings, from below.
    /// @return True if it is.
    function verify(
        bytes32 expected,
        uint256 count,
        uint256 index,
        bytes32 node,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        if (index >= count || count > type(uint32).max || proof.length != depth(count)) return false;
        return rootAbove(count, climb(node, index, proof)) == expected;
    }

    /// @notice Whether consecutive leaves are at a position of a tree.
    /// @param expected The tree's root.
    /// @param count Number of its leaves, below 2^32.
    /// @param first The first leaf's position, a multiple of `size`.
    /// @param size A power of two: how many there are, or would be if the tree went on.
    /// @param leaves Hashes of the leaves, up to the tree's last; overwrites the array with inner nodes.
    /// @param proof The siblings of the node above them, from below.
    /// @return True if they are.
    function verifyChunk(
        bytes32 expected,
        uint256 count,
        uint256 first,
        uint256 size,
        bytes32[] memory leaves,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        (uint256 levels, uint256 height) = (depth(count), depth(size));
        if (height > levels) height = levels;
        if (first >= count || proof.length != levels - height) return false;
        return rootAbove(count, climb(fold(leaves, height, 0), first >> height, proof)) == expected;
    }

    /// @notice Length of every proof.
    /// @param count Number of leaves, at least 1.
    /// @return levels ceil(log2 count).
    function depth(uint256 count) internal pure returns (uint256 levels) {
        assembly ("memory-safe") {
            levels := sub(256, clz(sub(count, 1)))
        }
    }
}
