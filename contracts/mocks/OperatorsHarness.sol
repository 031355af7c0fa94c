// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {Graphs} from "../operators/Graphs.sol";
import {Operator} from "../operators/Operator.sol";
import {Operators} from "../operators/Operators.sol";

/// @notice An element of an operator with all that it rests on.
/// @param op The operator's first 32 bytes.
/// @param row The element's row.
/// @param column Its column.
/// @param a The row of the first operator that it rests on; empty for none.
/// @param b The row of the second operator that it rests on; empty for none.
/// @param parameters The parameter row that it rests on; empty for none.
struct Element {
    Operator op;
    uint256 row;
    uint256 column;
    bytes a;
    bytes b;
    bytes parameters;
}

/// @title Operators and the admission of graphs, callable by tests
contract OperatorsHarness {
    /// @notice Many elements at once.
    function valuesOf(Element[] calldata elements) external pure returns (int8[] memory values) {
        values = new int8[](elements.length);
        for (uint256 i = 0; i < values.length; ++i) {
            Element calldata each = elements[i];
            values[i] = Operators.value(each.op, each.row, each.column, each.a, each.b, each.parameters);
        }
    }

    /// @notice What an element rests on.
    function readsOf(
        Operator op,
        uint256 row,
        uint256 column,
        bytes calldata a
    ) external pure returns (uint256 first, uint256 second, uint256 parameter) {
        (first, second) = Operators.rowsRead(op, row, column);
        parameter = Operators.parameterRow(op, row, column, a);
    }

    function admit(bytes calldata layoutBytes) external pure returns (bytes32 weightsRoot) {
        LayoutParts memory parts = Layouts.parse(layoutBytes);
        Layouts.checkNames(layoutBytes, parts);
        return Graphs.admit(layoutBytes, parts);
    }
}
