// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The spent units
/// @notice Units that are spent in order, from 0, are one number; others one bit each, 256 units a slot.
library UnitBitmap {
    /// @notice A unit is spent if it is below `begin`, or if bit (unit mod 256) of word (unit / 256) is set.
    /// @param begin All units below it are spent, whatever their bits say.
    /// @param isScattered Whether a bit was ever set: while it isn't, no word is read.
    /// @param words The bits.
    struct Bitmap {
        uint248 begin;
        bool isScattered;
        mapping(uint256 word => uint256 bits) words;
    }

    /// @notice What `spend` returns where no unit was spent before.
    uint256 internal constant NONE = type(uint256).max;

    /// @dev How many words `begin` passes at most in one call, behind the range that is spent.
    uint256 private constant PASSED_WORDS = 16;

    /// @notice Spends all units of a range, including those that were spent before.
    /// @param bitmap The units of one account.
    /// @param first The first unit.
    /// @param count Number of units, at least 1; all units are below 2^247.
    /// @return earlier The first unit that was spent before; `NONE` if there was none.
    function spend(Bitmap storage bitmap, uint256 first, uint256 count) internal returns (uint256 earlier) {
        (uint256 begin, bool isScattered) = (bitmap.begin, bitmap.isScattered);
        uint256 end = first + count;
        earlier = first < begin ? first : end;
        if (earlier == end && isScattered) earlier = _find(bitmap, 0, first, end);
        if (earlier == end) earlier = NONE;

        if (first > begin) {
            if (!isScattered) bitmap.isScattered = true;
            _set(bitmap, first, end);
        } else if (end > begin) {
            if (isScattered) end = _find(bitmap, type(uint256).max, end, ((end >> 8) + PASSED_WORDS) << 8);
            bitmap.begin = uint248(end);
        }
    }

    /// @notice Whether a unit is spent.
    /// @param bitmap The units of one account.
    /// @param unit The unit.
    /// @return Whether `spend` was called on a range with this unit.
    function isSpent(Bitmap storage bitmap, uint256 unit) internal view returns (bool) {
        return unit < bitmap.begin || (bitmap.words[unit >> 8] >> (unit & 0xff)) & 1 == 1;
    }

    function _set(Bitmap storage bitmap, uint256 first, uint256 end) private {
        for (uint256 unit = first; unit < end;) {
            (uint256 mask, uint256 next) = _maskOf(unit, end);
            bitmap.words[unit >> 8] |= mask;
            unit = next;
        }
    }

    /// @dev The first unit of a range whose bit is set or, with all bits flipped, isn't set; its end if there is none.
    function _find(Bitmap storage bitmap, uint256 flip, uint256 unit, uint256 end) private view returns (uint256) {
        while (unit < end) {
            (uint256 mask, uint256 next) = _maskOf(unit, end);
            uint256 bits = (bitmap.words[unit >> 8] ^ flip) & mask;
            if (bits != 0) return (unit & ~uint256(0xff)) | Math.log2(bits & (~bits + 1));
            unit = next;
        }
        return end;
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
}
