// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ChunkProof, FinalStanding, IStandings} from "./IStandings.sol";

/// @notice Prizes of consecutive places.
/// @param places Number of the places.
/// @param amount What each of them gets, in the token's smallest unit.
struct Prize {
    uint32 places;
    uint128 amount;
}

/// @notice What a season's organiser promises. Amounts are in the token's smallest unit.
/// @param token What is paid.
/// @param pool For the accounts: with prizes, their sum.
/// @param posterBudget For the poster of the final order, at most.
/// @param perAccount What the poster gets for each participant, as far as the budget goes.
/// @param claimPeriod Time for claims after the order became final, in seconds.
/// @param prizes From place 1 on, none greater than the one before; without any, the pool is shared by points.
struct Terms {
    IERC20 token;
    uint128 pool;
    uint128 posterBudget;
    uint128 perAccount;
    uint40 claimPeriod;
    Prize[] prizes;
}

/// @notice An account's proved standing, and the next rank's.
/// @param standing The account's.
/// @param proof What proves it.
/// @param next The first standing of the next rank; its place is zero where no rank follows, or the pool is shared by points.
/// @param nextProof What proves that one.
struct Claim {
    FinalStanding standing;
    ChunkProof proof;
    FinalStanding next;
    ChunkProof nextProof;
}

/// @title Rewards
/// @notice An organiser escrows an ERC-20 while its season is a draft; from then on terms and money are locked. Accounts claim by
/// proof against the final order. What nobody claimed in time returns to the organiser, and nothing earlier, unless the draft
/// is cancelled. Money in = claimed + returned + held, for each season by itself.
interface IRewards {
    /* EVENTS */

    /// @notice A season's rewards were escrowed.
    /// @param seasonId The season.
    /// @param organiser Whose money it was.
    /// @param terms What is promised, ABI-encoded; every later call shows it again.
    event RewardsEscrowed(uint256 indexed seasonId, address indexed organiser, bytes terms);
    /// @notice An account got its reward.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param rank Its rank.
    /// @param amount In the token's smallest unit.
    event RewardClaimed(uint256 indexed seasonId, address indexed account, uint32 rank, uint256 amount);
    /// @notice The poster of the final order was paid.
    /// @param seasonId The season.
    /// @param poster The poster.
    /// @param amount In the token's smallest unit.
    event PosterPaid(uint256 indexed seasonId, address indexed poster, uint256 amount);
    /// @notice What was left returned to the organiser.
    /// @param seasonId The season.
    /// @param organiser The organiser.
    /// @param amount In the token's smallest unit.
    event RewardsReturned(uint256 indexed seasonId, address indexed organiser, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when the season has rewards already.
    /// @param seasonId The season.
    error AlreadyEscrowed(uint256 seasonId);
    /// @notice Thrown when the prizes don't add up to the pool.
    /// @param pool The pool.
    /// @param sum What the prizes are together.
    error SplitMismatch(uint256 pool, uint256 sum);
    /// @notice Thrown when prizes have no places, or a prize is greater than the one before.
    /// @param index Position of the prize, from 0.
    error InvalidPrize(uint256 index);
    /// @notice Thrown when a season's terms have too many prizes.
    /// @param count Their number.
    /// @param maximum The bound.
    error TooManyPrizes(uint256 count, uint256 maximum);
    /// @notice Thrown unless accounts have at least a day, and at most ten years, to claim.
    /// @param claimPeriod What was given, in seconds.
    error InvalidClaimPeriod(uint40 claimPeriod);
    /// @notice Thrown when another amount arrived than was promised: the token takes a fee, or lies.
    /// @param received What arrived.
    /// @param promised What was promised.
    error WrongAmountReceived(uint256 received, uint256 promised);
    /// @notice Thrown when the terms shown are not the season's.
    /// @param seasonId The season.
    error WrongTerms(uint256 seasonId);
    /// @notice Thrown when the season's order is not final.
    /// @param seasonId The season.
    error NotFinal(uint256 seasonId);
    /// @notice Thrown when the next standing shown is not the first of a later rank.
    /// @param seasonId The season.
    /// @param place Its place.
    error NotTheNextRank(uint256 seasonId, uint32 place);
    /// @notice Thrown when neither the account itself claims, nor its signature is shown.
    /// @param account The account.
    /// @param digest What it has to sign.
    error NotSignedByAccount(address account, bytes32 digest);
    /// @notice Thrown when an account's reward was claimed before.
    /// @param seasonId The season.
    /// @param account The account.
    error RewardAlreadyClaimed(uint256 seasonId, address account);
    /// @notice Thrown when an account's standing earns nothing.
    /// @param seasonId The season.
    /// @param account The account.
    error NoReward(uint256 seasonId, address account);
    /// @notice Thrown when something is claimed after the claim period.
    /// @param seasonId The season.
    /// @param until When it ended, unix seconds.
    error ClaimsOver(uint256 seasonId, uint256 until);
    /// @notice Thrown when the leftovers are returned within the claim period.
    /// @param seasonId The season.
    /// @param until When it ends, unix seconds.
    error ClaimsNotOver(uint256 seasonId, uint256 until);
    /// @notice Thrown when the poster was paid before, or gets nothing.
    /// @param seasonId The season.
    error NothingForPoster(uint256 seasonId);
    /// @notice Thrown when a season's rewards returned before.
    /// @param seasonId The season.
    error AlreadyReturned(uint256 seasonId);

    /* ORGANISERS */

    /// @notice Escrows the rewards of the sender's draft, once; pool and budget are taken from the sender together.
    /// @param seasonId The draft.
    /// @param terms What is promised.
    function escrow(uint256 seasonId, Terms calldata terms) external;

    /// @notice Returns to the organiser all that is held, once the draft is cancelled or the claim period is over; anyone.
    /// @param seasonId The season.
    /// @param terms Its terms.
    function returnRewards(uint256 seasonId, Terms calldata terms) external;

    /* CLAIMS */

    /// @notice Pays an account's reward, once: sent by the account, or with its EIP-712 signature of
    /// `Claim(uint256 seasonId,address account,address to,uint256 amount)`.
    /// @param seasonId The season.
    /// @param terms Its terms.
    /// @param claim_ What proves the standing. A later `next` than the right one makes the amount smaller, never greater.
    /// @param to Who is paid.
    /// @param signature The account's, in a form that `Signatures` takes; ignored if it sends the claim itself.
    function claim(
        uint256 seasonId,
        Terms calldata terms,
        Claim calldata claim_,
        address to,
        bytes calldata signature
    ) external;

    /// @notice Pays the poster of the final order, once, within the claim period; anyone.
    /// @param seasonId The season.
    /// @param terms Its terms.
    function payPoster(uint256 seasonId, Terms calldata terms) external;

    /* VIEWS */

    /// @notice Where final orders are proved.
    /// @return The contract.
    function standings() external view returns (IStandings);

    /// @notice What a season holds, in its token's smallest unit.
    /// @param seasonId The season.
    /// @return The amount.
    function heldOf(uint256 seasonId) external view returns (uint256);

    /// @notice Whether the reward of a place was claimed.
    /// @param seasonId The season.
    /// @param place The place.
    /// @return True if it was.
    function isClaimed(uint256 seasonId, uint32 place) external view returns (bool);
}
