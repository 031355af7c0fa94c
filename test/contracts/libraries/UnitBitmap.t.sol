// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {UnitBitmap} from "../../../contracts/libraries/UnitBitmap.sol";

contract UnitBitmapTest {
    using UnitBitmap for UnitBitmap.Bitmap;

    uint256 private constant UNITS = 1200;

    UnitBitmap.Bitmap private _bitmap;
    UnitBitmap.Bitmap private _other;
    bool[UNITS] private _spent;

    function testFuzz_SpendsRangesAsUnitsOneByOne(uint256[6] calldata firsts, uint256[6] calldata counts) external {
        for (uint256 i = 0; i < firsts.length; ++i) {
            uint256 first = firsts[i] % UNITS;
            uint256 count = 1 + (counts[i] % (UNITS - first));

            require(_bitmap.spend(first, count) == _naive(first, count), "another first unit that was spent");
        }
        for (uint256 unit = 0; unit < UNITS; ++unit) {
            require(_bitmap.isSpent(unit) == _spent[unit], "another unit is spent");
            require(!_other.isSpent(unit), "another account's unit is spent");
        }
    }

    function testFuzz_SpendsOneUnitOnce(uint256 unit) external {
        unit >>= 1;
        require(!_bitmap.isSpent(unit), "is spent from the start");

        require(_bitmap.spend(unit, 1) == UnitBitmap.NONE, "was spent before");
        require(_bitmap.spend(unit, 1) == unit, "is spent twice");

        require(_bitmap.isSpent(unit), "is not spent");
        require(!_bitmap.isSpent(unit ^ 1) && !_bitmap.isSpent(unit ^ 256), "a neighbour is spent");
    }

    function testFuzz_KnowsTheEndsOfARange(uint256 first, uint16 count) external {
        first = 1 + (first >> 1);
        count = 1 + (count % 600);

        _bitmap.spend(first, count);

        require(!_bitmap.isSpent(first - 1) && _bitmap.isSpent(first), "begins elsewhere");
        require(_bitmap.isSpent(first + count - 1) && !_bitmap.isSpent(first + count), "ends elsewhere");
    }

    function _naive(uint256 first, uint256 count) private returns (uint256 earlier) {
        earlier = UnitBitmap.NONE;
        for (uint256 unit = first + count; unit > first; --unit) {
            if (_spent[unit - 1]) earlier = unit - 1;
            _spent[unit - 1] = true;
        }
    }
}
