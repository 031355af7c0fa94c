// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {CommitmentsHarness} from "../../../contracts/mocks/CommitmentsHarness.sol";

contract CommitmentsTest {
    CommitmentsHarness private immutable _library = new CommitmentsHarness();

    function testFuzz_AssignsEveryElementAsDefined(bytes32 seed, bytes calldata base, uint8 noise) external view {
        noise %= 128;
        bytes memory input = _library.assignedInput(seed, base, noise);

        require(input.length == base.length, "another length");
        for (uint256 i = 0; i < base.length; ++i) {
            int256 from = int8(uint8(base[i]));
            int256 to = int8(uint8(input[i]));
            require(to == _moved(seed, i, from, noise), "another element than by definition");
            require(to - from <= int8(noise) && from - to <= int8(noise), "moved by more than the noise");
        }
    }

    function testFuzz_AssignsOtherInputsToOtherSeeds(bytes32 seed, bytes32 other, uint8 noise) external view {
        if (seed == other) return;
        bytes memory base = new bytes(256);
        noise = 1 + (noise % 127);

        require(
            keccak256(_library.assignedInput(seed, base, noise)) !=
                keccak256(_library.assignedInput(other, base, noise)),
            "two units with the same input"
        );
    }

    function _moved(bytes32 seed, uint256 i, int256 x, uint8 noise) private pure returns (int256) {
        bytes32 random = keccak256(abi.encode(seed, i / 32));
        x += int256(uint256(uint8(random[i % 32])) % (2 * uint256(noise) + 1)) - int8(noise);
        return
            x > 127
                ? int256(127)
                : x < -128
                    ? int256(-128)
                    : x;
    }
}
