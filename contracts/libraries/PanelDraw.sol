// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title A shuffle that deals one place at a time
/// @notice Step i of a Fisher-Yates shuffle of the places 0 to size - 1 swaps what is at i with what is at
/// i + keccak256(abi.encode(seed, i)) mod (size - i), and deals it. Only the moved places are kept, so that a few steps
/// through a long list cost little.
library PanelDraw {
    /// @notice A shuffle under way.
    /// @param seed Decides the order.
    /// @param size Number of places.
    /// @param step Number of places dealt.
    /// @param moved A pair (place + 1, what is there) for each step that was taken. A later pair for the same place
    /// overrides an earlier one.
    struct Shuffle {
        bytes32 seed;
        uint256 size;
        uint256 step;
        uint256[] moved;
    }

    /// @notice Begins a shuffle.
    /// @param seed Decides the order.
    /// @param size Number of places.
    /// @param steps How many places are dealt at the most; no more than `size`.
    /// @return A shuffle without any step taken.
    function shuffle(bytes32 seed, uint256 size, uint256 steps) internal pure returns (Shuffle memory) {
        return Shuffle(seed, size, 0, new uint256[](2 * steps));
    }

    /// @notice Deals the next place; every place is dealt once.
    /// @param self A shuffle with steps left.
    /// @return place The place.
    function next(Shuffle memory self) internal pure returns (uint256 place) {
        uint256 i = self.step++;
        uint256[] memory moved = self.moved;
        uint256 chosen = i + (uint256(keccak256(abi.encode(self.seed, i))) % (self.size - i));
        uint256 atStep = i;
        place = chosen;
        for (uint256 k = 0; k < 2 * i; k += 2) {
            if (moved[k] == i + 1) atStep = moved[k + 1];
            if (moved[k] == chosen + 1) place = moved[k + 1];
        }
        moved[2 * i] = chosen + 1;
        moved[2 * i + 1] = atStep;
    }
}
