// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Int8Vectors} from "../libraries/Int8Vectors.sol";
import {Operator, OperatorBytes, State, Time} from "./Operator.sol";

/// @title scores (9): how well each moment's query fits each moment's key, head by head
/// @notice Constants: u16 heads ‖ u8 causal ‖ u8 shift. Twin of `inference/operators/scores.ts`.
library Scores {
    uint256 private constant MAX_SHIFT = 26;

    /// @notice Whether it is as wide as queries and keys have rows.
    /// @param op The operator.
    /// @param a The queries.
    /// @param b The keys.
    /// @return True if it is.
    function fits(Operator op, Operator a, Operator b) internal pure returns (bool) {
        return a.rows() == op.width() && a.isLike(b);
    }

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @param a The queries.
    /// @return True if they are.
    function isBounded(Operator op, Operator a) internal pure returns (bool) {
        uint256 heads = op.u16(0);
        if (!op.endsAfter(4) || heads == 0 || a.width() % heads != 0 || op.rows() != heads * op.width()) return false;
        return op.u8(2) <= 1 && op.u8(3) >= 1 && op.u8(3) <= MAX_SHIFT;
    }

    /// @notice What it rests on in a generation.
    /// @param op The operator.
    /// @param read The state of queries and keys together.
    /// @return state Heads of rows where it is causal, or still; else Ahead.
    function stateOf(Operator op, State memory read) internal pure returns (State memory state) {
        if (read.time == Time.Still) return read;
        if (read.time == Time.Rows && op.u8(2) == 1) return State(Time.Heads, read.late);
    }

    /// @notice Whether a row's moment doesn't see a column: what comes after it.
    /// @param op The operator, or an `exponents`.
    /// @param row The row.
    /// @param column The column.
    /// @return True if it doesn't.
    function isHidden(Operator op, uint256 row, uint256 column) internal pure returns (bool) {
        return op.u8(2) == 1 && column > row % op.width();
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param row Its row.
    /// @param column Its column.
    /// @param a The moment's queries.
    /// @param b The column's keys.
    /// @return Its value.
    function value(
        Operator op,
        uint256 row,
        uint256 column,
        bytes memory a,
        bytes memory b
    ) internal pure returns (int8) {
        if (isHidden(op, row, column) || a.length != b.length) return 0;
        uint256 depth = a.length / op.u16(0);
        uint256 head = row / op.width();
        if (head >= op.u16(0)) return 0;
        return OperatorBytes.scaled(Int8Vectors.dot(a, head * depth, b, head * depth, depth), op.u8(3));
    }
}
