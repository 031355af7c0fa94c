// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IntegerProfileHarness} from "../../../contracts/mocks/IntegerProfileHarness.sol";

contract IntegerProfileTest {
    int256 private constant SUM_LIMIT = 1 << 30;

    IntegerProfileHarness private immutable _library = new IntegerProfileHarness();

    function testFuzz_EvaluatesAsDefined(
        bytes32 seed,
        uint256 width,
        uint8 shift,
        bool signed,
        int32 bias
    ) external view {
        (bytes memory row, bytes memory x) = _row(seed, 1 + (width % 300), shift, signed, bias);

        require(_library.evaluate(row, x) == _naive(row, x), "another value than by definition");
    }

    function testFuzz_EvaluatesOneValueThroughout(
        uint256 width,
        int8 w,
        int8 e,
        uint8 shift,
        bool atMost
    ) external view {
        width = 1 + (width % 300);
        (bytes memory row, bytes memory x) = _row(0, width, shift, true, atMost ? type(int32).max : type(int32).min);
        for (uint256 i = 0; i < width; ++i) {
            row[6 + i] = bytes1(uint8(w));
            x[i] = bytes1(uint8(e));
        }

        require(_library.evaluate(row, x) == _naive(row, x), "another value than by definition");
    }

    /// @dev A row within the profile's bounds and an input for it.
    function _row(
        bytes32 seed,
        uint256 width,
        uint8 shift,
        bool signed,
        int32 bias
    ) private pure returns (bytes memory row, bytes memory x) {
        shift = 1 + (shift % 30);
        int256 limit = SUM_LIMIT - 1 - 16_384 * int256(width) - (int256(1) << (shift - 1));
        int256 bounded =
            bias > limit
                ? limit
                : bias < -limit
                    ? -limit
                    : int256(bias);
        x = new bytes(width);
        bytes memory weights = new bytes(width);
        for (uint256 i = 0; i < width; ++i) {
            x[i] = keccak256(abi.encode(seed, i, "x"))[0];
            weights[i] = keccak256(abi.encode(seed, i, "w"))[0];
        }
        row = abi.encodePacked(shift, signed ? int8(-128) : int8(0), int32(bounded), weights);
    }

    /// @dev floor(a / 2^s) written with a division, not with the shift that the library uses.
    function _naive(bytes memory row, bytes memory x) private pure returns (int8) {
        int256 divisor = int256(2 ** uint256(uint8(row[0])));
        int256 lo = int8(uint8(row[1]));
        uint32 bias;
        for (uint256 i = 2; i < 6; ++i) bias = (bias << 8) | uint8(row[i]);
        int256 sum = int256(int32(bias)) + divisor / 2;
        for (uint256 i = 0; i < x.length; ++i) sum += int256(int8(uint8(x[i]))) * int256(int8(uint8(row[6 + i])));
        require(sum > -SUM_LIMIT && sum < SUM_LIMIT, "beyond an int32");
        int256 y = sum / divisor;
        if (sum < 0 && sum % divisor != 0) --y;
        return
            int8(
                y > 127
                    ? int256(127)
                    : y < lo
                        ? lo
                        : y
            );
    }
}
