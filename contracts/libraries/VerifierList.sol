// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title A list with its history by block
/// @notice Members have the places 0 to length - 1. The list can be read as it was at the end of any earlier block.
library VerifierList {
    using Checkpoints for Checkpoints.Trace160;

    /// @notice A list of verifiers.
    /// @param lengths Its length, by block.
    /// @param members The account at each place, by block; stale beyond the length.
    /// @param placeOf One more than a member's place now; zero for others.
    struct List {
        Checkpoints.Trace160 lengths;
        mapping(uint256 place => Checkpoints.Trace160) members;
        mapping(address account => uint256) placeOf;
    }

    /// @notice Puts an account at the end of the list.
    /// @param list The list.
    /// @param account Must not be on it.
    function add(List storage list, address account) internal {
        uint256 place = length(list);
        _put(list, place, account);
        _setLength(list, place + 1);
    }

    /// @notice Takes a member off the list; the last one moves to its place.
    /// @param list The list.
    /// @param member Must be on it.
    function remove(List storage list, address member) internal {
        uint256 place = list.placeOf[member] - 1;
        uint256 last = length(list) - 1;
        if (place != last) _put(list, place, address(list.members[last].latest()));
        _setLength(list, last);
        delete list.placeOf[member];
    }

    /// @notice Whether an account is on the list now.
    /// @param list The list.
    /// @param account The account.
    /// @return Whether it is a member.
    function contains(List storage list, address account) internal view returns (bool) {
        return list.placeOf[account] != 0;
    }

    /// @notice Number of members now.
    /// @param list The list.
    /// @return The length.
    function length(List storage list) internal view returns (uint256) {
        return list.lengths.latest();
    }

    /// @notice Number of members at the end of a block.
    /// @param list The list.
    /// @param blockNumber An earlier block than this one.
    /// @return The length then.
    function lengthAt(List storage list, uint256 blockNumber) internal view returns (uint256) {
        return _at(list.lengths, blockNumber);
    }

    /// @notice The account at a place at the end of a block.
    /// @param list The list.
    /// @param place Below the length then.
    /// @param blockNumber An earlier block than this one.
    /// @return The member.
    function memberAt(List storage list, uint256 place, uint256 blockNumber) internal view returns (address) {
        return address(_at(list.members[place], blockNumber));
    }

    function _put(List storage list, uint256 place, address member) private {
        list.placeOf[member] = place + 1;
        list.members[place].push(uint96(block.number), uint160(member));
    }

    function _setLength(List storage list, uint256 value) private {
        list.lengths.push(uint96(block.number), uint160(value));
    }

    /// @dev The value of `history` at the end of a block; mostly its last one.
    function _at(Checkpoints.Trace160 storage history, uint256 blockNumber) private view returns (uint160) {
        (, uint96 since, uint160 value) = history.latestCheckpoint();
        return since <= blockNumber ? value : history.upperLookupRecent(uint96(blockNumber));
    }
}
