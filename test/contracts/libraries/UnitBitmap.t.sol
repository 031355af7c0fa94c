// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {UnitBitmap} from "../../../contracts/libraries/UnitBitmap.sol";

contract UnitBitmapTest {
    using UnitBitmap for UnitBitmap.Bitmap;

    uint256 private constant UNITS = 1200;
    /// @dev More words than `begin` passes at once.
    uint256 private constant FAR = 20 * 256;

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

    function testFuzz_SpendsAllUnitsInAnyOrder(uint256 seed, uint8 size) external {
        uint256 length = 1 + (uint256(size) % 97);
        uint256 ranges = (UNITS + length - 1) / length;
        uint256[] memory order = _shuffled(ranges, seed);
        for (uint256 i = 0; i < ranges; ++i) {
            uint256 first = order[i] * length;
            uint256 count = first + length > UNITS ? UNITS - first : length;
            require(_bitmap.spend(first, count) == _naive(first, count), "was spent before");
            require(_bitmap.spend(first, count) == first, "is spent twice");
        }
        for (uint256 unit = 0; unit < UNITS; ++unit) require(_bitmap.isSpent(unit), "is not spent");
        require(!_bitmap.isSpent(UNITS), "the next unit is spent");
        require(_bitmap.begin == UNITS, "not one number in the end");
    }

    function test_WritesNoWordForUnitsInOrder() external {
        for (uint256 first = 0; first < UNITS; first += 100) {
            require(_bitmap.spend(first, 100) == UnitBitmap.NONE, "was spent before");
        }

        require(_bitmap.begin == UNITS && !_bitmap.isScattered, "not one number");
        for (uint256 word = 0; word <= UNITS / 256; ++word) require(_bitmap.words[word] == 0, "a word was written");
    }

    /// @dev What lies further away than one call passes stays in its words, and stays spent.
    function test_PassesABoundedNumberOfWords() external {
        require(_bitmap.spend(1, FAR) == UnitBitmap.NONE, "was spent before");
        require(_bitmap.spend(0, 1) == UnitBitmap.NONE, "was spent before");

        require(_bitmap.begin == 16 * 256, "passed more or fewer words");
        require(_bitmap.isSpent(FAR) && !_bitmap.isSpent(FAR + 1), "ends elsewhere");
        require(_bitmap.spend(16 * 256, FAR) == 16 * 256, "is spent twice");
        require(_bitmap.isSpent(16 * 256 + FAR - 1) && !_bitmap.isSpent(16 * 256 + FAR), "ends elsewhere");
    }

    function testFuzz_SpendsOneUnitOnce(uint256 unit) external {
        unit >>= 10;
        require(!_bitmap.isSpent(unit), "is spent from the start");

        require(_bitmap.spend(unit, 1) == UnitBitmap.NONE, "was spent before");
        require(_bitmap.spend(unit, 1) == unit, "is spent twice");

        require(_bitmap.isSpent(unit), "is not spent");
        require(!_bitmap.isSpent(unit ^ 1) && !_bitmap.isSpent(unit ^ 256), "a neighbour is spent");
    }

    function testFuzz_KnowsTheEndsOfARange(uint256 first, uint16 count) external {
        first = 1 + (first >> 10);
        count = 1 + (count % 600);

        _bitmap.spend(first, count);

        require(!_bitmap.isSpent(first - 1) && _bitmap.isSpent(first), "begins elsewhere");
        require(_bitmap.isSpent(first + count - 1) && !_bitmap.isSpent(first + count), "ends elsewhere");
    }

    function _shuffled(uint256 length, uint256 seed) private pure returns (uint256[] memory order) {
        order = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            uint256 j = uint256(keccak256(abi.encode(seed, i))) % (i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    function _naive(uint256 first, uint256 count) private returns (uint256 earlier) {
        earlier = UnitBitmap.NONE;
        for (uint256 unit = first + count; unit > first; --unit) {
            if (_spent[unit - 1]) earlier = unit - 1;
            _spent[unit - 1] = true;
        }
    }
}
