// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Bond} from "../../../contracts/interfaces/IBonds.sol";
import {Seat} from "../../../contracts/interfaces/IQuorum.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {vm} from "../Vm.sol";
import {Part, Phase, Place, QuorumRules, Work} from "./QuorumRules.sol";

/// @notice Accounts that are provers and verifiers at once do whatever they like. What the rules allow must succeed, what
/// they forbid must be refused.
contract QuorumHandler is QuorumRules {
    uint256 public constant ACCOUNTS = 14;
    uint256 private constant MONEY = 100_000;

    uint256 private _listedBefore;
    address private _asleep;

    constructor(uint256 first_, uint256 deciding_) QuorumRules(first_, deciding_) {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            _deposit(accountAt(i), MONEY);
            if (i < ACCOUNTS - 1) _tryJoin(accountAt(i));
        }
        _mine(1);
    }

    /* VERIFIERS */

    function join(uint256 who) external {
        _tryJoin(accountAt(who));
    }

    /// @notice Everybody joins who may; sometimes a new day has begun.
    function joinAll(uint256 random) external {
        if (random % 4 == 0) vm.warp(block.timestamp + 1 days);
        for (uint256 i = 0; i < ACCOUNTS; ++i) if (random >> 255 == 0 || i < 8) _tryJoin(accountAt(i));
        _mine(1);
    }

    function quit(uint256 who) external {
        address account = accountAt(who);
        bool may = verifiers[account].isListed;
        _attempt(may, account, abi.encodeCall(quorum.quit, ()));
        if (may) _left(account);
    }

    function release(uint256 who) external {
        address account = accountAt(who);
        bool may = _mayRelease(account);
        _attempt(may, account, abi.encodeCall(quorum.release, ()));
        if (may) verifiers[account].bond = 0;
    }

    /// @notice A verifier stops committing on any panel, until another one does; mostly nobody does.
    function doze(uint256 who) external {
        _asleep = who % 4 == 0 ? accountAt(who >> 8) : address(0);
    }

    /* ATTESTATIONS */

    /// @notice Some provers attest; mostly the panels are drawn at once.
    function attest(uint256 who, bytes32 inputHash, uint256 count) external {
        if (listed <= 2 * first) vm.warp(block.timestamp + 1 days);
        for (uint256 i = 0; i < ACCOUNTS && listed < deciding; ++i) _tryJoin(accountAt((who % ACCOUNTS) + i));
        if (count % 8 != 0) _mine(1);
        uint256 known = uids.length;
        for (uint256 i = 0; i <= count % 4; ++i) _attest(accountAt((who % ACCOUNTS) + i), inputHash);
        if (count % 16 == 0) return;
        _mine(3);
        for (uint256 i = known; i < uids.length; ++i) _tryDraw(uids[i], accountAt((who % ACCOUNTS) + i));
    }

    /// @notice Somebody tries a step, whether or not it is the time.
    function attempt(uint256 which, uint256 who, uint256 what) external {
        if (uids.length == 0) return;
        (bytes32 uid, address account) = (uids[which % uids.length], accountAt(who));
        what = what % 8;
        if (what == 0) _tryDraw(uid, account);
        else if (what == 1) _tryRefill(uid, account);
        else if (what == 2) _tryAppeal(uid, account);
        else if (what == 3) _trySettle(uid, account);
        else if (what == 4) _tryOpen(uid);
        else if (what == 5) _tryShow(uid);
        else if (places[uid].length == 0) return;
        else if (what == 6) _tryCommit(uid, who % places[uid].length);
        else _tryReveal(uid, who % places[uid].length);
    }

    /// @notice One attestation goes some steps further, each participant doing its part or not.
    function advance(uint256 which, uint256 random) external {
        bytes32[] memory open = _open();
        for (uint256 i = 0; i < 6 && open.length != 0; ++i) {
            _advance(open[which % open.length], uint256(keccak256(abi.encode(random, i))));
        }
    }

    /// @notice Many go a step further.
    function advanceAll(uint256 which, uint256 random) external {
        bytes32[] memory open = _open();
        for (uint256 i = 0; i < 8 && i < open.length; ++i) {
            _advance(open[((which % open.length) + i) % open.length], uint256(keccak256(abi.encode(random, i))));
        }
    }

    function pass(uint8 time) external {
        if (time == 255) vm.warp(block.timestamp + quorum.longest() + 1);
        else vm.warp(block.timestamp + (time % 60));
        _mine(time % 16 == 0 ? 300 : 1);
    }

    /// @notice Rarely, nobody does anything but what brings all attestations to an end, each within `longest()`: as soon as
    /// it can be, when it must be, or by the longest way. Then all bonds are free.
    function sleep(uint8 times) external {
        if (times % 16 != 0) return;
        for (uint256 i = 0; i < uids.length; ++i) {
            bytes32 uid = uids[i];
            if (works[uid].phase == Phase.Nothing) continue;
            uint256 until = works[uid].since + quorum.longest();
            if (block.timestamp > until) until = block.timestamp;
            if (uint256(uid) % 3 == 0) vm.warp(until);
            for (uint256 steps = 0; works[uid].phase != Phase.Nothing; ++steps) {
                require(steps < 8, "an attestation has no end");
                if (uint256(uid) % 3 != 1 || !_dawdle(uid)) _finish(uid);
            }
            require(block.timestamp <= until, "an attestation takes too long");
        }
        vm.warp(block.timestamp + 2 * quorum.longest());
    }

    /* VIEWS */

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0x1000 + (i % ACCOUNTS)));
    }

    /// @notice What an account must have locked: its bond as a verifier, deposits of its open attestations and its appeals.
    function lockedOf(address account) external view returns (uint256 expected, uint256 locked) {
        return (verifiers[account].bond + depositsOf[account], bonds.bondOf(address(quorum), account).locked);
    }

    /// @notice What an account has, in every state, beyond what it was given.
    function balanceOf(address account) external view returns (int256) {
        Bond memory bond = bonds.bondOf(address(quorum), account);
        return int256(bond.free + bond.locked + bonds.claimableOf(account)) - int256(MONEY);
    }

    function money() external view returns (uint256 atBonds, uint256 held, uint256 burnedThere) {
        return (address(bonds).balance, bonds.held(), bonds.burned());
    }

    function membership(address account) external view returns (bool expected, bool isMember, uint256 bond) {
        return (verifiers[account].isListed, quorum.isMember(account), verifiers[account].bond);
    }

    function lengths() external view returns (uint256 expected, uint256 found) {
        return (listed, quorum.memberCount());
    }

    /// @notice Attestations whose first round isn't over by an appeal, a shown run or a decision.
    function pending() external view returns (uint256 expected, uint256 found) {
        for (uint256 i = 0; i < uids.length; ++i) {
            Phase phase = works[uids[i]].phase;
            if (works[uids[i]].round == 1 && (phase == Phase.Draw || phase == Phase.Votes)) ++expected;
        }
        return (expected, quorum.pendingCount());
    }

    /* STEPS */

    function _open() private view returns (bytes32[] memory open) {
        open = new bytes32[](uids.length);
        uint256 count = 0;
        for (uint256 i = 0; i < uids.length; ++i) if (works[uids[i]].phase != Phase.Nothing) open[count++] = uids[i];
        assembly ("memory-safe") {
            mstore(open, count)
        }
    }

    /// @dev The end of a block: the list as it is now is the list that a commit in the next one is drawn from.
    function _mine(uint256 blocks) private {
        _listedBefore = listed;
        _next(blocks);
    }

    /// @dev The rules say whether an account may do something: it can exactly then.
    function _attempt(bool may, address sender, bytes memory data) private {
        vm.prank(sender);
        (bool done, ) = address(quorum).call(data);
        require(done || !may, "what the rules allow is refused");
        require(!done || may, "what the rules forbid is allowed");
    }

    function _tryJoin(address account) private {
        bool may = _mayJoin(account);
        _attempt(may, account, abi.encodeCall(quorum.join, ()));
        if (!may) return;
        verifiers[account].isListed = true;
        verifiers[account].bond = BOND;
        ++listed;
    }

    function _attest(address prover, bytes32 inputHash) private {
        Attestation memory attestation = _attestation(prover, inputHash);
        bytes32 uid = registry.uidOf(attestation);
        bool may = registry.statusOf(uid) == 0 && _listedBefore >= 2 * first + 1;
        vm.prank(prover);
        try registry.commit(1, modelId, inputHash, 0, attestation.answer) {
            require(may, "too few verifiers, or a second time");
        } catch {
            require(!may, "an attestation is refused");
            return;
        }
        uids.push(uid);
        Work storage work = works[uid];
        work.attestation = attestation;
        work.since = block.timestamp;
        work.size = _listedBefore;
        work.round = 1;
        work.drawBlock = block.number + 2;
        work.drawUntil = block.timestamp + WINDOW;
        depositsOf[prover] += stake + first * FEE;
    }

    function _tryDraw(bytes32 uid, address drawer) private {
        bool may = _mayDraw(uid);
        _attempt(may, drawer, abi.encodeCall(quorum.draw, (uid, "")));
        if (!may) return;
        Work storage work = works[uid];
        work.phase = Phase.Votes;
        if (work.round == 2) work.drawer = drawer;
        _seat(uid);
    }

    function _tryRefill(bytes32 uid, address caller) private {
        bool may = _mayRefill(uid);
        _attempt(may, caller, abi.encodeCall(quorum.refill, (uid)));
        if (!may) return;
        works[uid].isRefilled = true;
        Place[] storage all = places[uid];
        for (uint256 i = 0; i < all.length; ++i) if (all[i].part == Part.Seated) all[i].part = Part.Replaced;
        _seat(uid);
    }

    /// @dev Who the seats are given to is tested elsewhere.
    function _seat(bytes32 uid) private {
        Work storage work = works[uid];
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = places[uid].length; i < seats.length; ++i) {
            places[uid].push(Place(seats[i].member, work.round, Part.Seated, 0));
        }
        work.commitUntil = block.timestamp + WINDOW;
        work.revealUntil = work.commitUntil + WINDOW;
    }

    function _tryCommit(bytes32 uid, uint256 seat) private {
        bool may = _mayCommit(uid, seat);
        Place storage place = places[uid][seat];
        bytes32 vote = _voteOf(uid, place.round, place.member);
        bytes32 commitment = Commitments.vote(uid, place.round, place.member, vote, 0);
        _attempt(may, place.member, abi.encodeCall(quorum.commit, (uid, seat, commitment)));
        if (!may) return;
        (place.part, place.vote) = (Part.Hidden, vote);
        Work storage work = works[uid];
        if (_seats(uid, work.round, Part.Seated) != 0) return;
        work.commitUntil = block.timestamp;
        work.revealUntil = block.timestamp + WINDOW;
    }

    function _tryReveal(bytes32 uid, uint256 seat) private {
        bool may = _mayReveal(uid, seat);
        Place storage place = places[uid][seat];
        _attempt(may, place.member, abi.encodeCall(quorum.reveal, (uid, seat, place.vote, 0)));
        if (!may) return;
        place.part = Part.Voted;
        _endIfRevealed(uid);
    }

    function _tryOpen(bytes32 uid) private {
        bool may = _mayOpen(uid);
        Attestation storage attestation = works[uid].attestation;
        vm.prank(attestation.prover);
        try registry.reveal(1, modelId, attestation.inputHash, 0, Answer(OUTPUT, 0, 0)) {
            require(may, "an answer is opened when it isn't time");
            works[uid].isOpen = true;
            _endIfRevealed(uid);
        } catch {
            require(!may, "an answer can't be opened");
        }
    }

    function _tryAppeal(bytes32 uid, address appellant) private {
        bool may = _mayAppeal(uid);
        _attempt(may, appellant, abi.encodeCall(quorum.appeal, (uid)));
        if (!may) return;
        works[uid].appellant = appellant;
        works[uid].decision = _decisionOf(uid);
        depositsOf[appellant] += stake;
        _callDecidingPanel(uid);
    }

    function _tryShow(bytes32 uid) private {
        bool may = _mayShow(uid);
        _attempt(false, works[uid].attestation.prover, abi.encodeCall(quorum.onShown, (uid, 0, "")));
        _attempt(may, address(fraud), abi.encodeCall(quorum.onShown, (uid, 0, "")));
        if (!may) return;
        works[uid].phase = Phase.Row;
        works[uid].shownUntil = block.timestamp + fraud.window();
    }

    function _trySettle(bytes32 uid, address caller) private {
        bool may = _maySettle(uid);
        _attempt(may, caller, abi.encodeCall(quorum.settle, (uid)));
        _settler = caller;
        if (may) _settled(uid);
    }

    /// @dev The fraud proofs' contract settles a shown run.
    function _judge(bytes32 uid, Status status) private {
        _settler = accountAt(uint256(uid) % ACCOUNTS);
        vm.prank(address(fraud));
        quorum.onShownSettled(uid, status, _settler);
        _end(uid, status, 0, false);
    }

    /* WHAT PARTICIPANTS DO */

    function _advance(bytes32 uid, uint256 random) private {
        Work storage work = works[uid];
        if (work.phase == Phase.Nothing) return;
        if (_mayShow(uid) && random % 9 == 0) return _tryShow(uid);
        if (work.phase == Phase.Draw) return _advanceDraw(uid, random >> 8);
        if (work.phase == Phase.Row) return _advanceShown(uid, random >> 8);
        if (_isOver(uid)) return _advanceDecision(uid, random >> 8);
        if (block.timestamp < work.commitUntil) return _commitAll(uid, random >> 8);
        if (_isOpened(uid)) return _revealAll(uid, random >> 8);
        if (random % 8 != 0) _tryRefill(uid, accountAt(random >> 8));
        else vm.warp(work.revealUntil);
    }

    function _advanceDraw(bytes32 uid, uint256 random) private {
        Work storage work = works[uid];
        if (random % 24 == 0 && block.timestamp < work.drawUntil) vm.warp(work.drawUntil);
        if (_maySettle(uid)) return _trySettle(uid, accountAt(random));
        if (block.number <= work.drawBlock) _mine(work.drawBlock + 1 - block.number);
        _tryDraw(uid, accountAt(random));
    }

    function _advanceShown(bytes32 uid, uint256 random) private {
        uint256 until = works[uid].shownUntil;
        if (random % 2 == 0 && block.timestamp < until) return _judge(uid, Status.Refuted);
        if (block.timestamp < until) vm.warp(until);
        _judge(uid, Status.Verified);
    }

    /// @dev Decisions are appealed by anybody, or stand.
    function _advanceDecision(bytes32 uid, uint256 random) private {
        if (_mayAppeal(uid) && random % 2 == 0) return _tryAppeal(uid, accountAt(random >> 8));
        if (!_maySettle(uid) && random % 16 < 6) vm.warp(_appealUntil(uid));
        _trySettle(uid, accountAt(random >> 8));
    }

    function _commitAll(bytes32 uid, uint256 random) private {
        for (uint256 i = 0; i < places[uid].length; ++i) {
            random = uint256(keccak256(abi.encode(random)));
            if (!_mayCommit(uid, i) || places[uid][i].member == _asleep || _forgets(uid, random)) continue;
            _tryCommit(uid, i);
        }
        if (random % 8 == 0 && block.timestamp < works[uid].commitUntil) vm.warp(works[uid].commitUntil);
    }

    function _revealAll(bytes32 uid, uint256 random) private {
        if (_mayOpen(uid) && random % 6 != 0) _tryOpen(uid);
        for (uint256 i = 0; i < places[uid].length; ++i) {
            random = uint256(keccak256(abi.encode(random)));
            if (_mayReveal(uid, i) && !_forgets(uid, random)) _tryReveal(uid, i);
        }
        if (random % 8 == 0 && block.timestamp < works[uid].revealUntil) vm.warp(works[uid].revealUntil);
    }

    /// @dev Everybody does its part for some attestations.
    function _forgets(bytes32 uid, uint256 random) private pure returns (bool) {
        return uint256(uid) % 2 == 0 && random % 12 == 0;
    }

    /// @dev Most panels have a camp that most members follow; the deciding panel's is often another. Some models are hard to
    /// get in the first round.
    function _voteOf(bytes32 uid, uint8 round, address member) private pure returns (bytes32) {
        uint256 random = uint256(keccak256(abi.encode(uid, round, member)));
        uint256 kind = uint256(uid) % 8;
        bytes32[5] memory votes = [OUTPUT, OUTPUT, bytes32("wrong"), Commitments.INVALID, Commitments.UNAVAILABLE];
        if (kind % 4 == 3) return votes[round == 1 && random % 2 == 0 ? 4 : 0];
        uint256 camp = uint256(keccak256(abi.encode(uid, round == 1 || uint256(uid) % 3 == 0)));
        return votes[(random % (kind < 3 ? 3 : 12) == 0 ? random >> 8 : camp) % 5];
    }

    /// @dev The next that anybody can do for an attestation to end.
    function _finish(bytes32 uid) private {
        Work storage work = works[uid];
        if (work.phase == Phase.Row) {
            if (block.timestamp < work.shownUntil) vm.warp(work.shownUntil);
            return _judge(uid, Status.Verified);
        }
        uint256 end = work.phase == Phase.Draw ? work.drawUntil : work.revealUntil;
        if (block.timestamp < end) vm.warp(end);
        if (!_maySettle(uid)) vm.warp(_appealUntil(uid));
        _trySettle(uid, accountAt(uint256(uid) % ACCOUNTS));
    }

    /// @dev What draws an attestation out, at the last moment; says whether there is anything of the kind.
    function _dawdle(bytes32 uid) private returns (bool) {
        Work storage work = works[uid];
        if (work.phase == Phase.Row || !_warpBefore(_lastMoment(uid))) return false;
        if (work.phase == Phase.Draw) {
            if (block.number <= work.drawBlock) _mine(work.drawBlock + 1 - block.number);
            _tryDraw(uid, accountAt(uint256(uid)));
        } else if (_mayRefill(uid)) {
            _tryRefill(uid, msg.sender);
        } else if (_mayAppeal(uid)) {
            _tryAppeal(uid, accountAt(uint256(uid)));
        } else {
            return false;
        }
        return true;
    }

    function _lastMoment(bytes32 uid) private view returns (uint256) {
        Work storage work = works[uid];
        if (work.phase == Phase.Draw) return work.drawUntil;
        return work.round == 1 && _decisionOf(uid) != 0 ? _appealUntil(uid) : work.revealUntil;
    }

    function _warpBefore(uint256 end) private returns (bool) {
        if (block.timestamp >= end) return false;
        vm.warp(end - 1);
        return true;
    }
}

/// @notice What holds of everybody's money whatever anyone does.
abstract contract QuorumInvariants {
    uint256 private immutable _first;
    uint256 private immutable _deciding;
    QuorumHandler private _handler;

    constructor(uint256 first, uint256 deciding) {
        (_first, _deciding) = (first, deciding);
    }

    function setUp() external {
        _handler = new QuorumHandler(_first, _deciding);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice Locked is what is at stake as a verifier, deposits of open attestations and bonds of appellants: nothing
    /// else, never less.
    function invariant_locksAreAccountedFor() external view {
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            (uint256 expected, uint256 locked) = _handler.lockedOf(_handler.accountAt(i));
            require(locked == expected, "a lock is lost or eaten");
        }
    }

    /// @notice Nobody gains or loses but by the rules, and what is neither is burned.
    function invariant_gainsAndLossesAreTheRules() external view {
        int256 sum = 0;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            address account = _handler.accountAt(i);
            require(_handler.balanceOf(account) == _handler.gainOf(account), "money went astray");
            sum += _handler.gainOf(account);
        }
        (uint256 atBonds, uint256 held, uint256 burned) = _handler.money();
        require(burned == _handler.burned() && sum == -int256(burned), "only what is lost leaves");
        require(atBonds == held + burned, "money in is not money held and burned");
    }

    /// @notice Who is on the list is who joined and wasn't taken off, and has at least half of a bond.
    function invariant_membersHaveBonds() external view {
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            (bool expected, bool isMember, uint256 bond) = _handler.membership(_handler.accountAt(i));
            require(expected == isMember, "on or off the list against the rules");
            require(!isMember || bond >= 12, "a member with less than half of a bond");
        }
        (uint256 listed, uint256 found) = _handler.lengths();
        require(listed == found, "the list's length");
    }

    /// @notice Pending are the attestations whose first round isn't over.
    function invariant_pendingAreCounted() external view {
        (uint256 expected, uint256 found) = _handler.pending();
        require(expected == found, "an attestation is counted wrongly");
    }

    /// @notice Whatever happened, time and anybody's calls bring every open attestation to an end within `longest()`.
    function invariant_everythingEnds() external {
        _handler.sleep(0);
    }
}

/// @notice Two of three decide, and a list of up to eight decides whole.
contract QuorumOfThree is QuorumInvariants(3, 8) {}

/// @notice Two must agree, and who can't run the model may have to pay for the deciding panel.
contract QuorumOfTwo is QuorumInvariants(2, 9) {}
