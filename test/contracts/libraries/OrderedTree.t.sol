// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CommitmentsHarness} from "../../../contracts/mocks/CommitmentsHarness.sol";

contract OrderedTreeTest {
    /// @notice Consecutive leaves of a tree, and what proves that they are.
    struct Chunk {
        bytes32 root;
        uint256 count;
        uint256 first;
        uint256 size;
        bytes32[] part;
        bytes32[] proof;
    }

    uint256 private constant MOST = 40;

    CommitmentsHarness private immutable _library = new CommitmentsHarness();

    function testFuzz_HashesAsDefined(bytes32 seed, uint256 count) external view {
        bytes32[] memory leaves = _leaves(seed, 1 + (count % MOST));
        (bytes32 root, ) = _naive(leaves, 0);

        require(_library.root(leaves) == root, "another root than by definition");
    }

    function testFuzz_ProvesALeafAtItsPlaceAndNowhereElse(bytes32 seed, uint256 count, uint256 index) external view {
        count = 1 + (count % MOST);
        index %= count;
        bytes32[] memory leaves = _leaves(seed, count);
        (bytes32 root, bytes32[] memory proof) = _naive(leaves, index);

        for (uint256 place = 0; place < 2 * MOST; ++place) {
            bool proven = _library.verify(root, count, place, leaves[index], proof);
            require(proven == (place == index), "proven elsewhere, or not at its place");
        }
        for (uint256 size = 0; size < 2 * MOST; ++size) {
            bool proven = _library.verify(root, size, index, leaves[index], proof);
            require(proven == (size == count), "proven in a tree of another size");
        }
    }

    function testFuzz_RefusesAnyOtherLeafOrSibling(
        bytes32 seed,
        uint256 count,
        uint256 index,
        uint8 bit
    ) external view {
        count = 1 + (count % MOST);
        index %= count;
        bytes32[] memory leaves = _leaves(seed, count);
        (bytes32 root, bytes32[] memory proof) = _naive(leaves, index);
        bytes32 flip = bytes32(uint256(1) << bit);

        require(!_library.verify(root, count, index, leaves[index] ^ flip, proof), "another leaf");
        require(!_library.verify(root ^ flip, count, index, leaves[index], proof), "another root");
        for (uint256 level = 0; level < proof.length; ++level) {
            proof[level] ^= flip;
            require(!_library.verify(root, count, index, leaves[index], proof), "another sibling");
            proof[level] ^= flip;
        }
    }

    function testFuzz_ProvesAChunkAtItsPlaceAndNowhereElse(
        bytes32 seed,
        uint256 count,
        uint256 level,
        uint256 chunk
    ) external view {
        Chunk memory found = _chunk(seed, 1 + (count % MOST), level % 7, chunk);

        for (uint256 place = 0; place < 2 * MOST; place += found.size) {
            require(_proves(found, place) == (place == found.first), "proven elsewhere, or not at its place");
        }
    }

    function testFuzz_RefusesAnyOtherChunkOrSibling(
        bytes32 seed,
        uint256 count,
        uint256 level,
        uint256 chunk,
        uint8 bit
    ) external view {
        Chunk memory found = _chunk(seed, 1 + (count % MOST), level % 7, chunk);
        bytes32 flip = bytes32(uint256(1) << bit);

        found.part[chunk % found.part.length] ^= flip;
        require(!_proves(found, found.first), "other leaves");
        found.part[chunk % found.part.length] ^= flip;
        if (found.proof.length == 0) return;
        found.proof[chunk % found.proof.length] ^= flip;
        require(!_proves(found, found.first), "another sibling");
        found.proof = new bytes32[](found.proof.length - 1);
        require(!_proves(found, found.first), "a shorter proof");
    }

    function testFuzz_BindsTheCountEvenOverZeroLeaves(bytes32 seed, uint256 count) external view {
        bytes32[] memory leaves = _leaves(seed, 1 + (count % MOST));
        bytes32[] memory longer = new bytes32[](leaves.length + 1);
        for (uint256 i = 0; i < leaves.length; ++i) longer[i] = leaves[i];

        require(_library.root(leaves) != _library.root(longer), "a zero leaf is not counted");
    }

    function testFuzz_HashesALeafAsDefined(uint32 index, bytes calldata data) external view {
        require(
            _library.leaf(index, data) == keccak256(abi.encodePacked(uint8(0), index, data)),
            "another leaf than by definition"
        );
    }

    function testFuzz_CutsDataIntoLeaves(bytes calldata data, uint256 size) external view {
        size = 1 + (size % 70);
        bytes32[] memory leaves = _library.leavesOf(data, size);

        require(leaves.length == data.length / size, "another number of leaves");
        for (uint256 i = 0; i < leaves.length; ++i) {
            require(leaves[i] == _library.leaf(i, data[i * size:(i + 1) * size]), "another leaf");
        }
    }

    function _proves(Chunk memory chunk, uint256 place) private view returns (bool) {
        return _library.verifyChunk(chunk.root, chunk.count, place, chunk.size, chunk.part, chunk.proof);
    }

    /// @dev One of the chunks of 2^level leaves, with the siblings of the node above it.
    function _chunk(
        bytes32 seed,
        uint256 count,
        uint256 level,
        uint256 index
    ) private pure returns (Chunk memory chunk) {
        (chunk.count, chunk.size) = (count, 1 << level);
        chunk.first = chunk.size * (index % ((count + chunk.size - 1) / chunk.size));
        bytes32[] memory leaves = _leaves(seed, count);
        chunk.part = new bytes32[](chunk.size < count - chunk.first ? chunk.size : count - chunk.first);
        for (uint256 i = 0; i < chunk.part.length; ++i) chunk.part[i] = leaves[chunk.first + i];
        bytes32[] memory siblings;
        (chunk.root, siblings) = _naive(leaves, chunk.first);
        uint256 below = level < siblings.length ? level : siblings.length;
        chunk.proof = new bytes32[](siblings.length - below);
        for (uint256 i = 0; i < chunk.proof.length; ++i) chunk.proof[i] = siblings[below + i];
    }

    function _leaves(bytes32 seed, uint256 count) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode(seed, i));
    }

    /// @dev Root and proof as the definition reads: padded with zero leaves to a power of two, hashed pair by pair.
    function _naive(
        bytes32[] memory leaves,
        uint256 index
    ) private pure returns (bytes32 root, bytes32[] memory proof) {
        uint256 levels = 0;
        while (2 ** levels < leaves.length) ++levels;
        bytes32[] memory nodes = new bytes32[](2 ** levels);
        for (uint256 i = 0; i < leaves.length; ++i) nodes[i] = leaves[i];
        proof = new bytes32[](levels);
        for (uint256 level = 0; level < levels; ++level) {
            proof[level] = nodes[index ^ 1];
            index /= 2;
            bytes32[] memory above = new bytes32[](nodes.length / 2);
            for (uint256 i = 0; i < above.length; ++i) {
                above[i] = keccak256(abi.encodePacked(uint8(1), nodes[2 * i], nodes[2 * i + 1]));
            }
            nodes = above;
        }
        root = keccak256(abi.encodePacked(uint8(4), uint32(leaves.length), nodes[0]));
    }
}
