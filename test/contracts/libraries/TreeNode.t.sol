// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderedTree} from "../../../contracts/libraries/OrderedTree.sol";
import {Place, TreeNode} from "../../../contracts/libraries/TreeNode.sol";

/// @notice Walks from the roots of random trees to random leaves, by the nodes of every level.
contract TreeNodeTest {
    using TreeNode for Place;

    /// @dev Nodes of each level, from the leaves, without those behind the last leaf.
    bytes32[][] private _levels;
    bytes32[] private _zeros;

    function above(Place memory place, bytes32[] calldata children, bool hold) external pure returns (bytes32) {
        return place.above(children, hold);
    }

    function aboveChild(
        Place memory place,
        uint256 index,
        bytes32 child,
        bytes32[] calldata siblings,
        bool hold
    ) external pure returns (bytes32) {
        return place.aboveChild(index, child, siblings, hold);
    }

    function testFuzz_everyNodeIsAboveItsChildren(uint256 countSeed, uint256 path, bool hold) external {
        uint256 count = 1 + (countSeed % 700);
        bytes32 node = _build(count, hold);
        Place memory place = TreeNode.rootPlace(count);
        require(place.isRoot(), "the root's place isn't the root's");
        for (;;) {
            (uint256 first, uint256 number) = place.childrenOf();
            bytes32[] memory children = _childrenOf(place, first, number, hold);
            require(this.above(place, children, hold) == node, "another node is above its children");
            uint256 i = path % number;
            bytes32[] memory siblings = _siblingsOf(place, first + i);
            require(
                this.aboveChild(place, first + i, children[i], siblings, hold) == node,
                "another node is above a child"
            );
            require(
                this.aboveChild(place, first + number, children[i], siblings, hold) == 0,
                "a child behind the last one"
            );
            children[i] = ~children[i];
            require(this.above(place, children, hold) != node, "another child is taken");
            if (place.below() == 0) return;
            node = _levels[place.below()][first + i];
            place = Place(count, place.below(), first + i);
            path /= number;
        }
    }

    /// @dev Leaf i holds the hash of i, or is it.
    function _build(uint256 count, bool hold) private returns (bytes32) {
        delete _levels;
        delete _zeros;
        bytes32[] memory nodes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = hold ? keccak256(abi.encodePacked(uint8(0), uint32(i), _held(i))) : _held(i);
        }
        bytes32 zero = 0;
        while (true) {
            _levels.push(nodes);
            _zeros.push(zero);
            if (nodes.length == 1) break;
            bytes32[] memory parents = new bytes32[]((nodes.length + 1) / 2);
            for (uint256 i = 0; i < nodes.length; i += 2) {
                bytes32 right = i + 1 < nodes.length ? nodes[i + 1] : zero;
                parents[i / 2] = keccak256(abi.encodePacked(uint8(1), nodes[i], right));
            }
            zero = keccak256(abi.encodePacked(uint8(1), zero, zero));
            nodes = parents;
        }
        return keccak256(abi.encodePacked(uint8(4), uint32(count), nodes[0]));
    }

    function _childrenOf(
        Place memory place,
        uint256 first,
        uint256 number,
        bool hold
    ) private view returns (bytes32[] memory children) {
        children = new bytes32[](number);
        for (uint256 i = 0; i < number; ++i) {
            children[i] = place.below() == 0 && hold ? _held(first + i) : _levels[place.below()][first + i];
        }
    }

    function _siblingsOf(Place memory place, uint256 index) private view returns (bytes32[] memory siblings) {
        siblings = new bytes32[](place.level - place.below());
        for (uint256 i = 0; i < siblings.length; ++i) {
            bytes32[] storage nodes = _levels[place.below() + i];
            uint256 beside = (index >> i) ^ 1;
            siblings[i] = beside < nodes.length ? nodes[beside] : _zeros[place.below() + i];
        }
    }

    function _held(uint256 i) private pure returns (bytes32) {
        return keccak256(abi.encode(i));
    }
}
