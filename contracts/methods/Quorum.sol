// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IFraudProof} from "../interfaces/IFraudProof.sol";
import {Case, IQuorum, QuorumParameters, Seat, SeatState, Stage} from "../interfaces/IQuorum.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {Debts} from "../libraries/Debts.sol";
import {PanelDraw} from "../libraries/PanelDraw.sol";
import {Seats} from "../libraries/Seats.sol";
import {VerifierList} from "../libraries/VerifierList.sol";
import {QuorumMembers} from "./QuorumMembers.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title Quorum
/// @notice See `IQuorum`.
contract Quorum is QuorumMembers {
    using Debts for Debts.List;
    using PanelDraw for PanelDraw.Shuffle;
    using Seats for Seat;
    using Seats for Seat[];
    using VerifierList for VerifierList.List;

    uint8 private constant FIRST = 1;
    uint8 private constant DECIDING = 2;

    uint8 private constant MAX_FIRST_PANEL = 16;
    /// @dev The dearest settlement then takes about half of the gas that a transaction may use.
    uint8 private constant MAX_DECIDING_PANEL = 80;
    uint16 private constant MAX_DRAW_DELAY = 1024;
    /// @dev How often a prover may let a unit lapse.
    uint256 private constant MAX_TRIES = 3;
    /// @dev The callers who draw a deciding panel and settle what it decided are paid a fee for so many seats: their gas.
    uint128 private constant SEATS_PER_DRAW_FEE = 5;
    uint128 private constant SEATS_PER_SETTLE_FEE = 4;

    uint8 private immutable _firstPanel;
    uint8 private immutable _firstThreshold;
    uint8 private immutable _decidingPanel;
    uint8 private immutable _decidingThreshold;
    uint8 private immutable _load;
    uint16 private immutable _drawDelay;
    uint40 private immutable _drawWindow;
    uint40 private immutable _commitWindow;
    uint40 private immutable _revealWindow;
    uint40 private immutable _appealWindow;
    uint128 private immutable _voteLoss;
    uint128 private immutable _absenceLoss;
    uint128 private immutable _stake;
    uint128 private immutable _seatFee;
    IFraudProof private immutable _fraudProof;

    /// @inheritdoc IQuorum
    IBeacon public immutable beacon;

    /// @dev One more than the attestations in their first round: a slot that is never zero costs less to write.
    uint256 private _pending = 1;

    mapping(bytes32 uid => Case) private _cases;
    mapping(bytes32 uid => Seat[]) private _seats;
    /// @dev The first draw's seed until the prover reveals, then its output.
    mapping(bytes32 uid => bytes32) private _seedOrOutput;
    mapping(address prover => mapping(bytes32 context => bytes32 uid)) private _attestations;
    mapping(address prover => mapping(bytes32 context => uint256)) private _lapses;

    /// @inheritdoc IQuorum
    mapping(bytes32 uid => address) public appellantOf;
    /// @dev Who drew the deciding panel.
    mapping(bytes32 uid => address) private _drawers;

    /// @notice Fixes all parameters for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds Where verifiers' bonds and provers' deposits lie.
    /// @param beacon_ Where the randomness of draws comes from.
    /// @param fraudProof Where a prover may show its run.
    /// @param p Sizes, thresholds, windows and amounts; each is checked against its bounds.
    constructor(
        ICampaign campaign_,
        IBonds bonds,
        IBeacon beacon_,
        IFraudProof fraudProof,
        QuorumParameters memory p
    ) VerificationMethod(campaign_, bonds) QuorumMembers(p.verifierBond) {
        _checkRange("firstPanel", p.firstPanel, 1, MAX_FIRST_PANEL);
        _checkRange("firstThreshold", p.firstThreshold, p.firstPanel / 2 + 1, p.firstPanel);
        _checkRange("decidingPanel", p.decidingPanel, uint256(p.firstPanel) + 1, MAX_DECIDING_PANEL);
        _checkRange("decidingThreshold", p.decidingThreshold, p.decidingPanel / 2 + 1, p.decidingPanel);
        _checkRange("load", p.load, 1, type(uint8).max);
        _checkRange("drawDelay", p.drawDelay, 1, MAX_DRAW_DELAY);
        _checkRange("drawWindow", p.drawWindow, 1, MAX_WINDOW);
        _checkRange("commitWindow", p.commitWindow, 1, MAX_WINDOW);
        _checkRange("revealWindow", p.revealWindow, 1, MAX_WINDOW);
        _checkRange("appealWindow", p.appealWindow, 1, MAX_WINDOW);
        _checkRange("voteLoss", p.voteLoss, 1, MAX_AMOUNT);
        _checkRange("absenceLoss", p.absenceLoss, 1, p.voteLoss);
        _checkRange("verifierBond", p.verifierBond, 2 * uint256(p.voteLoss), MAX_AMOUNT);
        _checkRange("seatFee", p.seatFee, 0, p.absenceLoss);
        _checkRange("stake", p.stake, uint256(p.decidingPanel) * p.seatFee, MAX_AMOUNT);

        require(
            address(fraudProof.campaign()) == address(campaign_),
            InvalidParameter("fraudProof", uint256(uint160(address(fraudProof))))
        );

        _firstPanel = p.firstPanel;
        _firstThreshold = p.firstThreshold;
        _decidingPanel = p.decidingPanel;
        _decidingThreshold = p.decidingThreshold;
        _load = p.load;
        _drawDelay = p.drawDelay;
        _drawWindow = p.drawWindow;
        _commitWindow = p.commitWindow;
        _revealWindow = p.revealWindow;
        _appealWindow = p.appealWindow;
        _voteLoss = p.voteLoss;
        _absenceLoss = p.absenceLoss;
        _stake = p.stake;
        _seatFee = p.seatFee;
        _fraudProof = fraudProof;
        beacon = beacon_;
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    function onCommit(
        bytes32 uid,
        Attestation calldata attestation
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        bool isUnit = Contexts.kind(attestation.context) == Contexts.UNIT;
        if (isUnit) _takeUnit(uid, attestation);
        uint256 listBlock = block.number - 1;
        uint256 size = _list.lengthAt(listBlock);
        uint256 needed = 2 * uint256(_firstPanel) + 1; // the prover may be one of them
        require(size >= needed, TooFewVerifiers(size, needed));
        uint256 most = (_load * size) / (isUnit ? _firstPanel : 2 * uint256(_firstPanel));
        uint256 pending = pendingCount();
        require(pending < most, TooManyPending(pending, most));

        ++_pending;
        Case memory c;
        c.listBlock = uint40(listBlock);
        _schedule(uid, c, FIRST, uint40(block.timestamp) + _drawWindow);
        _save(uid, c);

        _bonds.lock(attestation.prover, depositPerAttestation());
    }

    /// @inheritdoc IVerificationMethod
    function onReveal(
        bytes32 uid,
        Attestation calldata,
        Answer calldata opened
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        Case memory c = _cases[uid];
        require(_isRevealing(c), NotRevealing(uid, c.round));
        require(opened.traceHash == 0, UnexpectedTrace(uid, opened.traceHash));
        require(
            opened.outputHash != 0 &&
                opened.outputHash != Commitments.INVALID &&
                !Seats.isUnavailable(opened.outputHash),
            NotAnOutput(uid, opened.outputHash)
        );

        c.proverRevealed = true;
        _endIfComplete(uid, c);
        _save(uid, c);
        _seedOrOutput[uid] = opened.outputHash;
    }

    /* ROUNDS */

    /// @inheritdoc IQuorum
    function draw(bytes32 uid, bytes calldata proof) external {
        Case memory c = _openCase(uid);
        require(c.stage == Stage.Drawing, NotDrawing(uid, c.stage));
        require(block.timestamp < c.drawUntil, TooLateToDraw(uid, c.drawUntil));
        require(block.number > c.drawBlock, TooEarlyToDraw(uid, c.drawBlock));

        bytes32 seed = keccak256(abi.encode(beacon.randomnessOf(c.drawBlock, proof), uid, c.round));
        address[] memory members = _deal(uid, c, seed, 0, c.round == FIRST ? _firstPanel : _decidingPanel);
        if (c.round == FIRST) {
            _seedOrOutput[uid] = seed;
            c.firstSeats = _firstPanel;
        } else {
            _drawers[uid] = msg.sender;
        }
        c.stage = Stage.Voting;
        _seat(uid, c, members);
        _save(uid, c);

        emit PanelDrawn(uid, c.round, members, c.commitUntil, c.revealUntil);
    }

    /// @inheritdoc IQuorum
    function refill(bytes32 uid) external {
        Case memory c = _votingCase(uid);
        require(
            c.round == FIRST && !_canReveal(c) && block.timestamp >= c.commitUntil && block.timestamp < c.revealUntil,
            NothingToRefill(uid)
        );

        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < _firstPanel; ++i) {
            if (seats[i].state == SeatState.Drawn) seats[i].state = SeatState.Missed;
        }
        address[] memory members = _deal(uid, c, _seedOrOutput[uid], _firstPanel, _firstPanel - c.committed);
        c.refilled = true;
        c.firstSeats += uint8(members.length);
        _seat(uid, c, members);
        _save(uid, c);

        emit PanelRefilled(uid, members, c.commitUntil, c.revealUntil);
    }

    /// @inheritdoc IQuorum
    function commit(bytes32 uid, uint256 seatNumber, bytes32 commitment) external {
        Case memory c = _votingCase(uid);
        require(block.timestamp < c.commitUntil, NotCommitting(uid, c.round));
        Seat storage seat = _seatOfSender(uid, c.round, seatNumber);
        require(seat.state == SeatState.Drawn, AlreadyCommitted(uid, seatNumber));
        require(commitment != 0, EmptyCommitment(uid));

        seat.vote = commitment;
        seat.state = SeatState.Committed;
        bool complete = ++c.committed == _seatsToCommit(uid, c);
        if (complete) {
            c.commitUntil = uint40(block.timestamp);
            c.revealUntil = c.commitUntil + _revealWindow;
        }
        _save(uid, c);

        emit VoteCommitted(uid, c.round, msg.sender);
        if (complete) emit RevealOpened(uid, c.round, c.revealUntil);
    }

    /// @inheritdoc IQuorum
    function reveal(bytes32 uid, uint256 seatNumber, bytes32 outputHash, bytes32 salt) external {
        Case memory c = _votingCase(uid);
        require(_isRevealing(c), NotRevealing(uid, c.round));
        Seat storage seat = _seatOfSender(uid, c.round, seatNumber);
        require(seat.state == SeatState.Committed, NothingCommitted(uid, msg.sender));
        require(outputHash != 0, NotAnOutput(uid, outputHash));
        require(
            seat.vote == Commitments.vote(uid, c.round, msg.sender, outputHash, salt),
            WrongReveal(uid, msg.sender)
        );

        seat.vote = outputHash;
        seat.state = SeatState.Revealed;
        ++c.revealed;
        emit VoteRevealed(uid, c.round, msg.sender, outputHash);
        _endIfComplete(uid, c);
        _save(uid, c);
    }

    /// @inheritdoc IQuorum
    function appeal(bytes32 uid) external {
        Case memory c = _votingCase(uid);
        require(c.round == FIRST && _isOver(c) && block.timestamp < _appealUntil(c), NothingToAppeal(uid));
        (bytes32 decision, ) = _decide(seatsOf(uid), c);
        require(decision != 0, NothingToAppeal(uid));

        appellantOf[uid] = msg.sender;
        _callDecidingPanel(uid, c);

        emit AppealOpened(uid, msg.sender);

        _bonds.lock(msg.sender, _stake);
    }

    /// @inheritdoc IQuorum
    function settle(bytes32 uid) external {
        Case memory c = _openCase(uid);
        if (c.stage == Stage.Drawing) {
            require(block.timestamp >= c.drawUntil, TooEarlyToSettle(uid, c.drawUntil));
            _endUndrawn(uid, c);
            return;
        }
        require(c.stage == Stage.Voting, NotVoting(uid, c.stage));
        require(_isOver(c), TooEarlyToSettle(uid, c.revealUntil));

        (bytes32 decision, uint8 votes) = _decide(seatsOf(uid), c);
        if (decision == 0) emit RoundUndecided(uid, c.round, votes);
        if (c.round == FIRST) {
            uint40 appealUntil = _appealUntil(c);
            require(decision == 0 || block.timestamp >= appealUntil, TooEarlyToSettle(uid, appealUntil));
            if (decision == 0 && (c.proverRevealed || !_canReveal(c))) {
                _callDecidingPanel(uid, c);
                return;
            }
        }
        _finish(uid, c, _statusOf(uid, c, decision), decision, msg.sender);
    }

    /* SHOWN RUNS */

    /// @inheritdoc IVerificationMethod
    function onShown(
        bytes32 uid,
        uint64 until,
        bytes calldata trace
    ) external override(IVerificationMethod, VerificationMethod) onlyFraudProof {
        Case memory c = _openCase(uid);
        bool isTime =
            c.stage == Stage.Drawing
                ? block.timestamp < c.drawUntil
                : c.stage == Stage.Voting &&
                    (
                        c.round == DECIDING
                            ? block.timestamp < c.commitUntil
                            : _isOver(c) && block.timestamp < _appealUntil(c)
                    );
        require(c.proverRevealed && isTime, NotShowable(uid));

        if (c.round == FIRST) --_pending;
        c.stage = Stage.Shown;
        _save(uid, c);

        emit RunShown(uid, until, trace);
    }

    /// @inheritdoc IVerificationMethod
    function onShownSettled(
        bytes32 uid,
        Status status,
        address by
    ) external override(IVerificationMethod, VerificationMethod) onlyFraudProof {
        _finish(uid, _openCase(uid), status, 0, by);
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function verifiersOf(
        bytes32 id
    ) external view override(IVerificationMethod, VerificationMethod) returns (address[] memory verifiers) {
        if (_registry.statusOf(id) != uint8(Status.Verified)) return verifiers;
        bytes32 output = _seedOrOutput[id];
        Seat[] memory seats = seatsOf(id);
        verifiers = new address[](seats.length);
        uint256 count = 0;
        for (uint256 i = 0; i < seats.length && seats[i].round == FIRST; ++i) {
            if (seats[i].state == SeatState.Revealed && seats[i].vote == output) verifiers[count++] = seats[i].member;
        }
        _truncate(verifiers, count);
    }

    /// @inheritdoc IVerificationMethod
    function longest() public view override returns (uint64) {
        return
            2 * uint64(_drawWindow) +
            3 * (uint64(_commitWindow) + _revealWindow) +
            _appealWindow +
            _fraudProof.window();
    }

    /// @inheritdoc IVerificationMethod
    function checksInput() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return true;
    }

    /// @inheritdoc IQuorum
    function parameters() external view returns (QuorumParameters memory) {
        return
            QuorumParameters({
                firstPanel: _firstPanel,
                firstThreshold: _firstThreshold,
                decidingPanel: _decidingPanel,
                decidingThreshold: _decidingThreshold,
                load: _load,
                drawDelay: _drawDelay,
                drawWindow: _drawWindow,
                commitWindow: _commitWindow,
                revealWindow: _revealWindow,
                appealWindow: _appealWindow,
                verifierBond: _verifierBond,
                voteLoss: _voteLoss,
                absenceLoss: _absenceLoss,
                stake: _stake,
                seatFee: _seatFee
            });
    }

    /// @inheritdoc IQuorum
    function depositPerAttestation() public view returns (uint128) {
        return _stake + _seatFee * _firstPanel;
    }

    /// @inheritdoc IQuorum
    function caseOf(bytes32 uid) external view returns (Case memory) {
        return _cases[uid];
    }

    /// @inheritdoc IQuorum
    function seatsOf(bytes32 uid) public view returns (Seat[] memory) {
        return _seats[uid];
    }

    /// @inheritdoc IQuorum
    function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid) {
        return _attestations[prover][context];
    }

    /// @inheritdoc IQuorum
    function pendingCount() public view returns (uint256) {
        return _pending - 1;
    }

    /* CASES */

    modifier onlyFraudProof() {
        require(msg.sender == address(_fraudProof), NotTheFraudProof(msg.sender));
        _;
    }

    /// @dev Takes a unit of the campaign for an attestation; a Void one may be tried again.
    function _takeUnit(bytes32 uid, Attestation calldata attestation) private {
        (address prover, bytes32 context) = (attestation.prover, attestation.context);
        _requireUnits(attestation.modelId, attestation.method, context, 1);
        bytes32 earlier = _attestations[prover][context];
        if (earlier != 0) {
            require(_registry.statusOf(earlier) == uint8(Status.Void), UnitHasAttestation(context, earlier));
            bool lapsed = _cases[earlier].commitUntil == 0;
            require(!lapsed || ++_lapses[prover][context] < MAX_TRIES, NoTriesLeft(context, MAX_TRIES));
        }

        _attestations[prover][context] = uid;
    }

    function _openCase(bytes32 uid) private view returns (Case memory c) {
        c = _cases[uid];
        require(c.stage != Stage.None, UnknownCase(uid));
        require(c.stage != Stage.Done, CaseClosed(uid));
    }

    function _votingCase(bytes32 uid) private view returns (Case memory c) {
        c = _openCase(uid);
        require(c.stage == Stage.Voting, NotVoting(uid, c.stage));
    }

    function _save(bytes32 uid, Case memory c) private {
        _cases[uid] = c;
    }

    function _schedule(bytes32 uid, Case memory c, uint8 round, uint40 drawUntil) private {
        c.stage = Stage.Drawing;
        c.round = round;
        c.drawBlock = uint40(block.number + _drawDelay);
        c.drawUntil = drawUntil;
        c.commitUntil = 0; // stays so if the draw lapses

        emit DrawScheduled(uid, round, c.drawBlock, drawUntil);
    }

    /// @dev Its time counts from the end of the time to appeal, not from now: that bounds the whole by `longest()`.
    function _callDecidingPanel(bytes32 uid, Case memory c) private {
        _schedule(uid, c, DECIDING, _appealUntil(c) + _drawWindow);
        --_pending;
        c.committed = 0;
        c.revealed = 0;
        _save(uid, c);
    }

    /// @dev Gives members the next seats of an attestation, and their round its times.
    function _seat(bytes32 uid, Case memory c, address[] memory members) private {
        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < members.length; ++i) {
            seats.push(Seat(members[i], c.round, SeatState.Drawn, 0));
        }
        c.commitUntil = uint40(block.timestamp) + _commitWindow;
        c.revealUntil = c.commitUntil + _revealWindow;
    }

    function _seatsToCommit(bytes32 uid, Case memory c) private view returns (uint256) {
        return c.round == FIRST ? _firstPanel : _seats[uid].length - c.firstSeats;
    }

    /// @dev Whether answers may be opened once the time to commit is over: not before missed first seats were filled again.
    function _canReveal(Case memory c) private view returns (bool) {
        return c.round == DECIDING || c.refilled || c.committed == _firstPanel;
    }

    function _isRevealing(Case memory c) private view returns (bool) {
        return
            c.stage == Stage.Voting &&
            block.timestamp >= c.commitUntil &&
            block.timestamp < c.revealUntil &&
            _canReveal(c);
    }

    /// @dev Ends the time to reveal when everybody has revealed who can.
    function _endIfComplete(bytes32 uid, Case memory c) private {
        if (!c.proverRevealed || c.revealed != c.committed) return;
        c.revealUntil = uint40(block.timestamp);

        emit RevealEnded(uid, c.round, c.revealUntil);
    }

    /// @dev Until when the first round's decision can be appealed, or its run shown.
    function _appealUntil(Case memory c) private view returns (uint40) {
        return c.revealUntil + _appealWindow;
    }

    /// @dev Whether a voting round is over.
    function _isOver(Case memory c) private view returns (bool) {
        return block.timestamp >= c.revealUntil;
    }

    function _statusOf(bytes32 uid, Case memory c, bytes32 decision) private view returns (Status) {
        if (!c.proverRevealed) return Status.Refuted;
        if (decision == 0 || Seats.isUnavailable(decision)) return Status.Void;
        return decision == _seedOrOutput[uid] ? Status.Verified : Status.Refuted;
    }

    /* ENDS */

    /// @dev Ends an attestation that nobody drew in time: Void, unless an appeal was let lapse.
    function _endUndrawn(bytes32 uid, Case memory c) private {
        if (appellantOf[uid] == address(0)) {
            _finish(uid, c, Status.Void, 0, msg.sender);
            return;
        }
        c.stage = Stage.Voting;
        (bytes32 decision, ) = seatsOf(uid).count(FIRST);
        _finish(uid, c, _statusOf(uid, c, decision), decision, msg.sender);
    }

    /// @dev Settles the attestation, takes what was lost, pays the panels, burns the rest, and returns the prover's deposit.
    /// `decision` is zero where no vote decided. docs/methods/quorum.md has the table of who pays.
    function _finish(bytes32 uid, Case memory c, Status status, bytes32 decision, address by) private {
        _cases[uid].stage = Stage.Done;
        if (c.round == FIRST && c.stage != Stage.Shown) --_pending;
        address prover = _registry.recordOf(uid).prover;
        _registry.settle(uid, status, by);

        Seat[] memory seats = seatsOf(uid);
        bytes32 judged = Seats.isUnavailable(decision) ? bytes32(0) : decision;
        Debts.List memory debts = Debts.list(2 * seats.length + 3);
        uint128 left = depositPerAttestation();
        if (status == Status.Refuted || c.stage == Stage.Drawing) {
            debts.add(prover, _stake);
            left -= _stake;
        }
        _takeLosses(uid, c, seats, judged, debts);
        bool isRewarded = _endAppeal(uid, c, seats, status, decision, debts);
        left -= _payDeciding(uid, c, seats, judged, prover, by, debts);
        if (isRewarded) {
            uint128 reward = debts.total / 2;
            debts.pay(_bonds, appellantOf[uid], reward < _stake ? reward : _stake);
        }
        debts.burn(_bonds);
        // A run that stood isn't voted down at the prover's cost.
        if (c.stage == Stage.Shown && status == Status.Verified) judged = _seedOrOutput[uid];
        for (uint256 i = 0; i < c.firstSeats; ++i) {
            if (!seats[i].isPaid(judged)) continue;
            left -= _seatFee;
            _bonds.pay(prover, seats[i].member, _seatFee);
        }
        _bonds.unlock(prover, left);
    }

    /// @dev Takes what members lose by their own votes and absences. A shown run ends the deciding round: nobody was absent,
    /// and who had committed is paid.
    function _takeLosses(
        bytes32 uid,
        Case memory c,
        Seat[] memory seats,
        bytes32 judged,
        Debts.List memory debts
    ) private {
        bool wasOpened = seats.wasOpened(c);
        for (uint256 i = 0; i < seats.length; ++i) {
            Seat memory seat = seats[i];
            if (c.stage == Stage.Shown && seat.round == DECIDING) {
                if (seat.state == SeatState.Committed) seat.state = SeatState.Revealed;
                continue;
            }
            uint128 amount = 0;
            if (seat.state == SeatState.Revealed) {
                if (judged == 0 || seat.vote == judged) continue;
                amount = Seats.isUnavailable(seat.vote) ? _seatFee : _voteLoss;
            } else if (seat.state == SeatState.Committed) {
                if (seat.round == DECIDING || wasOpened) amount = _voteLoss;
            } else if (_isCharged(seat.member)) {
                amount = _absenceLoss;
            }
            if (amount != 0) debts.add(seat.member, _lose(uid, seat.member, amount));
        }
    }

    /// @dev Takes the bond of an appellant who was wrong, or returns it; says whether the appellant was right.
    function _endAppeal(
        bytes32 uid,
        Case memory c,
        Seat[] memory seats,
        Status status,
        bytes32 decision,
        Debts.List memory debts
    ) private returns (bool isRight) {
        address appellant = appellantOf[uid];
        if (appellant == address(0)) return false;
        bool isWrong;
        if (c.stage == Stage.Shown || decision != 0) {
            (bytes32 first, ) = seats.count(FIRST);
            // The run was right or wrong, and the first panel for it or against.
            if (c.stage == Stage.Shown) isWrong = (status == Status.Verified) == (first == _seedOrOutput[uid]);
            else isWrong = decision == first;
            isRight = !isWrong;
        }
        if (isWrong) debts.add(appellant, _stake);
        else _bonds.unlock(appellant, _stake);
    }

    /// @dev Pays who drew the deciding panel and who settles it, and its members, from what others lost. Where that doesn't
    /// suffice, members are paid about their gas; first members who could not run what others could pay half of what lacks,
    /// and the prover the rest: `paid`.
    function _payDeciding(
        bytes32 uid,
        Case memory c,
        Seat[] memory seats,
        bytes32 judged,
        address prover,
        address by,
        Debts.List memory debts
    ) private returns (uint128 paid) {
        if (_drawers[uid] == address(0)) return 0;
        uint128 fees = uint128(seats.length - c.firstSeats) * _seatFee;
        uint128 served = 0;
        for (uint256 i = c.firstSeats; i < seats.length; ++i) {
            if (seats[i].isPaid(judged)) ++served;
        }
        uint128 least = served * (_seatFee / 2) + fees / SEATS_PER_DRAW_FEE + fees / SEATS_PER_SETTLE_FEE;
        if (debts.total < least) {
            if (judged != 0) _takeHalf(uid, c, seats, least - debts.total, debts);
            paid = least - debts.total;
            debts.add(prover, paid);
        }
        debts.pay(_bonds, _drawers[uid], fees / SEATS_PER_DRAW_FEE);
        debts.pay(_bonds, by, fees / SEATS_PER_SETTLE_FEE);
        if (served == 0) return paid;
        uint128 fee = debts.total / served;
        if (fee > _seatFee) fee = _seatFee;
        for (uint256 i = c.firstSeats; i < seats.length; ++i) {
            if (seats[i].isPaid(judged)) debts.pay(_bonds, seats[i].member, fee);
        }
    }

    /// @dev Takes half of what lacks from first members who voted UNAVAILABLE, in equal parts. Half of the fee that each has
    /// lost already is off its part, for the pay that it misses.
    function _takeHalf(
        bytes32 uid,
        Case memory c,
        Seat[] memory seats,
        uint128 lacking,
        Debts.List memory debts
    ) private {
        uint128 unavailable = 0;
        for (uint256 i = 0; i < c.firstSeats; ++i) {
            if (seats[i].isUnavailable()) ++unavailable;
        }
        if (unavailable == 0) return;
        uint128 part = (lacking + unavailable * _seatFee) / (2 * unavailable) - _seatFee / 2;
        if (part <= _seatFee) return;
        for (uint256 i = 0; i < c.firstSeats; ++i) {
            if (!seats[i].isUnavailable()) continue;
            debts.add(seats[i].member, _lose(uid, seats[i].member, part - _seatFee));
        }
    }

    /* PANELS AND VOTES */

    /// @dev Deals the list as of the commit in the seed's order, without the prover: leaves out the first `skipped` and
    /// gives the next `wanted` members, or as many as there are.
    function _deal(
        bytes32 uid,
        Case memory c,
        bytes32 seed,
        uint256 skipped,
        uint256 wanted
    ) private view returns (address[] memory members) {
        uint256 size = _list.lengthAt(c.listBlock);
        address prover = _registry.recordOf(uid).prover;
        uint256 steps = skipped + wanted + 1; // the prover costs a step
        if (steps > size) steps = size;
        PanelDraw.Shuffle memory places = PanelDraw.shuffle(seed, size, steps);
        members = new address[](wanted);
        uint256 count = 0;
        while (places.step < steps && count < wanted) {
            address member = _list.memberAt(places.next(), c.listBlock);
            if (member == prover) continue;
            if (skipped != 0) --skipped;
            else members[count++] = member;
        }
        _truncate(members, count);
    }

    function _truncate(address[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length)
        }
    }

    function _seatOfSender(bytes32 uid, uint8 round, uint256 number) private view returns (Seat storage seat) {
        Seat[] storage seats = _seats[uid];
        require(number < seats.length, NotOnPanel(uid, number, msg.sender));
        seat = seats[number];
        require(seat.member == msg.sender && seat.round == round, NotOnPanel(uid, number, msg.sender));
    }

    /// @dev What this round's panel has decided, or zero, and the votes for its strongest value.
    function _decide(Seat[] memory seats, Case memory c) private view returns (bytes32 decision, uint8 votes) {
        (decision, votes) = seats.count(c.round);
        bool voids = Seats.isUnavailable(decision) && c.round == FIRST; // a small panel may not
        if (voids || votes < _threshold(seats, c)) decision = 0;
    }

    function _threshold(Seat[] memory seats, Case memory c) private view returns (uint256) {
        if (c.round == FIRST) return _firstThreshold;
        bool isWhole = _list.lengthAt(c.listBlock) <= _decidingPanel;
        return isWhole ? (seats.length - c.firstSeats) / 2 + 1 : _decidingThreshold;
    }
}
