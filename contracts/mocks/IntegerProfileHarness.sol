// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IntegerProfile} from "../libraries/IntegerProfile.sol";

/// @title The integer profile, callable by tests
contract IntegerProfileHarness {
    function evaluate(bytes calldata row, bytes calldata x) external pure returns (int8) {
        return IntegerProfile.evaluate(row, x);
    }

    /// @notice Evaluates rows that stand one after the other, all as wide as `x`.
    function evaluateAll(bytes calldata rows, bytes calldata x) external pure returns (int8[] memory y) {
        uint256 size = 6 + x.length;
        y = new int8[](rows.length / size);
        for (uint256 i = 0; i < y.length; ++i) y[i] = IntegerProfile.evaluate(rows[i * size:(i + 1) * size], x);
    }
}
