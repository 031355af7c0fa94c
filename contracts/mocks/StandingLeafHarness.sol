// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {StandingLeaf} from "../libraries/StandingLeaf.sol";

/// @title The library's function, callable by tests
contract StandingLeafHarness {
    function hash(
        uint256 index,
        uint256 place,
        uint256 rank,
        address account,
        uint256 entry
    ) external pure returns (bytes32) {
        return StandingLeaf.hash(index, place, rank, account, entry);
    }
}
