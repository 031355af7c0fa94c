// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Randomness of blocks
/// @notice Says what was drawn with a block: a value that nobody knows some time before the block, and that the chain
/// fixes with it. There is one value for one block: whoever shows it can't choose among several, and anybody may show it.
/// What takes its randomness from a beacon is given one at its construction; any contract with this function may be one,
/// such as a verifier of drand's signatures that takes the round at the block's time.
interface IBeacon {
    /* ERRORS */

    /// @notice Thrown when the block isn't mined, or is the one being mined: its value isn't fixed yet.
    /// @param blockNumber The block.
    error NotYet(uint256 blockNumber);
    /// @notice Thrown when the value can no longer be shown: the chain has forgotten the block's hash.
    /// @param blockNumber The block.
    error HashGone(uint256 blockNumber);
    /// @notice Thrown when the proof isn't the block's.
    /// @param blockNumber The block.
    error WrongProof(uint256 blockNumber);

    /* VIEWS */

    /// @notice The value drawn with a block.
    /// @param blockNumber The block.
    /// @param proof What shows the value: of each block there is one.
    /// @return The value: the same whoever asks, and whenever it is answered.
    function randomnessOf(uint256 blockNumber, bytes calldata proof) external view returns (bytes32);
}
