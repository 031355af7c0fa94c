// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title One neuron of an integer model
/// @notice y = clamp(floor((Σ x·w + bias + 2^(shift-1)) / 2^shift), lo, 127). Twin of `inference/integer.ts`.
library IntegerProfile {
    /// @dev u8 shift ‖ i8 lo ‖ i32 bias, before a row's weights.
    uint256 internal constant ROW_PREFIX = 6;

    /// @notice A row's output for an input.
    /// @param row u8 shift ‖ i8 lo ‖ i32 bias ‖ int8 weights, within the profile's bounds.
    /// @param x As many int8 elements as the row has weights.
    /// @return y.
    function evaluate(bytes memory row, bytes memory x) internal pure returns (int8) {
        int256 shift = int256(uint256(uint8(row[0])));
        int256 lo = int8(uint8(row[1]));
        int256 sum = _dot(row, x);
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

    /// @dev Σ x·w, a word of 32 elements at a time; what is read beyond the end is cut off by zeroing it.
    function _dot(bytes memory row, bytes memory x) private pure returns (int256 sum) {
        assembly ("memory-safe") {
            let length := mload(x)
            let weights := add(row, 0x26)
            let elements := add(x, 0x20)
            for {
                let i := 0
            } lt(i, length) {
                i := add(i, 32)
            } {
                let a := mload(add(elements, i))
                let b := mload(add(weights, i))
                let left := sub(length, i)
                if lt(left, 32) {
                    a := and(a, not(shr(shl(3, left), not(0))))
                }
                // Four products a turn: byte 0 is the element's sign side, so each is shifted to the top first.
                for {
                    let k := 0
                } lt(k, 32) {
                    k := add(k, 4)
                } {
                    sum := add(sum, mul(sar(248, a), sar(248, b)))
                    sum := add(sum, mul(sar(248, shl(8, a)), sar(248, shl(8, b))))
                    sum := add(sum, mul(sar(248, shl(16, a)), sar(248, shl(16, b))))
                    sum := add(sum, mul(sar(248, shl(24, a)), sar(248, shl(24, b))))
                    a := shl(32, a)
                    b := shl(32, b)
                }
            }
        }
    }
}
