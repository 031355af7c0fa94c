// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Sums over int8 elements
/// @notice Elements are bytes, read as two's complement.
library Int8Vectors {
    /// @notice Σ a_i · b_i.
    /// @param a Bytes that hold the first elements.
    /// @param aAt Where they begin; they end within `a`.
    /// @param b Bytes that hold the second elements.
    /// @param bAt Where they begin; they end within `b`.
    /// @param length How many there are of each.
    /// @return total The sum.
    function dot(
        bytes memory a,
        uint256 aAt,
        bytes memory b,
        uint256 bAt,
        uint256 length
    ) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            let first := add(add(a, 0x20), aAt)
            let second := add(add(b, 0x20), bAt)
            // A word of 32 elements at a time; what is read beyond the end is cut off by zeroing it.
            for {
                let i := 0
            } lt(i, length) {
                i := add(i, 32)
            } {
                let x := mload(add(first, i))
                let y := mload(add(second, i))
                let left := sub(length, i)
                if lt(left, 32) {
                    x := and(x, not(shr(shl(3, left), not(0))))
                }
                // Four products a turn: byte 0 is the element's sign side, so each is shifted to the top first.
                for {
                    let k := 0
                } lt(k, 32) {
                    k := add(k, 4)
                } {
                    total := add(total, mul(sar(248, x), sar(248, y)))
                    total := add(total, mul(sar(248, shl(8, x)), sar(248, shl(8, y))))
                    total := add(total, mul(sar(248, shl(16, x)), sar(248, shl(16, y))))
                    total := add(total, mul(sar(248, shl(24, x)), sar(248, shl(24, y))))
                    x := shl(32, x)
                    y := shl(32, y)
                }
            }
        }
    }

    /// @notice Σ a_i.
    /// @param a The elements.
    /// @return total The sum.
    function sum(bytes memory a) internal pure returns (int256 total) {
        for (uint256 i = 0; i < a.length; ++i) {
            total += int8(uint8(a[i]));
        }
    }
}
