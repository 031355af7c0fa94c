// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Operator, OperatorBytes} from "./Operator.sol";

/// @title argmax (12): the byte whose score is the largest; once a text has stopped, the stop byte
/// @notice Constants: u8 stops ‖ u8 stop. Twin of `inference/operators/argmax.ts`.
library Argmax {
    uint256 private constant BYTES = 256;

    /// @notice How many operators it reads: the tokens, too, if it stops.
    /// @param op The operator.
    /// @return 1 or 2.
    function reads(Operator op) internal pure returns (uint256) {
        return op.u8(0) == 0 ? 1 : 2;
    }

    /// @notice Whether it has a byte for each row.
    /// @param op The operator.
    /// @param a The scores.
    /// @param b The tokens, or `op` itself where it reads none.
    /// @return True if it has.
    function fits(Operator op, Operator a, Operator b) internal pure returns (bool) {
        return op.width() == 1 && a.rows() == op.rows() && a.width() <= BYTES && b.isLike(op);
    }

    /// @notice Whether its constants are within their bounds.
    /// @param op The operator.
    /// @return True if they are.
    function isBounded(Operator op) internal pure returns (bool) {
        return op.endsAfter(2) && op.u8(0) <= 1 && (op.u8(0) == 1 || op.u8(1) == 0);
    }

    /// @notice An element.
    /// @param op The operator.
    /// @param a The row of scores.
    /// @param b The row's token; empty where it reads none.
    /// @return Its value.
    function value(Operator op, bytes memory a, bytes memory b) internal pure returns (int8) {
        if (op.u8(0) == 1 && OperatorBytes.index(b, 0) == op.u8(1)) return int8(uint8(op.u8(1)));
        uint256 found = 0;
        for (uint256 i = 1; i < a.length; ++i) {
            if (OperatorBytes.element(a, i) > OperatorBytes.element(a, found)) found = i;
        }
        return int8(uint8(found));
    }
}
