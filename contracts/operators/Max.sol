// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Int8Vectors} from "../libraries/Int8Vectors.sol";
import {Operator} from "./Operator.sol";

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
        return int8(Int8Vectors.largest(a, column, a.length, op.width()));
    }
}
