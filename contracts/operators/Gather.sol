// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes, State, Time} from "./Operator.sol";

/// @title gather (6): windows of an image, each made into one row; or some rows of a text
/// @notice Constants: u16 height ‖ u16 across ‖ u16 outAcross ‖ u8 kh ‖ u8 kw ‖ u8 sy ‖ u8 sx ‖ i16 top ‖ i16 left. Twin of
/// `inference/operators/gather.ts`.
library Gather {
    /// @notice Whether its width is that of its windows.
    /// @param op The operator.
    /// @param a What it reads.
    /// @return True if it is.
    function fits(Operator op, Operator a) internal pure returns (bool) {
        return op.width() == op.u8(6) * op.u8(7) * a.width();
    }

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @param a What it reads.
    /// @return True if they are.
    function isBounded(Operator op, Operator a) internal pure returns (bool) {
        uint256 outAcross = op.u16(4);
        if (!op.endsAfter(14) || outAcross == 0 || op.u8(8) == 0 || op.u8(9) == 0) return false;
        return op.u16(0) * op.u16(2) == a.rows() && op.rows() % outAcross == 0;
    }

    /// @notice What it rests on in a generation.
    /// @param op The operator.
    /// @param read The state of what it reads.
    /// @return state Ahead unless it is still, or moves over rows one by one.
    function stateOf(Operator op, State memory read) internal pure returns (State memory state) {
        if (read.time == Time.Still) return read;
        if (read.time == Time.Rows && op.u16(0) == 1 && op.u8(9) == 1 && op.u16(4) == op.rows()) {
            state = State(Time.Rows, read.late + op.i16(12) + int256(op.u8(7)) - 1);
        }
    }

    /// @notice The row that an element is in.
    /// @param op The operator.
    /// @param row The element's row.
    /// @param column Its column.
    /// @return The row of what it reads; NO_ROW outside of the image.
    function rowRead(Operator op, uint256 row, uint256 column) internal pure returns (uint256) {
        uint256 pixel = column / _channels(op);
        int256 y = int256((row / op.u16(4)) * op.u8(8) + pixel / op.u8(7)) + op.i16(10);
        int256 x = int256((row % op.u16(4)) * op.u8(9) + (pixel % op.u8(7))) + op.i16(12);
        int256 across = int256(op.u16(2));
        if (y < 0 || y >= int256(op.u16(0)) || x < 0 || x >= across) return OperatorBytes.NO_ROW;
        return uint256(y * across + x);
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param column Its column.
    /// @param a The row that is read; empty where there is none.
    /// @return Its value.
    function value(Operator op, uint256 column, bytes memory a) internal pure returns (int8) {
        return int8(OperatorBytes.element(a, column % _channels(op)));
    }

    function _channels(Operator op) private pure returns (uint256) {
        return op.width() / (op.u8(6) * op.u8(7));
    }
}
