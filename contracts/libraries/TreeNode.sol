// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OrderedTree} from "./OrderedTree.sol";

/// @notice Where a node of an ordered tree stands.
/// @param count Number of the tree's leaves.
/// @param level From the leaves; the root is one with its top node.
/// @param index On its level, from 0.
struct Place {
    uint256 count;
    uint256 level;
    uint256 index;
}

/// @title A node of an ordered tree, and the nodes up to eight levels below it
/// @notice A node is opened by at most 256 children at once. Where leaves hold hashes, children at level 0 are what they hold.
library TreeNode {
    /// @dev How many levels an opening spans.
    uint256 private constant LEVELS = 8;

    /// @notice The place of a tree's root.
    /// @param count Number of its leaves, at least 1.
    /// @return The place.
    function rootPlace(uint256 count) internal pure returns (Place memory) {
        return Place(count, OrderedTree.depth(count), 0);
    }

    /// @notice Whether a place is the root's.
    /// @param place The place.
    /// @return True if it is.
    function isRoot(Place memory place) internal pure returns (bool) {
        return place.level == OrderedTree.depth(place.count);
    }

    /// @notice The level of a node's children.
    /// @param place The node's place.
    /// @return The level.
    function below(Place memory place) internal pure returns (uint256) {
        return place.level > LEVELS ? place.level - LEVELS : 0;
    }

    /// @notice A node's children.
    /// @param place The node's place, in the tree.
    /// @return first Index of the first one.
    /// @return number How many there are: none stands for missing leaves alone.
    function childrenOf(Place memory place) internal pure returns (uint256 first, uint256 number) {
        uint256 level = below(place);
        uint256 span = place.level - level;
        first = place.index << span;
        uint256 end = (place.index + 1) << span;
        uint256 existing = (place.count + (1 << level) - 1) >> level;
        number = (end < existing ? end : existing) - first;
    }

    /// @notice The node above its children.
    /// @param place The node's place.
    /// @param children All of them.
    /// @param holdHashes Whether the tree's leaves hold hashes.
    /// @return The node; zero if they are not as many as there are.
    function above(Place memory place, bytes32[] calldata children, bool holdHashes) internal pure returns (bytes32) {
        (uint256 first, uint256 number) = childrenOf(place);
        if (children.length != number) return 0;
        uint256 level = below(place);
        bytes32[] memory nodes = children;
        if (level == 0 && holdHashes) {
            for (uint256 i = 0; i < number; ++i) nodes[i] = OrderedTree.leafOfHash(first + i, nodes[i]);
        }
        return _whole(place, OrderedTree.fold(nodes, place.level - level, OrderedTree.zeroAt(level)));
    }

    /// @notice The node above one of its children.
    /// @param place The node's place.
    /// @param index The child's index on its level.
    /// @param child The child.
    /// @param siblings What stands beside it and beside those above it, from below.
    /// @param holdHashes Whether the tree's leaves hold hashes.
    /// @return The node; zero if it has no such child.
    function aboveChild(
        Place memory place,
        uint256 index,
        bytes32 child,
        bytes32[] calldata siblings,
        bool holdHashes
    ) internal pure returns (bytes32) {
        (uint256 first, uint256 number) = childrenOf(place);
        uint256 level = below(place);
        if (index < first || index >= first + number || siblings.length != place.level - level) return 0;
        if (level == 0 && holdHashes) child = OrderedTree.leafOfHash(index, child);
        return _whole(place, OrderedTree.climb(child, index, siblings));
    }

    function _whole(Place memory place, bytes32 top) private pure returns (bytes32) {
        return isRoot(place) ? OrderedTree.rootAbove(place.count, top) : top;
    }
}
