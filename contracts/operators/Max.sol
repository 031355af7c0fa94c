// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes} from "./Operator.sol";

/// @title max (7): the largest of what stands side by side
/// @notice Twin of `inference/operators/max.ts`.
library Max {
    /// @notice Whether what it reads is several times as wide.
    /// @param op The operator.
    /// @param a What it reads.
    /// @return True if it is.
    function fits(Operator op, Operator a) internal pure returns (bool) {
        return op.rows() == a.rows() && a.width() % op.width() == 0;
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param column Its column.
    /// @param a The row that is read.
    /// @return Its value.
    function value(Operator op, uint256 column, bytes memory a) internal pure returns (int8) {
        int256 largest = -128;
        for (; column < a.length; column += op.width()) {
            int256 found = OperatorBytes.element(a, column);
            if (found > largest) largest = found;
        }
        return int8(largest);
    }
}
