// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Commitments} from "../libraries/Commitments.sol";

/// @title What a model sees of a move
/// @notice Sixteen int8 in the order of `models/risk/data.ts`, the first in the first byte. Twelve come from the route; size,
/// exposure, rate and dealings are the vault's own. Twin of `sdk/vault.ts`; `test/vectors/vault.json` holds both to the same
/// bytes.
library TradeFeatures {
    uint256 private constant SIZE = 0;
    uint256 private constant EXPOSURE = 11;
    uint256 private constant RATE = 13;
    uint256 private constant DEALINGS = 15;

    /// @dev Moves a day, and bits of the number of dealings, that are the most a feature says.
    uint256 private constant MOST_MOVES = 60;
    uint256 private constant MOST_BITS = 7;

    /// @notice Header of the tensor `trade`, int8[1, 16].
    bytes internal constant HEADER = abi.encodePacked(
        bytes32("TENSOR_V1"),
        uint16(5),
        "trade",
        uint8(3),
        uint8(2),
        uint32(1),
        uint32(16),
        uint32(16)
    );

    /// @notice The features of a move.
    /// @param constants What the route says; the vault's four are written over it.
    /// @param amount What moves, in the asset's smallest unit.
    /// @param spent What moved before on that day.
    /// @param dailyLimit The most that moves in a day.
    /// @param moves Number of moves before on that day.
    /// @param dealings Number of earlier moves to the target.
    /// @return features The tensor's data.
    function encode(
        bytes16 constants,
        uint128 amount,
        uint128 spent,
        uint128 dailyLimit,
        uint256 moves,
        uint256 dealings
    ) internal pure returns (bytes16 features) {
        features = _with(constants, SIZE, share(amount, dailyLimit));
        features = _with(features, EXPOSURE, share(spent, dailyLimit));
        features = _with(features, RATE, share(moves, MOST_MOVES));
        uint256 bits = dealings == 0 ? 0 : Math.log2(dealings) + 1;
        features = _with(features, DEALINGS, share(bits, MOST_BITS));
    }

    /// @notice Hash of the tensor with these features.
    /// @param features Its data.
    /// @return The tensor hash.
    function inputHash(bytes16 features) internal pure returns (bytes32) {
        return Commitments.tensor(HEADER, abi.encodePacked(features));
    }

    /// @notice A share as a feature: the nearest of 256 steps, halves up, at most the highest.
    /// @param a What is measured, below 2^247.
    /// @param b What the share is of; of nothing every share is the highest.
    /// @return -128 for none, 127 for all or more.
    function share(uint256 a, uint256 b) internal pure returns (int8) {
        uint256 steps = a >= b ? 255 : (255 * a + b / 2) / b;
        return int8(int256(steps) - 128);
    }

    function _with(bytes16 features, uint256 at, int8 feature) private pure returns (bytes16) {
        uint256 shift = 120 - 8 * at;
        bytes16 cleared = features & ~bytes16(uint128(0xff) << uint128(shift));
        return cleared | bytes16(uint128(uint8(feature)) << uint128(shift));
    }
}
