// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {QuorumProtocol} from "./QuorumProtocol.sol";

/// @notice What an attestation waits for.
enum Phase {
    Draw,
    Votes,
    Row,
    Nothing
}

/// @notice How far a member has got on a seat.
enum Part {
    Seated,
    Hidden,
    Voted,
    Replaced
}

/// @notice An attestation as the rules see it.
/// @param attestation What was committed.
/// @param since When.
/// @param size Length of the list as of the block before.
/// @param phase What it waits for.
/// @param round 1 or 2.
/// @param isOpen Whether the prover has revealed.
/// @param isRefilled Whether missed seats were filled again.
/// @param drawBlock Its randomness decides the draw.
/// @param drawUntil Until then it can be drawn.
/// @param commitUntil Until then members commit.
/// @param revealUntil Until then members and prover reveal.
/// @param shownUntil Until then a row of a shown run can be refuted.
/// @param decision Of the first panel; zero for none.
/// @param appellant Who appealed; zero for nobody.
/// @param drawer Who drew the deciding panel; zero for nobody.
struct Work {
    Attestation attestation;
    uint256 since;
    uint256 size;
    Phase phase;
    uint8 round;
    bool isOpen;
    bool isRefilled;
    uint256 drawBlock;
    uint256 drawUntil;
    uint256 commitUntil;
    uint256 revealUntil;
    uint256 shownUntil;
    bytes32 decision;
    address appellant;
    address drawer;
}

/// @notice A seat as the rules see it.
/// @param member Whose it is.
/// @param round 1 or 2.
/// @param part How far the member has got.
/// @param vote What it has committed to, in clear.
struct Place {
    address member;
    uint8 round;
    Part part;
    bytes32 vote;
}

/// @notice A verifier as the rules see it.
/// @param isListed Whether it is on the list.
/// @param bond What it has at stake.
/// @param dayFrom When a day began in which it left or was absent.
/// @param absences How many of that day it paid for.
/// @param freeAt When it may release its bond.
struct Verifier {
    bool isListed;
    uint256 bond;
    uint256 dayFrom;
    uint256 absences;
    uint256 freeAt;
}

/// @notice docs/methods/quorum.md, written once more: what each attestation waits for and who may do what when, how it must
/// end, and what that must cost whom.
abstract contract QuorumRules is QuorumProtocol {
    uint256 internal immutable first;
    uint256 internal immutable deciding;
    uint256 internal immutable stake;

    bytes32[] internal uids;
    mapping(bytes32 uid => Work) internal works;
    /// @dev Who settles.
    address internal _settler;
    mapping(bytes32 uid => Place[]) internal places;
    mapping(address account => Verifier) internal verifiers;

    uint256 public listed;
    uint256 public burned;
    mapping(address account => uint256) public depositsOf;
    mapping(address account => int256) public gainOf;

    constructor(uint256 first_, uint256 deciding_) {
        (first, deciding, stake) = (first_, deciding_, FEE * deciding_);
        _deploy(uint8(first_), uint8(deciding_));
    }

    /* WHO MAY DO WHAT WHEN */

    function _mayJoin(address account) internal view returns (bool) {
        Verifier storage verifier = verifiers[account];
        return !verifier.isListed && (verifier.dayFrom == 0 || block.timestamp >= verifier.dayFrom + 1 days);
    }

    function _mayRelease(address account) internal view returns (bool) {
        Verifier storage verifier = verifiers[account];
        return !verifier.isListed && verifier.bond != 0 && block.timestamp >= verifier.freeAt;
    }

    function _mayDraw(bytes32 uid) internal view returns (bool) {
        Work storage work = works[uid];
        return work.phase == Phase.Draw && block.number > work.drawBlock && block.timestamp < work.drawUntil;
    }

    function _mayCommit(bytes32 uid, uint256 seat) internal view returns (bool) {
        Work storage work = works[uid];
        Place storage place = places[uid][seat];
        bool isSeated = place.round == work.round && place.part == Part.Seated;
        return work.phase == Phase.Votes && isSeated && block.timestamp < work.commitUntil;
    }

    function _mayRefill(bytes32 uid) internal view returns (bool) {
        return works[uid].round == 1 && _isAfterCommits(uid) && !_isOpened(uid);
    }

    function _mayReveal(bytes32 uid, uint256 seat) internal view returns (bool) {
        Place storage place = places[uid][seat];
        bool isHidden = place.round == works[uid].round && place.part == Part.Hidden;
        return isHidden && _isAfterCommits(uid) && _isOpened(uid);
    }

    function _mayOpen(bytes32 uid) internal view returns (bool) {
        return !works[uid].isOpen && _isAfterCommits(uid) && _isOpened(uid);
    }

    function _mayAppeal(bytes32 uid) internal view returns (bool) {
        return works[uid].round == 1 && _isAppealTime(uid) && _decisionOf(uid) != 0;
    }

    function _maySettle(bytes32 uid) internal view returns (bool) {
        Work storage work = works[uid];
        if (work.phase == Phase.Draw) return block.timestamp >= work.drawUntil;
        if (!_isOver(uid)) return false;
        return work.round == 2 || _decisionOf(uid) == 0 || block.timestamp >= _appealUntil(uid);
    }

    function _mayShow(bytes32 uid) internal view returns (bool) {
        Work storage work = works[uid];
        if (!work.isOpen) return false;
        if (work.round == 1) return _isAppealTime(uid);
        if (work.phase == Phase.Draw) return block.timestamp < work.drawUntil;
        return work.phase == Phase.Votes && block.timestamp < work.commitUntil;
    }

    function _isAfterCommits(bytes32 uid) private view returns (bool) {
        Work storage work = works[uid];
        bool isTime = block.timestamp >= work.commitUntil && block.timestamp < work.revealUntil;
        return work.phase == Phase.Votes && isTime;
    }

    function _isAppealTime(bytes32 uid) private view returns (bool) {
        return _isOver(uid) && block.timestamp < _appealUntil(uid);
    }

    function _appealUntil(bytes32 uid) internal view returns (uint256) {
        return works[uid].revealUntil + WINDOW;
    }

    /// @dev Whether members and prover may reveal once the time to commit is over.
    function _isOpened(bytes32 uid) internal view returns (bool) {
        return works[uid].round == 2 || _wasOpened(uid);
    }

    function _wasOpened(bytes32 uid) private view returns (bool) {
        return works[uid].isRefilled || _seats(uid, 1, Part.Hidden) + _seats(uid, 1, Part.Voted) == first;
    }

    /// @dev Whether a round of votes is over.
    function _isOver(bytes32 uid) internal view returns (bool) {
        return works[uid].phase == Phase.Votes && block.timestamp >= works[uid].revealUntil;
    }

    /// @dev A round is over once prover and all who committed have revealed.
    function _endIfRevealed(bytes32 uid) internal {
        Work storage work = works[uid];
        if (work.isOpen && _seats(uid, work.round, Part.Hidden) == 0) work.revealUntil = block.timestamp;
    }

    function _seats(bytes32 uid, uint8 round, Part part) internal view returns (uint256 count) {
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].round == round && all[i].part == part) ++count;
        }
    }

    /* WHAT THE RULES DECIDE */

    /// @dev What the present round's panel has decided for; zero for nothing.
    function _decisionOf(bytes32 uid) internal view returns (bytes32) {
        uint8 round = works[uid].round;
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            bytes32 vote = all[i].vote;
            if (all[i].round != round || all[i].part != Part.Voted || _votes(uid, round, vote) < _threshold(uid))
                continue;
            return round == 1 && vote == Commitments.UNAVAILABLE ? bytes32(0) : vote;
        }
        return 0;
    }

    function _votes(bytes32 uid, uint8 round, bytes32 vote) private view returns (uint256 count) {
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].round == round && all[i].part == Part.Voted && all[i].vote == vote) ++count;
        }
    }

    function _threshold(bytes32 uid) private view returns (uint256) {
        if (works[uid].round == 1) return first / 2 + 1;
        return works[uid].size <= deciding ? _panelSize(uid, 2) / 2 + 1 : deciding / 2 + 1;
    }

    function _panelSize(bytes32 uid, uint8 round) private view returns (uint256 size) {
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) if (all[i].round == round) ++size;
    }

    /// @dev How an attestation ends whose panel decided for v.
    function _statusFor(bytes32 uid, bytes32 v) private view returns (Status) {
        if (!works[uid].isOpen) return Status.Refuted;
        if (v == Commitments.UNAVAILABLE) return Status.Void;
        return v == OUTPUT ? Status.Verified : Status.Refuted;
    }

    /// @dev `settle` was called when it may be: what must have come of it.
    function _settled(bytes32 uid) internal {
        Work storage work = works[uid];
        if (work.phase == Phase.Draw) {
            if (work.appellant == address(0)) _end(uid, Status.Void, 0, true);
            else _end(uid, _statusFor(uid, work.decision), work.decision, false);
            return;
        }
        bytes32 v = _decisionOf(uid);
        if (v != 0) _end(uid, _statusFor(uid, v), v, false);
        else if (work.round == 2) _end(uid, work.isOpen ? Status.Void : Status.Refuted, 0, false);
        else if (_wasOpened(uid) && !work.isOpen) _end(uid, Status.Refuted, 0, false);
        else _callDecidingPanel(uid);
    }

    function _callDecidingPanel(bytes32 uid) internal {
        Work storage work = works[uid];
        work.drawUntil = _appealUntil(uid) + WINDOW;
        work.drawBlock = block.number + 2;
        work.phase = Phase.Draw;
        work.round = 2;
    }

    /* WHO PAYS WHOM */

    /// @dev Checks how an attestation ended and books what that costs. `v` is what was decided for; zero for none.
    function _end(bytes32 uid, Status status, bytes32 v, bool isLapsed) internal {
        require(registry.statusOf(uid) == uint8(status), "the rules say otherwise");
        Work storage work = works[uid];
        address prover = work.attestation.prover;
        depositsOf[prover] -= stake + first * FEE;
        uint256 pot = _takeLosses(uid, v);
        if (status == Status.Refuted || isLapsed) pot += _take(prover, stake);
        bool isRight = false;
        if (work.appellant != address(0)) {
            depositsOf[work.appellant] -= stake;
            bool isShown = work.phase == Phase.Row;
            bool stood = status == Status.Verified;
            bool isWrong = isShown ? stood == (work.decision == OUTPUT) : v == work.decision;
            isRight = !isWrong && (isShown || v != 0);
            if (isWrong) pot += _take(work.appellant, stake);
        }
        if (work.drawer != address(0)) pot = _payDeciding(uid, v, pot);
        if (isRight) pot -= _give(work.appellant, pot / 2 < stake ? pot / 2 : stake);
        burned += pot;
        bool standsShown = work.phase == Phase.Row && status == Status.Verified;
        gainOf[prover] -= int256(_payPanel(uid, standsShown ? OUTPUT : v, 1, FEE));
        _requireVerifiers(uid, status);
        work.phase = Phase.Nothing;
    }

    /// @dev What members lose by their votes and absences.
    function _takeLosses(bytes32 uid, bytes32 v) private returns (uint256 pot) {
        bool wasOpened = _wasOpened(uid);
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            Place storage place = all[i];
            if (place.round == 2 && works[uid].phase == Phase.Row) continue;
            if (place.part == Part.Seated || place.part == Part.Replaced) {
                pot += _takeAbsence(place.member);
            } else if (place.part == Part.Hidden) {
                if (place.round == 2 || wasOpened) pot += _takeBond(place.member, VOTE_LOSS);
            } else if (_isAgainst(place.vote, v)) {
                pot += _takeBond(place.member, place.vote == Commitments.UNAVAILABLE ? FEE : VOTE_LOSS);
            }
        }
    }

    /// @dev The deciding panel, and before it who drew it, are paid from the pot, which others fill up where it is short.
    function _payDeciding(bytes32 uid, bytes32 v, uint256 pot) private returns (uint256) {
        uint256 drawFee = (_panelSize(uid, 2) * FEE) / 5;
        uint256 settleFee = (_panelSize(uid, 2) * FEE) / 4;
        uint256 served = _paidSeats(uid, v, 2);
        uint256 least = drawFee + settleFee + served * (FEE / 2);
        if (pot < least) {
            pot += _takeFromUnavailable(uid, v, least - pot);
            pot += _take(works[uid].attestation.prover, least - pot);
        }
        pot -= _give(works[uid].drawer, drawFee) + _give(_settler, settleFee);
        if (served == 0) return pot;
        uint256 fee = pot / served;
        return pot - _payPanel(uid, v, 2, fee < FEE ? fee : FEE);
    }

    /// @dev First members who voted UNAVAILABLE against v bear half of what is short with the fees that they have lost.
    function _takeFromUnavailable(bytes32 uid, bytes32 v, uint256 short) private returns (uint256 taken) {
        if (!_isAgainst(Commitments.UNAVAILABLE, v)) return 0;
        uint256 count = _votes(uid, 1, Commitments.UNAVAILABLE);
        if (count == 0) return 0;
        uint256 part = (short + count * FEE) / (2 * count) - FEE / 2;
        if (part <= FEE) return 0;
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            bool isUnavailable = all[i].part == Part.Voted && all[i].vote == Commitments.UNAVAILABLE;
            if (all[i].round == 1 && isUnavailable) taken += _takeBond(all[i].member, part - FEE);
        }
    }

    function _paidSeats(bytes32 uid, bytes32 v, uint8 round) private view returns (uint256 count) {
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) if (all[i].round == round && _isPaid(uid, all[i], v)) ++count;
    }

    function _payPanel(bytes32 uid, bytes32 v, uint8 round, uint256 fee) private returns (uint256 sum) {
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].round == round && _isPaid(uid, all[i], v)) sum += _give(all[i].member, fee);
        }
    }

    function _isPaid(bytes32 uid, Place storage place, bytes32 v) private view returns (bool) {
        if (place.round == 2 && works[uid].phase == Phase.Row) return place.part == Part.Hidden;
        return place.part == Part.Voted && !_isAgainst(place.vote, v);
    }

    function _isAgainst(bytes32 vote, bytes32 v) private pure returns (bool) {
        return v != 0 && v != Commitments.UNAVAILABLE && vote != v;
    }

    function _take(address from, uint256 amount) private returns (uint256) {
        gainOf[from] -= int256(amount);
        return amount;
    }

    function _give(address to, uint256 amount) private returns (uint256) {
        gainOf[to] += int256(amount);
        return amount;
    }

    /// @dev The first panel's members that voted for a verified output are its verifiers.
    function _requireVerifiers(bytes32 uid, Status status) private view {
        address[] memory found = quorum.verifiersOf(uid);
        uint256 count = 0;
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length && status == Status.Verified; ++i) {
            if (all[i].round != 1 || all[i].part != Part.Voted || all[i].vote != OUTPUT) continue;
            require(count < found.length && found[count++] == all[i].member, "a verifier is missing");
        }
        require(found.length == count, "somebody is a verifier without having verified");
    }

    /* VERIFIERS */

    function _left(address member) internal {
        _strike(member);
        verifiers[member].dayFrom = block.timestamp;
        verifiers[member].absences = 0;
    }

    /// @dev A member was absent: it is off the list for a day, and pays five times a day.
    function _takeAbsence(address member) private returns (uint256) {
        Verifier storage verifier = verifiers[member];
        if (block.timestamp >= verifier.dayFrom + 1 days) (verifier.dayFrom, verifier.absences) = (block.timestamp, 0);
        _strike(member);
        if (verifier.absences == 5) return 0;
        ++verifier.absences;
        return _takeBond(member, ABSENCE_LOSS);
    }

    /// @dev A member loses a part of its bond, or what is left of it.
    function _takeBond(address member, uint256 amount) private returns (uint256) {
        Verifier storage verifier = verifiers[member];
        uint256 lost = verifier.bond < amount ? verifier.bond : amount;
        verifier.bond -= lost;
        if (verifier.bond < BOND / 2) _strike(member);
        return _take(member, lost);
    }

    function _strike(address member) private {
        Verifier storage verifier = verifiers[member];
        if (!verifier.isListed) return;
        verifier.isListed = false;
        verifier.freeAt = block.timestamp + 2 * quorum.longest();
        --listed;
    }
}
