// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Int8Vectors} from "../libraries/Int8Vectors.sol";
import {Operator, OperatorBytes, State, Time} from "./Operator.sol";

/// @title mix (11): each channel's mean over the moments, by the weights of its head
/// @notice Constants: u16 heads ‖ u8 gain. Twin of `inference/operators/mix.ts`.
library Mix {
    uint256 private constant MAX_GAIN = 7;
    uint256 private constant MAX_WEIGHT = 127;

    /// @notice Whether it has a row for each moment and a column for each channel.
    /// @param op The operator.
    /// @param a The weights.
    /// @param b The values, a channel a row.
    /// @return True if it has.
    function fits(Operator op, Operator a, Operator b) internal pure returns (bool) {
        return a.width() == op.rows() && b.rows() == op.width() && b.width() == op.rows();
    }

    /// @notice Whether its constants are within their bounds, for weights of an `exponents`.
    /// @param op The operator.
    /// @param a The weights.
    /// @return True if they are.
    function isBounded(Operator op, Operator a) internal pure returns (bool) {
        uint256 heads = op.u16(0);
        uint256 gain = op.u8(2);
        if (!op.endsAfter(3) || a.u16(0) != heads || op.width() % heads != 0 || gain > MAX_GAIN) return false;
        return ((1 << (8 + gain)) + 1) * MAX_WEIGHT * op.rows() < 1 << 30;
    }

    /// @notice What it rests on in a generation.
    /// @param weights The state of the weights.
    /// @param values The state of the values.
    /// @return state Rows of heads and columns, or still; else Ahead.
    function stateOf(State memory weights, State memory values) internal pure returns (State memory state) {
        if (weights.time == Time.Still && values.time == Time.Still) return weights;
        if (weights.time != Time.Heads || (values.time != Time.Columns && values.time != Time.Still)) return state;
        bool isLater = values.time == Time.Columns && values.late > weights.late;
        return State(Time.Rows, isLater ? values.late : weights.late);
    }

    /// @notice The row of weights that an element rests on.
    /// @param op The operator.
    /// @param row The element's row.
    /// @param column Its column.
    /// @return The row.
    function rowRead(Operator op, uint256 row, uint256 column) internal pure returns (uint256) {
        return (column / (op.width() / op.u16(0))) * op.rows() + row;
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param a The row of weights.
    /// @param b The channel's values.
    /// @return Its value.
    function value(Operator op, bytes memory a, bytes memory b) internal pure returns (int8) {
        if (a.length != b.length) return 0;
        int256 sum = Int8Vectors.sum(a);
        if (sum < 1) sum = 1;
        int256 dividend = (Int8Vectors.dot(a, 0, b, 0, a.length) << op.u8(2)) + sum / 2;
        // Rounded down, also below 0.
        int256 mean = dividend / sum;
        if (dividend < mean * sum) --mean;
        return OperatorBytes.clamp(mean);
    }
}
