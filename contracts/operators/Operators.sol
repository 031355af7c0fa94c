// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IntegerProfile} from "../libraries/IntegerProfile.sol";
import {Add} from "./Add.sol";
import {Argmax} from "./Argmax.sol";
import {Exponents} from "./Exponents.sol";
import {Gather} from "./Gather.sol";
import {Input} from "./Input.sol";
import {Linear} from "./Linear.sol";
import {Max} from "./Max.sol";
import {Mix} from "./Mix.sol";
import {Operator, OperatorBytes, State, Time} from "./Operator.sol";
import {Rows} from "./Rows.sol";
import {Scores} from "./Scores.sol";
import {Table} from "./Table.sol";
import {Transpose} from "./Transpose.sol";

/// @title All kinds of operators
/// @notice What each kind says of itself, asked by its number. `docs/graph-profile.md` is the specification;
/// `inference/operators` the twin. Evaluators are total: no bytes make them revert.
library Operators {
    uint256 internal constant INPUT = 0;
    uint256 internal constant CONSTANT = 1;
    uint256 internal constant EMBED = 2;
    uint256 internal constant LINEAR = 3;
    uint256 internal constant TABLE = 4;
    uint256 internal constant ADD = 5;
    uint256 internal constant GATHER = 6;
    uint256 internal constant MAX = 7;
    uint256 internal constant TRANSPOSE = 8;
    uint256 internal constant SCORES = 9;
    uint256 internal constant EXPONENTS = 10;
    uint256 internal constant MIX = 11;
    uint256 internal constant ARGMAX = 12;

    /// @notice How many kinds there are.
    uint256 internal constant KINDS = 13;

    /* ADMISSION */

    /// @notice How many operators it reads.
    /// @param op The operator, of a known kind.
    /// @return 0 to 2.
    function reads(Operator op) internal pure returns (uint256) {
        uint256 kind = op.kind();
        if (kind <= CONSTANT) return 0;
        if (kind == ARGMAX) return Argmax.reads(op);
        return kind == ADD || kind == SCORES || kind == MIX ? 2 : 1;
    }

    /// @notice Whether its shape follows from those that it reads.
    /// @param op The operator.
    /// @param a The first that it reads.
    /// @param b The second; `op` itself where it reads none.
    /// @return True if it does.
    function fits(Operator op, Operator a, Operator b) internal pure returns (bool) {
        uint256 kind = op.kind();
        if (kind <= CONSTANT) return true;
        if (kind == EMBED) return op.rows() == a.rows() && a.width() == 1;
        if (kind == LINEAR) return op.rows() == a.rows();
        if (kind == ADD) return op.isLike(a) && op.isLike(b);
        if (kind == GATHER) return Gather.fits(op, a);
        if (kind == MAX) return Max.fits(op, a);
        if (kind == TRANSPOSE) return Transpose.fits(op, a);
        if (kind == SCORES) return Scores.fits(op, a, b);
        if (kind == MIX) return Mix.fits(op, a, b);
        if (kind == ARGMAX) return Argmax.fits(op, a, b);
        return op.isLike(a);
    }

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator, which fits.
    /// @param a The first that it reads.
    /// @return True if they are.
    function isBounded(Operator op, Operator a) internal pure returns (bool) {
        uint256 kind = op.kind();
        if (kind == INPUT) return Input.isBounded(op);
        if (kind == ADD) return Add.isBounded(op);
        if (kind == GATHER) return Gather.isBounded(op, a);
        if (kind == SCORES) return Scores.isBounded(op, a);
        if (kind == EXPONENTS) return Exponents.isBounded(op);
        if (kind == MIX) return a.kind() == EXPONENTS && Mix.isBounded(op, a);
        if (kind == ARGMAX) return Argmax.isBounded(op);
        return op.endsAfter(0);
    }

    /// @notice What it rests on in a generation.
    /// @param op The operator.
    /// @param a The state of the first that it reads.
    /// @param b The state of the second; still where it reads none.
    /// @return state Ahead where it rests on what comes later.
    function stateOf(Operator op, State memory a, State memory b) internal pure returns (State memory state) {
        uint256 kind = op.kind();
        if (kind == INPUT) return State(Time.Rows, 0);
        if (kind == CONSTANT) return State(Time.Still, 0);
        if (kind == GATHER) return Gather.stateOf(op, a);
        if (kind == TRANSPOSE) return Transpose.stateOf(a);
        if (kind == EXPONENTS) return Exponents.stateOf(op, a);
        if (kind == MIX) return Mix.stateOf(a, b);
        state = OperatorBytes.together(a, b);
        if (kind == SCORES) return Scores.stateOf(op, state);
        return kind == TABLE || kind == ADD ? state : OperatorBytes.byRows(state);
    }

    /* PARAMETER ROWS */

    /// @notice How many parameter rows it has.
    /// @param op The operator.
    /// @return Their number; 0 for a kind without any.
    function parameterCount(Operator op) internal pure returns (uint256) {
        uint256 kind = op.kind();
        if (kind == CONSTANT) return op.rows();
        if (kind == EMBED) return Rows.TOKENS;
        if (kind == LINEAR) return op.width();
        return kind == TABLE || kind == EXPONENTS ? 1 : 0;
    }

    /// @notice How long each of its parameter rows is.
    /// @param op The operator, of a kind with parameter rows.
    /// @param a The first that it reads.
    /// @return Bytes.
    function parameterLength(Operator op, Operator a) internal pure returns (uint256) {
        uint256 kind = op.kind();
        if (kind == LINEAR) return IntegerProfile.ROW_PREFIX + a.width();
        return kind == TABLE || kind == EXPONENTS ? Table.ENTRIES : op.width();
    }

    /// @notice Whether a parameter row of the right length is well-formed.
    /// @param op The operator.
    /// @param parameters The row.
    /// @return True if it is.
    function isWellFormed(Operator op, bytes memory parameters) internal pure returns (bool) {
        if (op.kind() == LINEAR) return Linear.isWellFormed(parameters);
        return op.kind() != EXPONENTS || Exponents.isWellFormed(parameters);
    }

    /* ELEMENTS */

    /// @notice The rows of the operators it reads that an element rests on.
    /// @param op The operator.
    /// @param row The element's row.
    /// @param column Its column.
    /// @return first The row of the first operator; NO_ROW for none.
    /// @return second The row of the second operator; NO_ROW for none.
    function rowsRead(Operator op, uint256 row, uint256 column) internal pure returns (uint256 first, uint256 second) {
        uint256 kind = op.kind();
        (first, second) = (OperatorBytes.NO_ROW, OperatorBytes.NO_ROW);
        if (kind <= CONSTANT || (kind == SCORES && Scores.isHidden(op, row, column))) return (first, second);
        if (kind == GATHER) return (Gather.rowRead(op, row, column), second);
        if (kind == TRANSPOSE) return (column, second);
        if (kind == SCORES) return (row % op.width(), column);
        if (kind == MIX) return (Mix.rowRead(op, row, column), column);
        return (row, reads(op) == 2 ? row : second);
    }

    /// @notice The parameter row that an element rests on.
    /// @param op The operator.
    /// @param row The element's row.
    /// @param column Its column.
    /// @param a The row of the first operator that it rests on.
    /// @return The parameter row; NO_ROW for none.
    function parameterRow(Operator op, uint256 row, uint256 column, bytes memory a) internal pure returns (uint256) {
        uint256 kind = op.kind();
        if (kind == CONSTANT) return row;
        if (kind == EMBED) return OperatorBytes.index(a, 0);
        if (kind == LINEAR) return column;
        return kind == TABLE || kind == EXPONENTS ? 0 : OperatorBytes.NO_ROW;
    }

    /// @notice An element of an operator's output.
    /// @param op The operator, of an admitted graph; no input, whose elements are given.
    /// @param row The element's row.
    /// @param column Its column.
    /// @param a The row of the first operator that it rests on; empty for none.
    /// @param b The row of the second operator that it rests on; empty for none.
    /// @param parameters The parameter row that it rests on; empty for none.
    /// @return Its value, whatever the bytes are.
    function value(
        Operator op,
        uint256 row,
        uint256 column,
        bytes memory a,
        bytes memory b,
        bytes memory parameters
    ) internal pure returns (int8) {
        uint256 kind = op.kind();
        if (kind == LINEAR) return Linear.value(a, parameters);
        if (kind <= EMBED) return Rows.value(op, column, parameters);
        if (kind == TABLE) return Table.value(column, a, parameters);
        if (kind == ADD) return Add.value(op, column, a, b);
        if (kind == GATHER) return Gather.value(op, column, a);
        if (kind == MAX) return Max.value(op, column, a);
        if (kind == TRANSPOSE) return int8(OperatorBytes.element(a, row));
        if (kind == SCORES) return Scores.value(op, row, column, a, b);
        if (kind == EXPONENTS) return Exponents.value(op, row, column, a, parameters);
        if (kind == MIX) return Mix.value(op, a, b);
        return Argmax.value(op, a, b);
    }
}
