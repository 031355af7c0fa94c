// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {OperatorBytes} from "./Operator.sol";

/// @title table (4): any function of one element
/// @notice One parameter row of 256 bytes. Twin of `inference/operators/table.ts`.
library Table {
    /// @notice Bytes of its parameter row.
    uint256 internal constant ENTRIES = 256;

    /// @notice An element.
    /// @param column Its column.
    /// @param a The row that is read.
    /// @param parameters The table; one of another length makes it 0.
    /// @return Its value.
    function value(uint256 column, bytes memory a, bytes memory parameters) internal pure returns (int8) {
        if (parameters.length != ENTRIES) return 0;
        return int8(OperatorBytes.element(parameters, OperatorBytes.index(a, column)));
    }
}
