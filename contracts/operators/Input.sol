// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator} from "./Operator.sol";

/// @title input (0): what the model is given
/// @notice Constants: u16 fed, how many of its last rows are the model's own output. Twin of `inference/operators/input.ts`.
library Input {
    /// @notice How many of its last rows are the model's own output.
    /// @param op The operator.
    /// @return Their number; 0 unless the graph is a generation.
    function fed(Operator op) internal pure returns (uint256) {
        return op.u16(0);
    }

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @return True if they are.
    function isBounded(Operator op) internal pure returns (bool) {
        return op.endsAfter(2) && (fed(op) == 0 || (op.width() == 1 && fed(op) < op.rows()));
    }
}
