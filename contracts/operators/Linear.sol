// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IntegerProfile} from "../libraries/IntegerProfile.sol";

/// @title linear (3): the integer profile, row by row
/// @notice A parameter row for each column: u8 shift ‖ i8 lo ‖ i32 bias ‖ int8 weights. Twin of
/// `inference/operators/linear.ts`.
library Linear {
    /// @notice Whether a parameter row is within the integer profile's bounds.
    /// @param parameters The row, of any bytes.
    /// @return True if it is.
    function isWellFormed(bytes memory parameters) internal pure returns (bool) {
        return
            parameters.length >= IntegerProfile.ROW_PREFIX &&
            IntegerProfile.isBounded(uint48(bytes6(parameters)), parameters.length - IntegerProfile.ROW_PREFIX);
    }

    /// @notice An element.
    /// @param a The row that is read.
    /// @param parameters The column's neuron; a malformed one, or one of another number of weights, makes it 0.
    /// @return Its value.
    function value(bytes memory a, bytes memory parameters) internal pure returns (int8) {
        if (parameters.length != IntegerProfile.ROW_PREFIX + a.length || !isWellFormed(parameters)) return 0;
        return IntegerProfile.evaluate(parameters, a);
    }
}
