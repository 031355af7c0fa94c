// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The spent units
/// @notice One bit a unit, 256 units a slot; a range is spent a slot at a time.
library UnitBitmap {
    /// @notice Bit (unit mod 256) of word (unit / 256) is set once the unit is spent.
    struct Bitmap {
        mapping(uint256 word => uint256 bits) words;
    }

    /// @notice What `spend` returns where no unit was spent before.
    uint256 internal constant NONE = type(uint256).max;

    /// @notice Spends all units of a range, including those that were spent before.
    /// @param bitmap The units of one account.
    /// @param first The first unit.
    /// @param count Number of units, at least 1; all units are below 2^255.
    /// @return earlier The first unit that was spent before; `NONE` if there was none.
    function spend(Bitmap storage bitmap, uint256 first, uint256 count) internal returns (uint256 earlier) {
        earlier = NONE;
        uint256 end = first + count;
        for (uint256 unit = first; unit < end;) {
            (uint256 mask, uint256 next) = _maskOf(unit, end);
            uint256 bits = bitmap.words[unit >> 8];
            if (bits & mask != 0 && earlier == NONE) earlier = _lowest(bits & mask, unit);
            bitmap.words[unit >> 8] = bits | mask;
            unit = next;
        }
    }

    /// @notice Whether a unit is spent.
    /// @param bitmap The units of one account.
    /// @param unit The unit.
    /// @return Whether `spend` was called on a range with this unit.
    function isSpent(Bitmap storage bitmap, uint256 unit) internal view returns (bool) {
        return (bitmap.words[unit >> 8] >> (unit & 0xff)) & 1 == 1;
    }

    /// @dev The bits of the units from `unit` to the end of its word or to `end`, and the unit after them. Unchecked:
    /// `unit` is below `end`, which is far from 2^256.
    function _maskOf(uint256 unit, uint256 end) private pure returns (uint256 mask, uint256 next) {
        unchecked {
            next = (unit | 0xff) + 1;
            if (next > end) next = end;
            mask = (type(uint256).max >> (256 - (next - unit))) << (unit & 0xff);
        }
    }

    /// @dev The first unit from `unit` on whose bit is set; there is one in its word.
    function _lowest(uint256 bits, uint256 unit) private pure returns (uint256) {
        while ((bits >> (unit & 0xff)) & 1 == 0) ++unit;
        return unit;
    }
}
