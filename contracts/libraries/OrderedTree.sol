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

    /// @notice Root over the leaves; overwrites the array with inner nodes.
    /// @param leaves Hashes of the leaves.
    /// @return result The root.
    function root(bytes32[] memory leaves) internal pure returns (bytes32 result) {
        uint256 count = leaves.length;
        require(count != 0, EmptyTree());
        require(count <= type(uint32).max, TooManyLeaves(count));
        assembly ("memory-safe") {
            let nodes := add(leaves, 0x20)
            // 0x01 ‖ left ‖ right, hashed from scratch: 1 + 64 bytes.
            let scratch := mload(0x40)
            mstore8(scratch, 1)
            let zero := 0 // what stands right of the last leaf on the present level
            let width := count
            let height := 1
            for {} lt(height, count) {
                height := shl(1, height)
            } {
                let half := shr(1, width)
                for {
                    let i := 0
                } lt(i, half) {
                    i := add(i, 1)
                } {
                    mcopy(add(scratch, 1), add(nodes, shl(6, i)), 0x40)
                    mstore(add(nodes, shl(5, i)), keccak256(scratch, 0x41))
                }
                if and(width, 1) {
                    mstore(add(scratch, 1), mload(add(nodes, shl(6, half))))
                    mstore(add(scratch, 0x21), zero)
                    mstore(add(nodes, shl(5, half)), keccak256(scratch, 0x41))
                }
                mstore(add(scratch, 1), zero)
                mstore(add(scratch, 0x21), zero)
                zero := keccak256(scratch, 0x41)
                width := shr(1, add(width, 1))
            }
            mstore(scratch, or(shl(248, 4), shl(216, count)))
            mstore(add(scratch, 5), mload(nodes))
            result := keccak256(scratch, 0x25)
        }
    }

    /// @notice Whether a leaf is at a position of a tree.
    /// @param expected The tree's root.
    /// @param count Number of its leaves.
    /// @param index The position.
    /// @param node Hash of the leaf.
    /// @param proof Its siblings, from below.
    /// @return valid True if it is.
    function verify(
        bytes32 expected,
        uint256 count,
        uint256 index,
        bytes32 node,
        bytes32[] calldata proof
    ) internal pure returns (bool valid) {
        if (index >= count || count > type(uint32).max || proof.length != depth(count)) return false;
        assembly ("memory-safe") {
            // 0x01 ‖ left ‖ right, hashed from scratch: the node's bit of the index says on which side it is.
            let scratch := mload(0x40)
            mstore8(scratch, 1)
            let end := add(proof.offset, shl(5, proof.length))
            for {
                let source := proof.offset
            } lt(source, end) {
                source := add(source, 0x20)
            } {
                let side := shl(5, and(index, 1))
                mstore(add(scratch, add(0x01, side)), node)
                mstore(add(scratch, sub(0x21, side)), calldataload(source))
                node := keccak256(scratch, 0x41)
                index := shr(1, index)
            }
            mstore(scratch, or(shl(248, 4), shl(216, count)))
            mstore(add(scratch, 5), node)
            valid := eq(keccak256(scratch, 0x25), expected)
        }
    }

    /// @notice Whether consecutive leaves are at a position of a tree.
    /// @param expected The tree's root.
    /// @param count Number of its leaves, below 2^32.
    /// @param first The first leaf's position, a multiple of `size`.
    /// @param size A power of two: how many there are, or would be if the tree went on.
    /// @param leaves Hashes of the leaves, up to the tree's last; overwrites the array with inner nodes.
    /// @param proof The siblings of the node above them, from below.
    /// @return valid True if they are.
    function verifyChunk(
        bytes32 expected,
        uint256 count,
        uint256 first,
        uint256 size,
        bytes32[] memory leaves,
        bytes32[] calldata proof
    ) internal pure returns (bool valid) {
        (uint256 levels, uint256 height) = (depth(count), depth(size));
        if (height > levels) height = levels;
        if (first >= count || proof.length != levels - height) return false;
        bytes32 zero = 0; // what stands right of the last leaf on the present level
        uint256 width = leaves.length;
        for (uint256 level = 0; level < height; ++level) {
            for (uint256 i = 0; i < width; i += 2) {
                leaves[i / 2] = _node(leaves[i], i + 1 < width ? leaves[i + 1] : zero);
            }
            width = (width + 1) / 2;
            zero = _node(zero, zero);
        }
        bytes32 node = leaves[0];
        uint256 index = first >> height;
        for (uint256 i = 0; i < proof.length; ++i) {
            node = index & 1 == 0 ? _node(node, proof[i]) : _node(proof[i], node);
            index >>= 1;
        }
        return keccak256(abi.encodePacked(uint8(4), uint32(count), node)) == expected;
    }

    /// @notice Length of every proof.
    /// @param count Number of leaves, at least 1.
    /// @return levels ceil(log2 count).
    function depth(uint256 count) internal pure returns (uint256 levels) {
        assembly ("memory-safe") {
            levels := sub(256, clz(sub(count, 1)))
        }
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(1), left, right));
    }
}
