// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Int8Vectors} from "./Int8Vectors.sol";

/// @title One neuron of an integer model
/// @notice y = clamp(floor((Σ x·w + bias + 2^(shift-1)) / 2^shift), lo, 127). Twin of `inference/integer.ts`.
library IntegerProfile {
    /// @dev u8 shift ‖ i8 lo ‖ i32 bias, before a row's weights.
    uint256 internal constant ROW_PREFIX = 6;

    /// @notice Whether a row's numbers are within the profile's bounds: then no sum leaves an int32.
    /// @param prefix u8 shift ‖ i8 lo ‖ i32 bias.
    /// @param inputs Number of its weights, below 2^32.
    /// @return True if they are.
    function isBounded(uint48 prefix, uint256 inputs) internal pure returns (bool) {
        uint8 shift = uint8(prefix >> 40);
        int8 lo = int8(uint8(prefix >> 32));
        int256 bias = int32(uint32(prefix));
        if (shift < 1 || shift > 30 || (lo != -128 && lo != 0)) return false;
        unchecked {
            uint256 magnitude = uint256(bias < 0 ? -bias : bias);
            return 16_384 * inputs + magnitude + (1 << (shift - 1)) < 1 << 30;
        }
    }

    /// @notice A row's output for an input.
    /// @param row u8 shift ‖ i8 lo ‖ i32 bias ‖ int8 weights, within the profile's bounds.
    /// @param x As many int8 elements as the row has weights.
    /// @return y.
    function evaluate(bytes memory row, bytes memory x) internal pure returns (int8) {
        int256 shift = int256(uint256(uint8(row[0])));
        int256 lo = int8(uint8(row[1]));
        int256 sum = Int8Vectors.dot(row, ROW_PREFIX, x, 0, x.length);
        int256 y;
        assembly ("memory-safe") {
            // The bias stands in bytes 2 to 5 of the row.
            let bias := signextend(3, shr(224, mload(add(row, 0x22))))
            y := sar(shift, add(add(sum, bias), shl(sub(shift, 1), 1)))
        }
        if (y > 127) y = 127;
        if (y < lo) y = lo;
        return int8(y);
    }
}
