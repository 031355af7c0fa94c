// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {ICampaign, Season} from "./interfaces/ICampaign.sol";
import {Claim, IRewards, Prize, Terms} from "./interfaces/IRewards.sol";
import {ChunkProof, FinalStanding, IStandings, SeasonEnd} from "./interfaces/IStandings.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {StandingLeaf} from "./libraries/StandingLeaf.sol";

/// @title Rewards
/// @notice See `IRewards`.
contract Rewards is IRewards, EIP712, ReentrancyGuard {
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /// @dev A season's money. The terms stand in calldata; only their hash is stored.
    struct Escrow {
        bytes32 termsHash;
        uint128 held;
        bool posterPaid;
        bool returned;
    }

    /// @dev A chunk of the final order, see `IStandings.finalChunkOf`.
    struct Chunk {
        uint32 first;
        bytes32 root;
        uint40 finalisedAt;
        uint32 participants;
    }

    bytes32 private constant CLAIM_TYPEHASH = keccak256(
        "Claim(uint256 seasonId,address account,address to,uint256 amount)"
    );
    uint256 private constant MAX_PRIZES = 64;

    /// @inheritdoc IRewards
    IStandings public immutable standings;

    ICampaign private immutable _campaign;

    mapping(uint256 seasonId => Escrow) private _escrows;
    mapping(uint256 seasonId => BitMaps.BitMap) private _claimed;

    /// @notice Starts without money.
    /// @param standings_ Where final orders are proved.
    constructor(IStandings standings_) EIP712("Proofboard Rewards", "1") {
        standings = standings_;
        _campaign = standings_.campaign();
    }

    /* ORGANISERS */

    /// @inheritdoc IRewards
    /// @dev One within another would count the same money twice. Other calls pay only after their books are kept.
    function escrow(uint256 seasonId, Terms calldata terms) external nonReentrant {
        Season memory season = _campaign.seasonOf(seasonId);
        require(season.organiser == msg.sender, ICampaign.NotTheOrganiser(seasonId, msg.sender));
        require(season.seedBlock == 0, ICampaign.SeasonIsOpen(seasonId));
        require(!season.cancelled, ICampaign.SeasonIsCancelled(seasonId));
        Escrow storage escrow_ = _escrows[seasonId];
        require(escrow_.termsHash == 0, AlreadyEscrowed(seasonId));
        _checkTerms(terms);

        uint128 promised = terms.pool + terms.posterBudget;
        bytes memory encoded = abi.encode(terms);
        escrow_.termsHash = keccak256(encoded);
        escrow_.held = promised;
        // Nobody has place 0: the organiser, not a claimant, pays for the first places' slot.
        _claimed[seasonId].set(0);

        emit RewardsEscrowed(seasonId, msg.sender, encoded);

        uint256 before = terms.token.balanceOf(address(this));
        terms.token.safeTransferFrom(msg.sender, address(this), promised);
        uint256 received;
        // A token that lies may tell less than before: then this is a huge number.
        unchecked {
            received = terms.token.balanceOf(address(this)) - before;
        }
        require(received == promised, WrongAmountReceived(received, promised));
    }

    /// @inheritdoc IRewards
    function returnRewards(uint256 seasonId, Terms calldata terms) external {
        Escrow storage escrow_ = _escrowOf(seasonId, terms);
        require(!escrow_.returned, AlreadyReturned(seasonId));
        Season memory season = _campaign.seasonOf(seasonId);
        if (!season.cancelled) {
            uint256 until = _untilOf(seasonId, terms, standings.endOf(seasonId).finalisedAt);
            require(block.timestamp >= until, ClaimsNotOver(seasonId, until));
        }

        uint128 amount = escrow_.held;
        escrow_.held = 0;
        escrow_.returned = true;

        emit RewardsReturned(seasonId, season.organiser, amount);

        terms.token.safeTransfer(season.organiser, amount);
    }

    /* CLAIMS */

    /// @inheritdoc IRewards
    function claim(
        uint256 seasonId,
        Terms calldata terms,
        Claim calldata claim_,
        address to,
        bytes calldata signature
    ) external {
        Escrow storage escrow_ = _escrowOf(seasonId, terms);
        FinalStanding calldata standing = claim_.standing;
        address account = standing.account;
        Chunk memory chunk = _chunkOf(seasonId, standing, claim_.proof);
        _checkPeriod(seasonId, terms, chunk.finalisedAt);
        _checkStanding(seasonId, chunk, standing, claim_.proof);
        require(!_claimed[seasonId].get(standing.place), RewardAlreadyClaimed(seasonId, account));
        uint128 amount =
            terms.prizes.length == 0
                ? _shareOf(seasonId, terms.pool, standing.points)
                : _prizeOf(terms.prizes, standing.rank, _lastOf(seasonId, chunk, claim_));
        require(amount != 0, NoReward(seasonId, account));
        if (account != msg.sender) _checkSignature(seasonId, account, to, amount, signature);

        _claimed[seasonId].set(standing.place);
        escrow_.held -= amount;

        emit RewardClaimed(seasonId, account, standing.rank, amount);

        terms.token.safeTransfer(to, amount);
    }

    /// @inheritdoc IRewards
    function payPoster(uint256 seasonId, Terms calldata terms) external {
        Escrow storage escrow_ = _escrowOf(seasonId, terms);
        SeasonEnd memory end = standings.endOf(seasonId);
        _checkPeriod(seasonId, terms, end.finalisedAt);
        uint256 amount = uint256(terms.perAccount) * end.participants;
        if (amount > terms.posterBudget) amount = terms.posterBudget;
        require(amount != 0 && !escrow_.posterPaid, NothingForPoster(seasonId));

        escrow_.posterPaid = true;
        escrow_.held -= uint128(amount);

        emit PosterPaid(seasonId, end.poster, amount);

        terms.token.safeTransfer(end.poster, amount);
    }

    /* VIEWS */

    /// @inheritdoc IRewards
    function heldOf(uint256 seasonId) external view returns (uint256) {
        return _escrows[seasonId].held;
    }

    /// @inheritdoc IRewards
    function isClaimed(uint256 seasonId, uint32 place) external view returns (bool) {
        return _claimed[seasonId].get(place);
    }

    /* CHECKS */

    function _escrowOf(uint256 seasonId, Terms calldata terms) private view returns (Escrow storage escrow_) {
        escrow_ = _escrows[seasonId];
        require(_hashOf(terms) == escrow_.termsHash, WrongTerms(seasonId));
    }

    /// @dev keccak256 of the terms' ABI encoding as they stand in the calldata; laid out otherwise they have another hash.
    function _hashOf(Terms calldata terms) private pure returns (bytes32 result) {
        uint256 size = 0xe0 + 0x40 * terms.prizes.length;
        assembly ("memory-safe") {
            // The offset of the tuple, its six words, the number of prizes, the prizes.
            let scratch := mload(0x40)
            mstore(scratch, 0x20)
            calldatacopy(add(scratch, 0x20), terms, size)
            result := keccak256(scratch, add(size, 0x20))
        }
    }

    /// @dev When the claim period ends.
    function _untilOf(uint256 seasonId, Terms calldata terms, uint40 finalisedAt) private pure returns (uint256) {
        require(finalisedAt != 0, NotFinal(seasonId));
        return finalisedAt + terms.claimPeriod;
    }

    /// @dev Something is claimed in time.
    function _checkPeriod(uint256 seasonId, Terms calldata terms, uint40 finalisedAt) private view {
        uint256 until = _untilOf(seasonId, terms, finalisedAt);
        require(block.timestamp < until, ClaimsOver(seasonId, until));
    }

    /// @dev The chunk in which a proof places a standing.
    function _chunkOf(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) private view returns (Chunk memory chunk) {
        chunk.first = _firstOf(seasonId, standing, proof);
        (chunk.root, chunk.finalisedAt, chunk.participants) = standings.finalChunkOf(seasonId, chunk.first);
    }

    function _firstOf(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) private pure returns (uint32) {
        require(standing.place > proof.index, IStandings.NotAStanding(seasonId, standing.place));
        return standing.place - proof.index;
    }

    function _checkStanding(
        uint256 seasonId,
        Chunk memory chunk,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) private pure {
        require(StandingLeaf.verify(chunk.root, standing, proof), IStandings.NotAStanding(seasonId, standing.place));
    }

    function _checkSignature(
        uint256 seasonId,
        address account,
        address to,
        uint256 amount,
        bytes calldata signature
    ) private view {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, seasonId, account, to, amount)));
        require(Signatures.isValid(account, digest, signature), NotSignedByAccount(account, digest));
    }

    function _checkTerms(Terms calldata terms) private pure {
        require(terms.claimPeriod >= 1 days && terms.claimPeriod <= 3650 days, InvalidClaimPeriod(terms.claimPeriod));
        Prize[] calldata prizes = terms.prizes;
        if (prizes.length == 0) return;
        require(prizes.length <= MAX_PRIZES, TooManyPrizes(prizes.length, MAX_PRIZES));
        uint256 sum = 0;
        for (uint256 i = 0; i < prizes.length; ++i) {
            require(prizes[i].places != 0 && (i == 0 || prizes[i].amount <= prizes[i - 1].amount), InvalidPrize(i));
            sum += uint256(prizes[i].places) * prizes[i].amount;
        }
        require(sum == terms.pool, SplitMismatch(terms.pool, sum));
    }

    /* AMOUNTS */

    function _shareOf(uint256 seasonId, uint128 pool, uint64 points) private view returns (uint128) {
        return points == 0 ? 0 : uint128((uint256(pool) * points) / standings.endOf(seasonId).totalPoints);
    }

    /// @dev The last place of the account's rank, or a later one: prizes never rise, so that only lowers the amount.
    function _lastOf(uint256 seasonId, Chunk memory chunk, Claim calldata claim_) private view returns (uint256) {
        FinalStanding calldata next = claim_.next;
        if (next.place == 0) return chunk.participants;
        require(next.place == next.rank && next.rank > claim_.standing.rank, NotTheNextRank(seasonId, next.place));
        if (_firstOf(seasonId, next, claim_.nextProof) != chunk.first)
            chunk = _chunkOf(seasonId, next, claim_.nextProof);
        _checkStanding(seasonId, chunk, next, claim_.nextProof);
        return next.place - 1;
    }

    /// @dev The mean of the prizes of places `first` to `last`.
    function _prizeOf(Prize[] calldata prizes, uint256 first, uint256 last) private pure returns (uint128) {
        uint256 sum = 0;
        uint256 from = 1;
        // Places are below 2^32 and prizes at most 64 of less than 2^128.
        unchecked {
            for (uint256 i = 0; i < prizes.length && from <= last; ++i) {
                uint256 until = from + prizes[i].places;
                uint256 low = from < first ? first : from;
                uint256 high = until > last + 1 ? last + 1 : until;
                if (low < high) sum += (high - low) * prizes[i].amount;
                from = until;
            }
        }
        return uint128(sum / (last + 1 - first));
    }
}
