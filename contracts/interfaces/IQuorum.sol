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
    event Joined(address indexed member);
    event Left(address indexed member, uint64 bondFreeAt);
    /// @notice The hash of `drawBlock` will decide who sits on the panel.
    event DrawScheduled(bytes32 indexed uid, uint8 round, uint64 drawBlock, uint64 drawUntil);
    event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil);
    event VoteCommitted(bytes32 indexed uid, uint8 round, address indexed member);
    /// @notice All members have committed: revealing may begin, until `revealUntil`.
    event RevealOpened(bytes32 indexed uid, uint8 round, uint64 revealUntil);
    event VoteRevealed(bytes32 indexed uid, uint8 round, address indexed member, bytes32 outputHash);
    /// @notice The round ended with `votes` equal votes at most, fewer than its threshold.
    event RoundUndecided(bytes32 indexed uid, uint8 round, uint8 votes);
    event Penalised(bytes32 indexed uid, address indexed member, uint256 amount);

    /// @notice The unit has an attestation that is pending or final, and not Void.
    error UnitHasAttestation(bytes32 context, bytes32 uid);
    error TooFewVerifiers(uint256 verifiers, uint256 needed);
    error AlreadyMember(address account);
    error NotMember(address account);
    /// @notice The bond is at stake until every panel that could include the member is over.
    error BondStillAtStake(uint64 until);
    error NoBondToRelease(address account);
    error UnknownCase(bytes32 uid);
    error CaseClosed(bytes32 uid);
    /// @notice The round's panel is drawn already.
    error AlreadyDrawn(bytes32 uid, uint8 round);
    error TooEarlyToDraw(bytes32 uid, uint256 drawBlock);
    error TooLateToDraw(bytes32 uid, uint64 drawUntil);
    error NotCommitting(bytes32 uid, uint8 round);
    error NotRevealing(bytes32 uid, uint8 round);
    error NotOnPanel(bytes32 uid, uint8 round, address account);
    error AlreadyCommitted(bytes32 uid, address member);
    error EmptyCommitment(bytes32 uid);
    error NothingCommitted(bytes32 uid, address member);
    /// @notice The revealed vote is not the one committed to.
    error WrongReveal(bytes32 uid, address member);
    error TooEarlyToSettle(bytes32 uid, uint64 until);
    /// @notice A trace belongs to the FraudProof method; here its hash is zero.
    error UnexpectedTrace(bytes32 uid, bytes32 traceHash);
    /// @notice A panel's votes for "invalid" and "unavailable" are no answers.
    error NotAnOutput(bytes32 uid, bytes32 outputHash);

    /// @notice Joins the list of verifiers; locks the verifier's bond, deposited before. Attestations committed in later
    /// blocks may draw the sender.
    function join() external;

    /// @notice Leaves the list. Panels of attestations committed until now may still draw the sender, so its bond stays
    /// at stake for `longest()`, and as long again for those panels to be settled.
    function quit() external;

    /// @notice Releases the bond of the sender, who left long enough ago.
    function release() external;

    /// @notice Draws the panel once its block is mined; anyone. If that block's hash is gone, a later block is named
    /// and the panel stays undrawn.
    function draw(bytes32 uid) external;

    /// @notice Commits the sender's vote; a member commits once a round.
    /// @param commitment keccak256(abi.encode(uid, round, member, outputHash, salt)).
    function commit(bytes32 uid, bytes32 commitment) external;

    /// @notice Reveals the sender's vote.
    /// @param outputHash What the member's run gave, or `Commitments.INVALID`, or `Commitments.UNAVAILABLE`.
    function reveal(bytes32 uid, bytes32 outputHash, bytes32 salt) external;

    /// @notice Ends a round when everybody has revealed or its time is over, or voids an attestation whose panel was not
    /// drawn in time; anyone.
    function settle(bytes32 uid) external;

    function parameters() external view returns (QuorumParameters memory);

    /// @notice What a prover's deposit locks for each attestation: the fees of all seats of both panels, in wei.
    function depositPerAttestation() external view returns (uint128);

    function caseOf(bytes32 uid) external view returns (Case memory);

    /// @notice All seats of both rounds' panels.
    function seatsOf(bytes32 uid) external view returns (Seat[] memory);

    /// @notice The attestation that a prover's unit has, or zero.
    function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid);

    function isMember(address account) external view returns (bool);

    /// @notice Number of verifiers on the list now.
    function memberCount() external view returns (uint256);
}
