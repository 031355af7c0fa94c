// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes, State, Time} from "./Operator.sol";
import {Scores} from "./Scores.sol";

/// @title exponents (10): softmax's numerators, by a table
/// @notice Constants: u16 heads ‖ u8 causal. One parameter row of 256 bytes, each at most 127. Twin of
/// `inference/operators/exponents.ts`.
library Exponents {
    /// @notice Bytes of its parameter row.
    uint256 internal constant ENTRIES = 256;

    /// @dev The top bit of each byte of a word.
    uint256 private constant TOP_BITS = (type(uint256).max / 255) * 0x80;

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @return True if they are.
    function isBounded(Operator op) internal pure returns (bool) {
        return op.endsAfter(3) && op.u16(0) * op.width() == op.rows() && op.u8(2) <= 1;
    }

    /// @notice What it rests on in a generation.
    /// @param op The operator.
    /// @param read The state of what it reads.
    /// @return state Heads of heads where it is causal, or still; else Ahead.
    function stateOf(Operator op, State memory read) internal pure returns (State memory state) {
        if (read.time == Time.Still || (read.time == Time.Heads && op.u8(2) == 1)) return read;
    }

    /// @notice Whether a parameter row has 256 bytes of 0 to 127.
    /// @param parameters The row, of any bytes.
    /// @return True if it has.
    function isWellFormed(bytes memory parameters) internal pure returns (bool) {
        if (parameters.length != ENTRIES) return false;
        uint256 bits = 0;
        for (uint256 at = 32; at <= ENTRIES; at += 32) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(parameters, at))
            }
            bits |= word;
        }
        return bits & TOP_BITS == 0;
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param row Its row.
    /// @param column Its column.
    /// @param a The row that is read.
    /// @param parameters The table; a malformed one makes it 0.
    /// @return Its value.
    function value(
        Operator op,
        uint256 row,
        uint256 column,
        bytes memory a,
        bytes memory parameters
    ) internal pure returns (int8) {
        if (Scores.isHidden(op, row, column) || !isWellFormed(parameters)) return 0;
        int256 highest = -128;
        for (uint256 at = 0; at < op.width() && !Scores.isHidden(op, row, at); ++at) {
            int256 score = OperatorBytes.element(a, at);
            if (score > highest) highest = score;
        }
        return int8(uint8(parameters[uint256(highest - OperatorBytes.element(a, column))]));
    }
}
