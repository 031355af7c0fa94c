// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IBeacon} from "./IBeacon.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice Constructor parameters of `Quorum`. Windows in seconds, money in wei.
/// @param firstPanel Members of the first panel.
/// @param firstThreshold Equal votes that decide in the first round: more than half.
/// @param decidingPanel Members of the deciding panel: more than of the first. A list of no more verifiers decides whole.
/// @param decidingThreshold Equal votes of a drawn deciding panel that decide: more than half. Of a whole list, more than
/// half decide.
/// @param load First seats under way for each verifier of the list, at the most.
/// @param drawDelay Blocks from scheduling a draw to the block that decides it.
/// @param drawWindow Time in which a panel must be drawn.
/// @param commitWindow Time in which members commit to a vote.
/// @param revealWindow Time in which members and prover reveal.
/// @param appealWindow Time after the first round in which its decision can be appealed.
/// @param verifierBond What a verifier locks to join; below half of it, it is taken off the list.
/// @param voteLoss What a lost vote, or a vote that isn't revealed, costs its member.
/// @param absenceLoss What a vote that isn't committed costs its member.
/// @param stake What a prover has at stake with an attestation, and an appellant with an appeal: no less than the fees of a
/// deciding panel.
/// @param seatFee Paid to a member for a seat that it served.
struct QuorumParameters {
    uint8 firstPanel;
    uint8 firstThreshold;
    uint8 decidingPanel;
    uint8 decidingThreshold;
    uint8 load;
    uint16 drawDelay;
    uint40 drawWindow;
    uint40 commitWindow;
    uint40 revealWindow;
    uint40 appealWindow;
    uint128 verifierBond;
    uint128 voteLoss;
    uint128 absenceLoss;
    uint128 stake;
    uint128 seatFee;
}

/// @notice What an attestation under this method waits for.
enum Stage {
    None,
    Drawing,
    Voting,
    Shown,
    Done
}

/// @notice Where an attestation stands in its verification: one slot.
/// @param stage What it waits for; `None` for an attestation this method doesn't know.
/// @param round 1, or 2 for the deciding panel's.
/// @param proverRevealed Whether the attestation's answer is open.
/// @param refilled Whether the first panel's missed seats were filled again.
/// @param committed Members of this round that have committed.
/// @param revealed Members of this round that have revealed.
/// @param firstSeats Seats of the first round, missed ones included.
/// @param listBlock Panels are drawn from the list of verifiers as of the end of this block.
/// @param drawBlock Block whose randomness decides the draw.
/// @param drawUntil The panel must be drawn before this time.
/// @param commitUntil Members commit before this time.
/// @param revealUntil Members and prover reveal before this time.
struct Case {
    Stage stage;
    uint8 round;
    bool proverRevealed;
    bool refilled;
    uint8 committed;
    uint8 revealed;
    uint8 firstSeats;
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
    Revealed,
    Missed
}

/// @notice A member's place on a panel.
/// @param member The member.
/// @param round The panel's round, 1 or 2.
/// @param state How far the member has got; `Missed` where the seat was filled again.
/// @param vote The member's commitment until it reveals, then the output hash it voted for.
struct Seat {
    address member;
    uint8 round;
    SeatState state;
    bytes32 vote;
}

/// @title Verification by a drawn panel that re-runs the model
/// @notice An attestation is committed with its answer hidden. A panel is drawn by the randomness of a later block, re-runs
/// the model, commits to what it got, then panel and prover reveal. What enough of the panel voted for is decided unless
/// somebody appeals: then, or without a decision, a panel so large that it is honest decides. Verified: the decision is
/// the prover's answer. Void: it is "unavailable", or there is none. Refuted: it is anything else, or the prover
/// doesn't reveal. docs/methods/quorum.md has the rules, and who pays whom.
interface IQuorum is IVerificationMethod {
    /* EVENTS */

    /// @notice An account is on the list of verifiers.
    /// @param member The account.
    event Joined(address indexed member);
    /// @notice An account is off the list.
    /// @param member The account.
    /// @param bondFreeAt When it may release its bond, unix seconds.
    event Left(address indexed member, uint64 bondFreeAt);
    /// @notice The randomness of a block that is to come will decide who sits on a panel.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param drawBlock The block.
    /// @param drawUntil The panel must be drawn before this time, unix seconds.
    event DrawScheduled(bytes32 indexed uid, uint8 round, uint64 drawBlock, uint64 drawUntil);
    /// @notice A panel was drawn. Its seats follow those that the attestation has.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param members Who sits on it.
    /// @param commitUntil Members commit before this time, unix seconds.
    /// @param revealUntil Members and prover reveal before this time, unix seconds.
    event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil);
    /// @notice The first panel's missed seats were filled again.
    /// @param uid The attestation's name.
    /// @param members Who sits on them.
    /// @param commitUntil They commit before this time, unix seconds.
    /// @param revealUntil Members and prover reveal before this time, unix seconds.
    event PanelRefilled(bytes32 indexed uid, address[] members, uint64 commitUntil, uint64 revealUntil);
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
    /// @notice Prover and members have revealed, all who could: the round is over.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param revealUntil Now, unix seconds: in round 1 the time to appeal counts from here.
    event RevealEnded(bytes32 indexed uid, uint8 round, uint64 revealUntil);
    /// @notice A round ended without a decision.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    /// @param votes The most equal votes: fewer than the round's threshold, or a first panel's for "unavailable".
    event RoundUndecided(bytes32 indexed uid, uint8 round, uint8 votes);
    /// @notice The first panel's decision was appealed.
    /// @param uid The attestation's name.
    /// @param appellant Who says that it is wrong.
    event AppealOpened(bytes32 indexed uid, address indexed appellant);
    /// @notice The prover showed its run: from now on only a wrong row of it refutes the attestation.
    /// @param uid The attestation's name.
    /// @param until When it is Verified if nobody has shown one, unix seconds.
    /// @param trace Activations A_0 ‖ … ‖ A_L.
    event RunShown(bytes32 indexed uid, uint64 until, bytes trace);
    /// @notice A part of a member's bond was taken: it missed a commit or reveal, lost a vote, or could not run what others could.
    /// @param uid The attestation's name.
    /// @param member The member.
    /// @param amount In wei.
    event Penalised(bytes32 indexed uid, address indexed member, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when a unit has an attestation that is pending or final, and not Void.
    /// @param context The unit's.
    /// @param uid The attestation's name.
    error UnitHasAttestation(bytes32 context, bytes32 uid);
    /// @notice Thrown when the prover let all tries of a unit lapse.
    /// @param context The unit's.
    /// @param tries How many there were.
    error NoTriesLeft(bytes32 context, uint256 tries);
    /// @notice Thrown when the list, as of the block before, is too short for all rounds.
    /// @param verifiers Its length.
    /// @param needed What is needed.
    error TooFewVerifiers(uint256 verifiers, uint256 needed);
    /// @notice Thrown when the list, as of the block before, has as much to do as it can bear.
    /// @param pending Attestations in their first round.
    /// @param most How many it can bear.
    error TooManyPending(uint256 pending, uint256 most);
    /// @notice Thrown when an account is on the list of verifiers.
    /// @param account The account.
    error AlreadyMember(address account);
    /// @notice Thrown when an account is not on the list of verifiers.
    /// @param account The account.
    error NotMember(address account);
    /// @notice Thrown when a verifier that left or was absent joins again too early.
    /// @param until When it may, unix seconds.
    error TooEarlyToJoin(uint64 until);
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
    /// @notice Thrown when an attestation doesn't wait for a draw.
    /// @param uid The attestation's name.
    /// @param stage What it waits for.
    error NotDrawing(bytes32 uid, Stage stage);
    /// @notice Thrown when no panel of the attestation votes.
    /// @param uid The attestation's name.
    /// @param stage What it waits for.
    error NotVoting(bytes32 uid, Stage stage);
    /// @notice Thrown when the block that decides the draw is not mined yet.
    /// @param uid The attestation's name.
    /// @param drawBlock The block.
    error TooEarlyToDraw(bytes32 uid, uint256 drawBlock);
    /// @notice Thrown when a panel was not drawn in time: the attestation can only be settled.
    /// @param uid The attestation's name.
    /// @param drawUntil When the time was over, unix seconds.
    error TooLateToDraw(bytes32 uid, uint64 drawUntil);
    /// @notice Thrown when there is no missed seat to fill again: none was missed, it was done, or the time isn't right.
    /// @param uid The attestation's name.
    error NothingToRefill(bytes32 uid);
    /// @notice Thrown when it is not the time to commit votes.
    /// @param uid The attestation's name.
    /// @param round 1 or 2.
    error NotCommitting(bytes32 uid, uint8 round);
    /// @notice Thrown when it is not the time to reveal.
    /// @param uid The attestation's name.
    /// @param round 1 or 2; 0 for an unknown attestation.
    error NotRevealing(bytes32 uid, uint8 round);
    /// @notice Thrown when a seat of the present round isn't the account's.
    /// @param uid The attestation's name.
    /// @param seat Its number among all seats of the attestation.
    /// @param account The account.
    error NotOnPanel(bytes32 uid, uint256 seat, address account);
    /// @notice Thrown when a seat's member can't commit any more: it has, or the seat was filled again.
    /// @param uid The attestation's name.
    /// @param seat Its number.
    error AlreadyCommitted(bytes32 uid, uint256 seat);
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
    /// @notice Thrown when there is no decision of the first panel to appeal, or it is too late.
    /// @param uid The attestation's name.
    error NothingToAppeal(bytes32 uid);
    /// @notice Thrown when a round, or the time to appeal, is not over.
    /// @param uid The attestation's name.
    /// @param until When it is at the latest, unix seconds.
    error TooEarlyToSettle(bytes32 uid, uint64 until);
    /// @notice Thrown when an answer has a trace's hash: this method asks for no trace.
    /// @param uid The attestation's name.
    /// @param traceHash The hash.
    error UnexpectedTrace(bytes32 uid, bytes32 traceHash);
    /// @notice Thrown when an answer is a panel's vote for "invalid" or "unavailable", or an answer or a vote is zero.
    /// @param uid The attestation's name.
    /// @param outputHash The answer or vote.
    error NotAnOutput(bytes32 uid, bytes32 outputHash);
    /// @notice Thrown when an account other than the fraud proofs' contract says that a run is shown.
    /// @param caller The account.
    error NotTheFraudProof(address caller);
    /// @notice Thrown when it is not the time to show a run: the answer is hidden, or the first round isn't over, or all is decided.
    /// @param uid The attestation's name.
    error NotShowable(bytes32 uid);

    /* MEMBERSHIP */

    /// @notice Joins the list of verifiers; locks what the verifier's bond lacks, deposited before. Attestations committed in
    /// later blocks may draw the sender.
    function join() external;

    /// @notice Leaves the list. Panels of attestations committed until now may still draw the sender, so its bond stays
    /// at stake for `longest()`, and as long again for those panels to be settled.
    function quit() external;

    /// @notice Releases the bond of the sender, who left long enough ago.
    function release() external;

    /* ROUNDS */

    /// @notice Draws the panel once its block is mined; anyone.
    /// @param uid The attestation's name.
    /// @param proof What shows the block's randomness to the beacon.
    function draw(bytes32 uid, bytes calldata proof) external;

    /// @notice Fills missed seats of the first panel again from the same draw, once; anyone, when the time to commit is over.
    /// @param uid The attestation's name.
    function refill(bytes32 uid) external;

    /// @notice Commits the sender's vote; once for a seat.
    /// @param uid The attestation's name.
    /// @param seat The sender's, as a number among all seats of the attestation.
    /// @param commitment keccak256(abi.encode(uid, round, member, outputHash, salt)).
    function commit(bytes32 uid, uint256 seat, bytes32 commitment) external;

    /// @notice Reveals the sender's vote.
    /// @param uid The attestation's name.
    /// @param seat The sender's.
    /// @param outputHash What the member's run gave, or `Commitments.INVALID`, or `Commitments.UNAVAILABLE`.
    /// @param salt As in the commitment.
    function reveal(bytes32 uid, uint256 seat, bytes32 outputHash, bytes32 salt) external;

    /// @notice Calls the deciding panel against the first panel's decision; locks `stake`, deposited before. Anyone, once
    /// the first round is over, for `appealWindow`.
    /// @param uid The attestation's name.
    function appeal(bytes32 uid) external;

    /// @notice Ends a round when everybody has revealed or its time is over, and the attestation with it once there
    /// is nothing more to wait for, or its panel was not drawn in time; anyone.
    /// @param uid The attestation's name.
    function settle(bytes32 uid) external;

    /* VIEWS */

    /// @notice What the method was deployed with.
    /// @return All parameters.
    function parameters() external view returns (QuorumParameters memory);

    /// @notice Where the randomness of draws comes from.
    /// @return The beacon.
    function beacon() external view returns (IBeacon);

    /// @notice What a prover's deposit locks for each attestation: its stake and the fees of the first panel.
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

    /// @notice Who appealed an attestation's first decision.
    /// @param uid The attestation's name.
    /// @return The account, or zero.
    function appellantOf(bytes32 uid) external view returns (address);

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

    /// @notice Number of attestations in their first round: not settled, appealed, undecided or shown.
    /// @return The count.
    function pendingCount() external view returns (uint256);
}
