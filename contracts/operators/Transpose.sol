// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, State, Time} from "./Operator.sol";

/// @title transpose (8): rows become columns
/// @notice Twin of `inference/operators/transpose.ts`.
library Transpose {
    /// @notice Whether its rows are the other's columns.
    /// @param op The operator.
    /// @param a What it reads.
    /// @return True if they are.
    function fits(Operator op, Operator a) internal pure returns (bool) {
        return op.rows() == a.width() && op.width() == a.rows();
    }

    /// @notice What it rests on in a generation.
    /// @param read The state of what it reads.
    /// @return state Rows of columns, columns of rows, or still; else Ahead.
    function stateOf(State memory read) internal pure returns (State memory state) {
        if (read.time == Time.Still) return read;
        if (read.time == Time.Rows) return State(Time.Columns, read.late);
        if (read.time == Time.Columns) return State(Time.Rows, read.late);
    }
}
