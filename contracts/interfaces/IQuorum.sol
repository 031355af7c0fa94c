// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice Constructor parameters of `Quorum`. Windows in seconds, money in wei.
/// @param firstPanel Members of the first panel.
/// @param firstThreshold Equal votes that decide in the first round: more than half.
/// @param secondPanel Members of the second panel: more than of the first.
/// @param secondThreshold Equal votes that decide in the second round: more than half.
/// @param drawDelay Blocks from scheduling a draw to the block that decides it.
/// @param drawWindow Time in which a panel must be drawn.
/// @param commitWindow Time in which members commit to a vote.
/// @param revealWindow Time in which members and prover reveal.
/// @param verifierBond What a verifier locks to join.
/// @param seatPenalty Burned of it for a missed commit or reveal, or a lost vote.
/// @param seatFee Paid to a member where the panel is owed money.
struct QuorumParameters {
    uint8 firstPanel;
    uint8 firstThreshold;
    uint8 secondPanel;
    uint8 secondThreshold;
    uint8 drawDelay;
    uint40 drawWindow;
    uint40 commitWindow;
    uint40 revealWindow;
    uint128 verifierBond;
    uint128 seatPenalty;
    uint128 seatFee;
}

/// @notice Where an attestation stands in its verification.
/// @param round 1 or 2; 0 for an attestation this method doesn't know.
/// @param drawn Whether the round's panel is drawn; `commitUntil` and `revealUntil` hold from then on.
/// @param proverRevealed Whether the attestation's answer is open.
/// @param done Whether the attestation is settled.
/// @param paysPanel Whether the panel is paid in money whatever the outcome: free-standing work earns it no points.
/// @param committed Members of this round's panel that have committed.
/// @param revealed Members of this round's panel that have revealed.
/// @param listBlock Panels are drawn from the list of verifiers as of the end of this block.
/// @param drawBlock Block whose hash decides the draw.
/// @param drawUntil The panel must be drawn before this time.
/// @param commitUntil Members commit before this time.
/// @param revealUntil Members and prover reveal before this time.
struct Case {
    uint8 round;
    bool drawn;
    bool proverRevealed;
    bool done;
    bool paysPanel;
    uint8 committed;
    uint8 revealed;
    uint40 listBlock;
    uint40 drawBlock;
    uint40 drawUntil;
    uint40 commitUntil;
    uint40 revealUntil;
}

/// @notice How far a panel member has got.
enum SeatState {
    Drawn,
    Committed,
    Revealed
}

/// @notice A member's place on a panel.
/// @param member The member.
/// @param round The panel's round, 1 or 2.
/// @param state How far the member has got.
/// @param vote The member's commitment until it reveals, then the output hash it voted for.
struct Seat {
    address member;
    uint8 round;
    SeatState state;
    bytes32 vote;
}

/// @title Verification by a drawn panel that re-runs the model
/// @notice An attestation is committed with its answer hidden. A panel is drawn by the hash of a later block, re-runs the
/// model, commits to what it got, then panel and prover reveal. Enough votes equal to the prover's answer: Verified.
/// Enough equal to something else, or a prover that doesn't reveal: Refuted. Enough for "unavailable": Void.
/// Otherwise a second, larger panel decides, or the attestation is Void.
interface IQuorum is IVerificationMethod {
    /* EVENTS */

    /// @notice An account is on the list of verifiers.
    /// @param member The account.
    event Joined(address indexed member);
    /// @notice An account is off the list.
    /// @param member The account.
    /// @param bondFreeAt When it may release its bond, unix seconds.
    event Left(address indexed member, uint64 bondFreeAt);
    /// @notice The hash of a block that is to come will decide who sits on a panel.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param drawBlock The block.
    /// @param drawUntil The panel must be drawn before this time, unix seconds.
    event DrawScheduled(bytes32 indexed uid, uint8 round, uint64 drawBlock, uint64 drawUntil);
    /// @notice A panel was drawn.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param members Who sits on it.
    /// @param commitUntil Members commit before this time, unix seconds.
    /// @param revealUntil Members and prover reveal before this time, unix seconds.
    event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil);
    /// @notice A member committed to a vote.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param member The member.
    event VoteCommitted(bytes32 indexed uid, uint8 round, address indexed member);
    /// @notice All members have committed: revealing may begin.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param revealUntil Members and prover reveal before this time, unix seconds.
    event RevealOpened(bytes32 indexed uid, uint8 round, uint64 revealUntil);
    /// @notice A member revealed its vote.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param member The member.
    /// @param outputHash What it voted for.
    event VoteRevealed(bytes32 indexed uid, uint8 round, address indexed member, bytes32 outputHash);
    /// @notice A round ended without enough equal votes.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param votes The most equal votes: fewer than the round's threshold.
    event RoundUndecided(bytes32 indexed uid, uint8 round, uint8 votes);
    /// @notice A part of a member's bond was burned: it missed a commit or reveal, or lost a vote.
    /// @param uid The attestation's name.
    /// @param member The member.
    /// @param amount In wei.
    event Penalised(bytes32 indexed uid, address indexed member, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when a unit has an attestation that is pending or final, and not Void.
    /// @param context The unit's.
    /// @param uid The attestation's name.
    error UnitHasAttestation(bytes32 context, bytes32 uid);
    /// @notice Thrown when the list, as of the block before, is too short for a first panel without the prover.
    /// @param verifiers Its length.
    /// @param needed What is needed.
    error TooFewVerifiers(uint256 verifiers, uint256 needed);
    /// @notice Thrown when an account is on the list of verifiers.
    /// @param account The account.
    error AlreadyMember(address account);
    /// @notice Thrown when an account is not on the list of verifiers.
    /// @param account The account.
    error NotMember(address account);
    /// @notice Thrown when a bond is still at stake for panels that could include the former member.
    /// @param until When it is free, unix seconds.
    error BondStillAtStake(uint64 until);
    /// @notice Thrown when an account has no bond left to release.
    /// @param account The account.
    error NoBondToRelease(address account);
    /// @notice Thrown when the attestation was never committed under this method.
    /// @param uid Its name.
    error UnknownCase(bytes32 uid);
    /// @notice Thrown when the attestation is settled.
    /// @param uid Its name.
    error CaseClosed(bytes32 uid);
    /// @notice Thrown when the round's panel is drawn already.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    error AlreadyDrawn(bytes32 uid, uint8 round);
    /// @notice Thrown when the block that decides the draw is not mined yet.
    /// @param uid The attestation's name.
    /// @param drawBlock The block.
    error TooEarlyToDraw(bytes32 uid, uint256 drawBlock);
    /// @notice Thrown when a panel was not drawn in time: the attestation can only be settled, as Void.
    /// @param uid The attestation's name.
    /// @param drawUntil When the time was over, unix seconds.
    error TooLateToDraw(bytes32 uid, uint64 drawUntil);
    /// @notice Thrown when it is not the time to commit votes.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    error NotCommitting(bytes32 uid, uint8 round);
    /// @notice Thrown when it is not the time to reveal.
    /// @param uid The attestation's name.
    /// @param round 1 or 2; 0 for an unknown attestation.
    error NotRevealing(bytes32 uid, uint8 round);
    /// @notice Thrown when an account has no seat on the round's panel.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param account The account.
    error NotOnPanel(bytes32 uid, uint8 round, address account);
    /// @notice Thrown when a member has committed in this round already.
    /// @param uid The attestation's name.
    /// @param member The member.
    error AlreadyCommitted(bytes32 uid, address member);
    /// @notice Thrown when a member commits to zero.
    /// @param uid The attestation's name.
    error EmptyCommitment(bytes32 uid);
    /// @notice Thrown when a member reveals without a commitment, or twice.
    /// @param uid The attestation's name.
    /// @param member The member.
    error NothingCommitted(bytes32 uid, address member);
    /// @notice Thrown when a revealed vote is not the one committed to.
    /// @param uid The attestation's name.
    /// @param member The member.
    error WrongReveal(bytes32 uid, address member);
    /// @notice Thrown when a round is not over.
    /// @param uid The attestation's name.
    /// @param until When it is at the latest, unix seconds.
    error TooEarlyToSettle(bytes32 uid, uint64 until);
    /// @notice Thrown when an answer has a trace's hash: this method asks for no trace.
    /// @param uid The attestation's name.
    /// @param traceHash The hash.
    error UnexpectedTrace(bytes32 uid, bytes32 traceHash);
    /// @notice Thrown when an answer is a panel's vote for "invalid" or "unavailable".
    /// @param uid The attestation's name.
    /// @param outputHash The vote.
    error NotAnOutput(bytes32 uid, bytes32 outputHash);

    /* MEMBERSHIP */

    /// @notice Joins the list of verifiers; locks the verifier's bond, deposited before. Attestations committed in later
    /// blocks may draw the sender.
    function join() external;

    /// @notice Leaves the list. Panels of attestations committed until now may still draw the sender, so its bond stays
    /// at stake for `longest()`, and as long again for those panels to be settled.
    function quit() external;

    /// @notice Releases the bond of the sender, who left long enough ago.
    function release() external;

    /* ROUNDS */

    /// @notice Draws the panel once its block is mined; anyone. If that block's hash is gone, a later block is named
    /// and the panel stays undrawn.
    /// @param uid The attestation's name.
    function draw(bytes32 uid) external;

    /// @notice Commits the sender's vote; a member commits once a round.
    /// @param uid The attestation's name.
    /// @param commitment keccak256(abi.encode(uid, round, member, outputHash, salt)).
    function commit(bytes32 uid, bytes32 commitment) external;

    /// @notice Reveals the sender's vote.
    /// @param uid The attestation's name.
    /// @param outputHash What the member's run gave, or `Commitments.INVALID`, or `Commitments.UNAVAILABLE`.
    /// @param salt As in the commitment.
    function reveal(bytes32 uid, bytes32 outputHash, bytes32 salt) external;

    /// @notice Ends a round when everybody has revealed or its time is over, or voids an attestation whose panel was not
    /// drawn in time; anyone.
    /// @param uid The attestation's name.
    function settle(bytes32 uid) external;

    /* VIEWS */

    /// @notice What the method was deployed with.
    /// @return All parameters.
    function parameters() external view returns (QuorumParameters memory);

    /// @notice What a prover's deposit locks for each attestation: the fees of all seats of both panels.
    /// @return In wei.
    function depositPerAttestation() external view returns (uint128);

    /// @notice Where an attestation stands in its verification.
    /// @param uid Its name.
    /// @return Its case; all zero for an unknown one.
    function caseOf(bytes32 uid) external view returns (Case memory);

    /// @notice All seats of both rounds' panels.
    /// @param uid The attestation's name.
    /// @return The seats, the first round's first.
    function seatsOf(bytes32 uid) external view returns (Seat[] memory);

    /// @notice The attestation that a prover's unit has.
    /// @param prover The prover.
    /// @param context The unit's.
    /// @return uid The attestation's name, or zero.
    function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid);

    /// @notice Whether an account is on the list of verifiers now.
    /// @param account The account.
    /// @return True if it is.
    function isMember(address account) external view returns (bool);

    /// @notice Number of verifiers on the list now.
    /// @return The length.
    function memberCount() external view returns (uint256);
}
