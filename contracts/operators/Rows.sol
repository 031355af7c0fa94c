// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes} from "./Operator.sol";

/// @title constant (1) and embed (2): parameter rows as they are
/// @notice Row r is parameter row r, or the one that the byte names that is read. Twin of `inference/operators/constant.ts`
/// and `embed.ts`.
library Rows {
    /// @notice Parameter rows of an embed: one for each byte.
    uint256 internal constant TOKENS = 256;

    /// @notice An element.
    /// @param op The operator.
    /// @param column Its column.
    /// @param parameters Its parameter row; one of another length makes it 0.
    /// @return Its value.
    function value(Operator op, uint256 column, bytes memory parameters) internal pure returns (int8) {
        return parameters.length == op.width() ? int8(OperatorBytes.element(parameters, column)) : int8(0);
    }
}
