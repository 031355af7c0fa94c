// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The first 32 of an operator's 64 bytes: u8 kind ‖ u16 first ‖ u16 second ‖ u16 rows ‖ u16 width ‖ constants.
type Operator is uint256;

/// @notice What an operator's elements rest on in a generation. Ahead: on what comes later, which is refused. Still: on no
/// token. Rows: row r on tokens 0 to r + late. Columns: column c does so. Heads: rows j · T + t do so, with t for r.
enum Time {
    Ahead,
    Still,
    Rows,
    Columns,
    Heads
}

/// @notice What an operator's elements rest on in a generation.
/// @param time What it counts by.
/// @param late How many tokens later than its own position; 0 where it is still.
struct State {
    Time time;
    int256 late;
}

/// @title Reading an operator
/// @notice Twin of `sdk/graphs.ts` and of `inference/operators/operator.ts` and `state.ts`.
library OperatorBytes {
    /// @notice Stands in `first` or `second` of an operator that reads nothing there.
    uint256 internal constant READS_NONE = 0xffff;
    /// @notice Widest output of an operator.
    uint256 internal constant MAX_WIDTH = 4095;
    /// @notice For a row that an element doesn't rest on.
    uint256 internal constant NO_ROW = type(uint256).max;

    /// @notice Which kind of operator it is.
    /// @param op The operator.
    /// @return Its number.
    function kind(Operator op) internal pure returns (uint256) {
        return Operator.unwrap(op) >> 248;
    }

    /// @notice The first operator that it reads.
    /// @param op The operator.
    /// @return Its number, or READS_NONE.
    function first(Operator op) internal pure returns (uint256) {
        return uint16(Operator.unwrap(op) >> 232);
    }

    /// @notice The second operator that it reads.
    /// @param op The operator.
    /// @return Its number, or READS_NONE.
    function second(Operator op) internal pure returns (uint256) {
        return uint16(Operator.unwrap(op) >> 216);
    }

    /// @notice Rows of its output.
    /// @param op The operator.
    /// @return Their number.
    function rows(Operator op) internal pure returns (uint256) {
        return uint16(Operator.unwrap(op) >> 200);
    }

    /// @notice Elements of each row of its output.
    /// @param op The operator.
    /// @return Their number.
    function width(Operator op) internal pure returns (uint256) {
        return uint16(Operator.unwrap(op) >> 184);
    }

    /// @notice A constant of one byte.
    /// @param op The operator.
    /// @param at Where it stands among the constants.
    /// @return Its value.
    function u8(Operator op, uint256 at) internal pure returns (uint256) {
        return uint8(Operator.unwrap(op) >> (176 - 8 * at));
    }

    /// @notice A constant of two bytes.
    /// @param op The operator.
    /// @param at Where it begins among the constants.
    /// @return Its value.
    function u16(Operator op, uint256 at) internal pure returns (uint256) {
        return uint16(Operator.unwrap(op) >> (168 - 8 * at));
    }

    /// @notice A signed constant of two bytes.
    /// @param op The operator.
    /// @param at Where it begins among the constants.
    /// @return Its value.
    function i16(Operator op, uint256 at) internal pure returns (int256) {
        return int16(uint16(u16(op, at)));
    }

    /// @notice Whether all of its bytes behind its constants are 0.
    /// @param op The operator.
    /// @param length Bytes of its constants.
    /// @return True if they are.
    function endsAfter(Operator op, uint256 length) internal pure returns (bool) {
        return Operator.unwrap(op) << (72 + 8 * length) == 0;
    }

    /// @notice Whether two operators' outputs have one shape.
    /// @param a One.
    /// @param b The other.
    /// @return True if they do.
    function isLike(Operator a, Operator b) internal pure returns (bool) {
        return rows(a) == rows(b) && width(a) == width(b);
    }

    /// @notice An element of a row.
    /// @param row The row.
    /// @param at Its column.
    /// @return Its value; 0 behind the row's end.
    function element(bytes memory row, uint256 at) internal pure returns (int256) {
        return at < row.length ? int256(int8(uint8(row[at]))) : int256(0);
    }

    /// @notice An element of a row, as the index that it is for a table.
    /// @param row The row.
    /// @param at Its column.
    /// @return 0 to 255; 0 behind the row's end.
    function index(bytes memory row, uint256 at) internal pure returns (uint256) {
        return at < row.length ? uint8(row[at]) : 0;
    }

    /// @notice The nearest int8.
    /// @param value Any number.
    /// @return It, or -128 or 127.
    function clamp(int256 value) internal pure returns (int8) {
        return
            value < -128
                ? int8(-128)
                : value > 127
                    ? int8(127)
                    : int8(value);
    }

    /// @notice value / 2^shift with halves up, as the nearest int8.
    /// @param value A sum.
    /// @param shift 1 to 255.
    /// @return The element.
    function scaled(int256 value, uint256 shift) internal pure returns (int8) {
        return clamp((value + int256(1 << (shift - 1))) >> shift);
    }

    /// @notice What rests on both of two: the state of both, or of the one that isn't still, as late as the later one.
    /// @param a One.
    /// @param b The other.
    /// @return state Ahead where they are of different states.
    function together(State memory a, State memory b) internal pure returns (State memory state) {
        if (a.time == Time.Still) return b;
        if (b.time == Time.Still) return a;
        if (a.time == b.time) state = State(a.time, a.late > b.late ? a.late : b.late);
    }

    /// @notice What rests row by row on what it reads.
    /// @param read The state of what it reads.
    /// @return state The same, if it is still or of rows; else Ahead.
    function byRows(State memory read) internal pure returns (State memory state) {
        if (read.time == Time.Still || read.time == Time.Rows) return read;
    }
}

using OperatorBytes for Operator global;
