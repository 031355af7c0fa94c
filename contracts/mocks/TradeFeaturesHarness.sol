// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TradeFeatures} from "../examples/TradeFeatures.sol";

/// @title The library's functions, callable by tests
contract TradeFeaturesHarness {
    function encode(
        bytes16 constants,
        uint128 amount,
        uint128 spent,
        uint128 dailyLimit,
        uint256 moves,
        uint256 dealings
    ) external pure returns (bytes16) {
        return TradeFeatures.encode(constants, amount, spent, dailyLimit, moves, dealings);
    }

    function inputHash(bytes16 features) external pure returns (bytes32) {
        return TradeFeatures.inputHash(features);
    }
}
