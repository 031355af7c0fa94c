// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ChunkProof, FinalStanding, IStandings} from "./IStandings.sol";

/// @title Soulbound tokens
/// @notice See https://eips.ethereum.org/EIPS/eip-5192.
interface IERC5192 {
    /// @notice A token can't be transferred.
    /// @param tokenId The token.
    event Locked(uint256 tokenId);
    /// @notice A token can be transferred; never emitted here.
    /// @param tokenId The token.
    event Unlocked(uint256 tokenId);

    /// @notice Whether a token can't be transferred; reverts for one that nobody minted.
    /// @param tokenId The token.
    /// @return Always true.
    function locked(uint256 tokenId) external view returns (bool);
}

/// @title Badges
/// @notice An ERC-721 token for an account's standing in a final order, bound to the account. Its id is u24 season ‖ u32 place.
/// What it says is built on chain: season, rank and points.
interface IBadges is IERC5192 {
    /// @notice Thrown when the badge of a place was minted before.
    /// @param tokenId The badge.
    error BadgeAlreadyMinted(uint256 tokenId);
    /// @notice Thrown when a badge is transferred, or approved for it.
    /// @param tokenId The badge; zero where all of an account's are approved.
    error BadgeIsBound(uint256 tokenId);

    /// @notice Mints an account's badge, to the account; anyone.
    /// @param seasonId The season.
    /// @param standing The account's standing.
    /// @param proof What proves it.
    /// @return tokenId The badge.
    function mint(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) external returns (uint256 tokenId);

    /// @notice Where final orders are proved.
    /// @return The contract.
    function standings() external view returns (IStandings);
}
