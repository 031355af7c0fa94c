// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {PanelDraw} from "../../../contracts/libraries/PanelDraw.sol";

contract PanelDrawTest {
    using PanelDraw for PanelDraw.Shuffle;

    uint256 private constant MOST = 70;

    function testFuzz_DealsAsTheDefinitionShuffles(bytes32 seed, uint256 size, uint256 steps) external pure {
        size = 1 + (size % MOST);
        steps = 1 + (steps % size);
        uint256[] memory places = _shuffled(seed, size);
        PanelDraw.Shuffle memory shuffle = PanelDraw.shuffle(seed, size, steps);

        for (uint256 i = 0; i < steps; ++i) {
            require(shuffle.step == i, "counts its steps wrongly");
            require(shuffle.next() == places[i], "deals another place");
        }
    }

    function testFuzz_DealsEveryPlaceOnce(bytes32 seed, uint256 size) external pure {
        size = 1 + (size % MOST);
        bool[] memory dealt = new bool[](size);
        PanelDraw.Shuffle memory shuffle = PanelDraw.shuffle(seed, size, size);

        for (uint256 i = 0; i < size; ++i) {
            uint256 place = shuffle.next();
            require(place < size && !dealt[place], "deals a place twice, or one beyond the list");
            dealt[place] = true;
        }
    }

    function testFuzz_DealsFromAnyLength(bytes32 seed, uint256 size) external pure {
        size = 3 + (size >> 1);
        PanelDraw.Shuffle memory shuffle = PanelDraw.shuffle(seed, size, 3);
        (uint256 first, uint256 second, uint256 third) = (shuffle.next(), shuffle.next(), shuffle.next());

        require(first < size && second < size && third < size, "deals a place beyond the list");
        require(first != second && first != third && second != third, "deals a place twice");
    }

    /// @notice Each place is dealt first about as often as any other.
    function test_IsFair() external pure {
        uint256[5] memory counts;
        for (uint256 i = 0; i < 1000; ++i) {
            PanelDraw.Shuffle memory shuffle = PanelDraw.shuffle(keccak256(abi.encode(i)), 5, 2);
            ++counts[shuffle.next()];
            ++counts[shuffle.next()];
        }
        for (uint256 i = 0; i < 5; ++i) require(counts[i] > 340 && counts[i] < 460, "400 are to be expected");
    }

    /// @dev All places, exchanged step by step as the definition reads.
    function _shuffled(bytes32 seed, uint256 size) private pure returns (uint256[] memory places) {
        places = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) places[i] = i;
        for (uint256 i = 0; i < size; ++i) {
            uint256 chosen = i + (uint256(keccak256(abi.encode(seed, i))) % (size - i));
            (places[i], places[chosen]) = (places[chosen], places[i]);
        }
    }
}
