// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ChunkProof, FinalStanding} from "../interfaces/IStandings.sol";
import {OrderedTree} from "./OrderedTree.sol";

/// @title Leaves of final standings
/// @notice leaf = keccak256(0x00 ‖ u32 i ‖ u32 place ‖ u32 rank ‖ address ‖ u64 points ‖ u64 lastSeq): a leaf of an
/// `OrderedTree`. Twin of `sdk/standings.ts`; `test/vectors/standings.json` holds both to the same bytes.
library StandingLeaf {
    /// @notice An account's leaf.
    /// @param index Position in its chunk, i, below 2^32.
    /// @param place Its place, below 2^32.
    /// @param rank Its rank, below 2^32.
    /// @param account The account.
    /// @param entry u64 points ‖ u64 lastSeq in the lower half; the upper half is zero.
    /// @return result The leaf's hash.
    function hash(
        uint256 index,
        uint256 place,
        uint256 rank,
        address account,
        uint256 entry
    ) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // Scratch at the free pointer: 49 bytes. The entry's upper half is overwritten by what stands before it.
            let scratch := mload(0x40)
            let head := or(or(shl(224, index), shl(192, place)), shl(160, rank))
            mstore(add(scratch, 17), entry)
            mstore(add(scratch, 1), or(head, shr(96, shl(96, account))))
            mstore8(scratch, 0)
            result := keccak256(scratch, 49)
        }
    }

    /// @notice Whether a standing is proved to be in the chunk of a root.
    /// @param root The chunk's root; zero proves nothing.
    /// @param standing The standing.
    /// @param proof What proves it.
    /// @return True if it is.
    function verify(
        bytes32 root,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) internal pure returns (bool) {
        uint256 entry = (uint256(standing.points) << 64) | standing.lastSeq;
        bytes32 leaf = hash(proof.index, standing.place, standing.rank, standing.account, entry);
        return root != 0 && OrderedTree.verify(root, proof.count, proof.index, leaf, proof.siblings);
    }
}
