// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes} from "./Operator.sol";

/// @title add (5): two outputs of any two scales
/// @notice Constants: i16 m ‖ i16 n ‖ u8 shift. Twin of `inference/operators/add.ts`.
library Add {
    uint256 private constant MAX_SHIFT = 22;

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @return True if they are.
    function isBounded(Operator op) internal pure returns (bool) {
        return op.endsAfter(5) && op.u8(4) >= 1 && op.u8(4) <= MAX_SHIFT;
    }

    /// @notice An element: (m · a + n · b) / 2^shift.
    /// @param op The operator.
    /// @param column Its column.
    /// @param a The row that is read first.
    /// @param b The row that is read second.
    /// @return Its value.
    function value(Operator op, uint256 column, bytes memory a, bytes memory b) internal pure returns (int8) {
        int256 sum = op.i16(0) * OperatorBytes.element(a, column) + op.i16(2) * OperatorBytes.element(b, column);
        return OperatorBytes.scaled(sum, op.u8(4));
    }
}
