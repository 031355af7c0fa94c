// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IBadges, IERC5192} from "./interfaces/IBadges.sol";
import {ChunkProof, FinalStanding, IStandings} from "./interfaces/IStandings.sol";

/// @title Badges
/// @notice See `IBadges`.
contract Badges is IBadges, ERC721 {
    using Strings for uint256;

    /// @dev What a badge says beside its season and place.
    struct Badge {
        uint32 rank;
        uint64 points;
    }

    /// @inheritdoc IBadges
    IStandings public immutable standings;

    mapping(uint256 tokenId => Badge) private _badges;

    /// @notice Starts without badges.
    /// @param standings_ Where final orders are proved.
    constructor(IStandings standings_) ERC721("Proofboard badge", "PROOF") {
        standings = standings_;
    }

    /// @inheritdoc IBadges
    function mint(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) external returns (uint256 tokenId) {
        require(standings.isFinal(seasonId, standing, proof), IStandings.NotAStanding(seasonId, standing.place));
        tokenId = (seasonId << 32) | standing.place;
        require(_ownerOf(tokenId) == address(0), BadgeAlreadyMinted(tokenId));

        _badges[tokenId] = Badge(standing.rank, standing.points);
        _mint(standing.account, tokenId);

        emit Locked(tokenId);
    }

    /// @notice Refused: a badge can't be transferred.
    /// @param tokenId The badge.
    function approve(address, uint256 tokenId) public pure override {
        revert BadgeIsBound(tokenId);
    }

    /// @notice Refused: badges can't be transferred.
    function setApprovalForAll(address, bool) public pure override {
        revert BadgeIsBound(0);
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @notice What a badge says, as JSON in a data URI; reverts for one that nobody minted.
    /// @param tokenId The badge.
    /// @return The URI.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        Badge memory badge = _badges[tokenId];
        string memory season = (tokenId >> 32).toString();
        string memory rank = uint256(badge.rank).toString();
        /* solhint-disable quotes */
        bytes memory json = abi.encodePacked(
            '{"name":"Proofboard season ',
            season,
            ", rank ",
            rank,
            '","description":"Every point is a verified AI inference.","attributes":[{"trait_type":"Season","value":',
            season,
            '},{"trait_type":"Rank","value":',
            rank,
            '},{"trait_type":"Points","value":',
            uint256(badge.points).toString(),
            "}]}"
        );
        /* solhint-enable quotes */
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev Mints, and refuses every transfer.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address) {
        require(_ownerOf(tokenId) == address(0), BadgeIsBound(tokenId));
        return super._update(to, tokenId, auth);
    }
}
