// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Element, IDisputeGame, ProvenOperator, ProvenRow} from "../interfaces/IDisputeGame.sol";
import {Layouts} from "../libraries/Layouts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";
import {Operator, OperatorBytes} from "./Operator.sol";
import {Operators} from "./Operators.sol";

/// @notice Checks an operator of a model; reverts with `WrongOperator`.
/// @param operatorsRoot Ordered tree over the model's operators.
/// @param operators How many there are.
/// @param k The operator's number.
/// @param shown What is shown of it.
/// @return op The operator.
/// @return parameters The root of its parameter rows.
function operatorOf(
    bytes32 operatorsRoot,
    uint256 operators,
    uint256 k,
    ProvenOperator calldata shown
) pure returns (Operator op, bytes32 parameters) {
    require(
        shown.data.length == Layouts.OPERATOR_BYTES &&
            OrderedTree.verify(operatorsRoot, operators, k, OrderedTree.leaf(k, shown.data), shown.proof),
        IDisputeGame.WrongOperator(k)
    );
    op = Operator.wrap(uint256(bytes32(shown.data)));
    parameters = bytes32(shown.data[32:]);
}

/// @notice What an element is checked against.
/// @param trace The run's trace.
/// @param operatorsRoot Ordered tree over the model's operators.
/// @param operators How many there are.
/// @param operator The element's operator.
struct Grounds {
    bytes32 trace;
    bytes32 operatorsRoot;
    uint256 operators;
    uint256 operator;
}

/// @title Computing an element from what is shown of a trace and a model
/// @notice A contract of its own, as both together would be longer than a contract may be. It keeps nothing.
contract Elements {
    /// @notice Computes an element; reverts with what isn't the trace's or the model's.
    /// @param grounds What it is checked against.
    /// @param shown The element, within the operator's output.
    /// @return Its value.
    function valueOf(Grounds calldata grounds, Element calldata shown) external pure returns (int8) {
        uint256 k = grounds.operator;
        (Operator op, bytes32 parametersRoot) = operatorOf(grounds.operatorsRoot, grounds.operators, k, shown.operator);
        (uint256 first, uint256 second) = Operators.rowsRead(op, shown.row, shown.column);
        bytes memory a = _rowOf(grounds, op.first(), first, shown.first);
        bytes memory b = _rowOf(grounds, op.second(), second, shown.second);
        bytes memory parameters = _parametersOf(k, op, parametersRoot, a, shown);
        return Operators.value(op, shown.row, shown.column, a, b, parameters);
    }

    /// @dev The parameter row that an element rests on; empty for none.
    function _parametersOf(
        uint256 k,
        Operator op,
        bytes32 root,
        bytes memory a,
        Element calldata shown
    ) private pure returns (bytes memory) {
        uint256 row = Operators.parameterRow(op, shown.row, shown.column, a);
        if (row == OperatorBytes.NO_ROW) return "";
        bytes32 leaf = OrderedTree.leaf(row, shown.parameters);
        require(
            OrderedTree.verify(root, Operators.parameterCount(op), row, leaf, shown.parametersProof),
            IDisputeGame.WrongParameterRow(k, row)
        );
        return shown.parameters;
    }

    /// @dev A row of the trace; empty for none.
    function _rowOf(
        Grounds calldata grounds,
        uint256 k,
        uint256 row,
        ProvenRow calldata shown
    ) private pure returns (bytes memory) {
        if (row == OperatorBytes.NO_ROW) return "";
        bytes32 leaf = OrderedTree.leafOfHash(k, shown.node);
        require(
            OrderedTree.verify(grounds.trace, grounds.operators, k, leaf, shown.nodeProof) &&
                OrderedTree.verify(shown.node, shown.count, row, OrderedTree.leaf(row, shown.data), shown.proof),
            IDisputeGame.WrongTraceRow(k, row)
        );
        return shown.data;
    }
}
