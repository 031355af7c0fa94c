// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {Case, IQuorum, QuorumParameters, Seat, SeatState} from "../interfaces/IQuorum.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {PanelDraw} from "../libraries/PanelDraw.sol";
import {VerifierList} from "../libraries/VerifierList.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title Quorum
/// @notice See `IQuorum`.
contract Quorum is IQuorum, VerificationMethod {
    using PanelDraw for PanelDraw.Shuffle;
    using VerifierList for VerifierList.List;

    /// @dev What a verifier has at stake; it outlives membership until `releasableAt`.
    struct Stake {
        uint128 amount;
        uint64 releasableAt;
    }

    uint8 private constant MAX_PANEL = 32;
    uint8 private constant MAX_DRAW_DELAY = 64;

    uint8 private immutable _firstPanel;
    uint8 private immutable _firstThreshold;
    uint8 private immutable _secondPanel;
    uint8 private immutable _secondThreshold;
    uint8 private immutable _drawDelay;
    uint40 private immutable _drawWindow;
    uint40 private immutable _commitWindow;
    uint40 private immutable _revealWindow;
    uint128 private immutable _verifierBond;
    uint128 private immutable _seatPenalty;
    uint128 private immutable _seatFee;

    /// @dev A draw reads it as of the commit, whatever happened since.
    VerifierList.List private _list;
    mapping(address account => Stake) private _stakes;

    mapping(bytes32 uid => Case) private _cases;
    mapping(bytes32 uid => bytes32 outputHash) private _outputs;
    mapping(bytes32 uid => Seat[]) private _seats;
    mapping(address prover => mapping(bytes32 context => bytes32 uid)) private _attestations;

    /// @notice Fixes all parameters for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds Where verifiers' bonds and provers' deposits lie.
    /// @param p Sizes, thresholds, windows and amounts; each is checked against its bounds.
    constructor(ICampaign campaign_, IBonds bonds, QuorumParameters memory p) VerificationMethod(campaign_, bonds) {
        _checkPanel("firstPanel", p.firstPanel, 1, "firstThreshold", p.firstThreshold);
        _checkPanel("secondPanel", p.secondPanel, p.firstPanel + 1, "secondThreshold", p.secondThreshold);
        _checkRange("drawDelay", p.drawDelay, 1, MAX_DRAW_DELAY);
        _checkRange("drawWindow", p.drawWindow, 1, MAX_WINDOW);
        _checkRange("commitWindow", p.commitWindow, 1, MAX_WINDOW);
        _checkRange("revealWindow", p.revealWindow, 1, MAX_WINDOW);
        _checkRange("seatPenalty", p.seatPenalty, 1, MAX_AMOUNT);
        _checkRange("verifierBond", p.verifierBond, p.seatPenalty, MAX_AMOUNT);
        _checkRange("seatFee", p.seatFee, 0, MAX_AMOUNT);

        _firstPanel = p.firstPanel;
        _firstThreshold = p.firstThreshold;
        _secondPanel = p.secondPanel;
        _secondThreshold = p.secondThreshold;
        _drawDelay = p.drawDelay;
        _drawWindow = p.drawWindow;
        _commitWindow = p.commitWindow;
        _revealWindow = p.revealWindow;
        _verifierBond = p.verifierBond;
        _seatPenalty = p.seatPenalty;
        _seatFee = p.seatFee;
    }

    /* MEMBERSHIP */

    /// @inheritdoc IQuorum
    function join() external {
        require(!isMember(msg.sender), AlreadyMember(msg.sender));
        Stake storage stake = _stakes[msg.sender];
        require(stake.amount == 0, BondStillAtStake(stake.releasableAt));

        _list.add(msg.sender);
        stake.amount = _verifierBond;

        emit Joined(msg.sender);

        _bonds.lock(msg.sender, _verifierBond);
    }

    /// @inheritdoc IQuorum
    function quit() external {
        require(isMember(msg.sender), NotMember(msg.sender));

        _remove(msg.sender);
    }

    /// @inheritdoc IQuorum
    function release() external {
        Stake storage stake = _stakes[msg.sender];
        uint128 amount = stake.amount;
        require(amount != 0, NoBondToRelease(msg.sender));
        require(!isMember(msg.sender), AlreadyMember(msg.sender));
        require(block.timestamp >= stake.releasableAt, BondStillAtStake(stake.releasableAt));

        stake.amount = 0;

        _bonds.unlock(msg.sender, amount);
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
        uint256 needed = uint256(_firstPanel) + 1; // the prover may be one of them
        require(size >= needed, TooFewVerifiers(size, needed));

        Case storage c = _cases[uid];
        c.round = 1;
        c.paysPanel = !isUnit;
        c.listBlock = uint40(listBlock);
        _schedule(uid, c, uint40(block.timestamp) + _drawWindow);

        _bonds.lock(attestation.prover, depositPerAttestation());
    }

    /// @inheritdoc IVerificationMethod
    function onReveal(
        bytes32 uid,
        Attestation calldata,
        Answer calldata opened
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        Case storage c = _cases[uid];
        require(_isRevealing(c), NotRevealing(uid, c.round));
        require(opened.traceHash == 0, UnexpectedTrace(uid, opened.traceHash));
        require(
            opened.outputHash != Commitments.INVALID && opened.outputHash != Commitments.UNAVAILABLE,
            NotAnOutput(uid, opened.outputHash)
        );

        c.proverRevealed = true;
        _outputs[uid] = opened.outputHash;
    }

    /* ROUNDS */

    /// @inheritdoc IQuorum
    function draw(bytes32 uid) external {
        Case storage c = _openCase(uid);
        require(!c.drawn, AlreadyDrawn(uid, c.round));
        require(block.timestamp < c.drawUntil, TooLateToDraw(uid, c.drawUntil));
        require(block.number > c.drawBlock, TooEarlyToDraw(uid, c.drawBlock));

        bytes32 hash = blockhash(c.drawBlock);
        if (hash == 0) {
            _schedule(uid, c, c.drawUntil);
            return;
        }
        uint256 wanted = _panelSize(c.round);
        address[] memory members = _pick(uid, c, keccak256(abi.encode(hash, uid, c.round)), wanted);
        if (members.length < wanted) {
            _finish(uid, c, Status.Void, 0);
            return;
        }
        for (uint256 i = 0; i < wanted; ++i) {
            _seats[uid].push(Seat(members[i], c.round, SeatState.Drawn, 0));
        }
        c.drawn = true;
        c.commitUntil = uint40(block.timestamp) + _commitWindow;
        c.revealUntil = c.commitUntil + _revealWindow;

        emit PanelDrawn(uid, c.round, members, c.commitUntil, c.revealUntil);
    }

    /// @inheritdoc IQuorum
    function commit(bytes32 uid, bytes32 commitment) external {
        Case storage c = _openCase(uid);
        require(c.drawn && block.timestamp < c.commitUntil, NotCommitting(uid, c.round));
        Seat storage seat = _seatOf(uid, c.round, msg.sender);
        require(seat.state == SeatState.Drawn, AlreadyCommitted(uid, msg.sender));
        require(commitment != 0, EmptyCommitment(uid));

        seat.vote = commitment;
        seat.state = SeatState.Committed;
        bool complete = ++c.committed == _panelSize(c.round);
        if (complete) {
            c.commitUntil = uint40(block.timestamp);
            c.revealUntil = c.commitUntil + _revealWindow;
        }

        emit VoteCommitted(uid, c.round, msg.sender);
        if (complete) emit RevealOpened(uid, c.round, c.revealUntil);
    }

    /// @inheritdoc IQuorum
    function reveal(bytes32 uid, bytes32 outputHash, bytes32 salt) external {
        Case storage c = _openCase(uid);
        require(_isRevealing(c), NotRevealing(uid, c.round));
        Seat storage seat = _seatOf(uid, c.round, msg.sender);
        require(seat.state == SeatState.Committed, NothingCommitted(uid, msg.sender));
        require(
            seat.vote == Commitments.vote(uid, c.round, msg.sender, outputHash, salt),
            WrongReveal(uid, msg.sender)
        );

        seat.vote = outputHash;
        seat.state = SeatState.Revealed;
        ++c.revealed;

        emit VoteRevealed(uid, c.round, msg.sender, outputHash);
    }

    /// @inheritdoc IQuorum
    function settle(bytes32 uid) external {
        Case storage c = _openCase(uid);
        if (!c.drawn) {
            require(block.timestamp >= c.drawUntil, TooEarlyToSettle(uid, c.drawUntil));
            _finish(uid, c, Status.Void, 0);
            return;
        }
        bool complete = c.proverRevealed && c.revealed == c.committed && block.timestamp >= c.commitUntil;
        require(complete || block.timestamp >= c.revealUntil, TooEarlyToSettle(uid, c.revealUntil));
        if (!c.proverRevealed) {
            _finish(uid, c, Status.Refuted, 0);
            return;
        }

        (bytes32 winner, uint8 votes) = _count(uid, c.round);
        if (votes >= _threshold(c.round)) {
            _finish(uid, c, _statusOf(winner, _outputs[uid]), winner);
            return;
        }
        emit RoundUndecided(uid, c.round, votes);
        if (c.round == 1) _beginSecondRound(uid, c);
        else _finish(uid, c, Status.Void, 0);
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function verifiersOf(
        bytes32 id
    ) external view override(IVerificationMethod, VerificationMethod) returns (address[] memory verifiers) {
        if (_registry.statusOf(id) != uint8(Status.Verified)) return verifiers;
        Seat[] storage seats = _seats[id];
        uint256 length = seats.length;
        verifiers = new address[](length);
        uint256 count = 0;
        for (uint256 i = 0; i < length; ++i) {
            if (_votedFor(seats[i], _outputs[id])) verifiers[count++] = seats[i].member;
        }
        _truncate(verifiers, count);
    }

    /// @inheritdoc IVerificationMethod
    function longest() public view returns (uint64) {
        return 2 * (uint64(_drawWindow) + _commitWindow + _revealWindow);
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
                secondPanel: _secondPanel,
                secondThreshold: _secondThreshold,
                drawDelay: _drawDelay,
                drawWindow: _drawWindow,
                commitWindow: _commitWindow,
                revealWindow: _revealWindow,
                verifierBond: _verifierBond,
                seatPenalty: _seatPenalty,
                seatFee: _seatFee
            });
    }

    /// @inheritdoc IQuorum
    function depositPerAttestation() public view returns (uint128) {
        return _seatFee * (uint128(_firstPanel) + _secondPanel);
    }

    /// @inheritdoc IQuorum
    function caseOf(bytes32 uid) external view returns (Case memory) {
        return _cases[uid];
    }

    /// @inheritdoc IQuorum
    function seatsOf(bytes32 uid) external view returns (Seat[] memory) {
        return _seats[uid];
    }

    /// @inheritdoc IQuorum
    function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid) {
        return _attestations[prover][context];
    }

    /// @inheritdoc IQuorum
    function isMember(address account) public view returns (bool) {
        return _list.contains(account);
    }

    /// @inheritdoc IQuorum
    function memberCount() public view returns (uint256) {
        return _list.length();
    }

    /* CASES */

    /// @dev Takes a unit of the campaign for an attestation; a Void one may be tried again.
    function _takeUnit(bytes32 uid, Attestation calldata attestation) private {
        _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);
        bytes32 earlier = _attestations[attestation.prover][attestation.context];
        require(
            earlier == 0 || _registry.statusOf(earlier) == uint8(Status.Void),
            UnitHasAttestation(attestation.context, earlier)
        );

        _attestations[attestation.prover][attestation.context] = uid;
    }

    function _openCase(bytes32 uid) private view returns (Case storage c) {
        c = _cases[uid];
        require(c.round != 0, UnknownCase(uid));
        require(!c.done, CaseClosed(uid));
    }

    function _isRevealing(Case storage c) private view returns (bool) {
        return c.drawn && block.timestamp >= c.commitUntil && block.timestamp < c.revealUntil;
    }

    function _panelSize(uint8 round) private view returns (uint8) {
        return round == 1 ? _firstPanel : _secondPanel;
    }

    function _threshold(uint8 round) private view returns (uint8) {
        return round == 1 ? _firstThreshold : _secondThreshold;
    }

    /// @dev How an attestation of `output` stands that a panel decided by votes for `winner`.
    function _statusOf(bytes32 winner, bytes32 output) private pure returns (Status) {
        if (winner == output) return Status.Verified;
        return winner == Commitments.UNAVAILABLE ? Status.Void : Status.Refuted;
    }

    function _schedule(bytes32 uid, Case storage c, uint40 drawUntil) private {
        c.drawBlock = uint40(block.number + _drawDelay);
        c.drawUntil = drawUntil;

        emit DrawScheduled(uid, c.round, c.drawBlock, drawUntil);
    }

    /// @dev Its time counts from the first round's end, not from now: that bounds the whole by `longest()`.
    function _beginSecondRound(bytes32 uid, Case storage c) private {
        c.round = 2;
        c.drawn = false;
        c.committed = 0;
        c.revealed = 0;
        _schedule(uid, c, c.revealUntil + _drawWindow);
    }

    /// @dev Settles the attestation, penalises and pays the panels, and returns what is left of the deposit. `winner` is
    /// the value that was voted for; zero where no vote decided.
    function _finish(bytes32 uid, Case storage c, Status status, bytes32 winner) private {
        c.done = true;
        address prover = _registry.recordOf(uid).prover;
        _registry.settle(uid, status, msg.sender);

        bool pays = c.paysPanel || status == Status.Refuted;
        bool judged = winner != 0 && status != Status.Void;
        uint128 deposit = depositPerAttestation();
        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < seats.length; ++i) {
            Seat storage seat = seats[i];
            if (seat.state != SeatState.Revealed || (judged && seat.vote != winner)) {
                _penalise(uid, seat.member);
            } else if (pays) {
                deposit -= _seatFee;
                _bonds.pay(prover, seat.member, _seatFee);
            }
        }
        _bonds.unlock(prover, deposit);
    }

    /* MEMBERS */

    /// @dev Burns a part of a member's bond; one that can't cover another penalty is taken off the list.
    function _penalise(bytes32 uid, address member) private {
        Stake storage stake = _stakes[member];
        uint128 amount = stake.amount < _seatPenalty ? stake.amount : _seatPenalty;
        stake.amount -= amount;
        if (stake.amount < _seatPenalty && isMember(member)) _remove(member);

        emit Penalised(uid, member, amount);

        _bonds.burn(member, amount);
    }

    /// @dev Takes a member off the list; its bond stays at stake for what may still draw it.
    function _remove(address member) private {
        uint64 releasableAt = uint64(block.timestamp) + 2 * longest();
        _list.remove(member);
        _stakes[member].releasableAt = releasableAt;

        emit Left(member, releasableAt);
    }

    /* PANELS AND VOTES */

    /// @dev Draws up to `wanted` members from the list as of the commit, leaving out the prover and earlier members.
    function _pick(
        bytes32 uid,
        Case storage c,
        bytes32 seed,
        uint256 wanted
    ) private view returns (address[] memory members) {
        uint256 listBlock = c.listBlock;
        uint256 size = _list.lengthAt(listBlock);
        address prover = _registry.recordOf(uid).prover;
        uint256 tries = wanted + _seats[uid].length + 1; // earlier members and the prover cost a try each
        if (tries > size) tries = size;
        PanelDraw.Shuffle memory places = PanelDraw.shuffle(seed, size, tries);
        members = new address[](wanted);
        uint256 count = 0;
        while (places.step < tries && count < wanted) {
            address member = _list.memberAt(places.next(), listBlock);
            if (member != prover && !_hasSeat(uid, member)) members[count++] = member;
        }
        _truncate(members, count);
    }

    function _truncate(address[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length)
        }
    }

    function _seatOf(bytes32 uid, uint8 round, address member) private view returns (Seat storage) {
        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].member == member && seats[i].round == round) return seats[i];
        }
        revert NotOnPanel(uid, round, member);
    }

    function _hasSeat(bytes32 uid, address member) private view returns (bool) {
        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].member == member) return true;
        }
        return false;
    }

    /// @dev The value with the most revealed votes of a round, and how many; any of them on a tie, which no threshold
    /// above one half accepts.
    function _count(bytes32 uid, uint8 round) private view returns (bytes32 winner, uint8 votes) {
        Seat[] storage seats = _seats[uid];
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != round || seats[i].state != SeatState.Revealed) continue;
            uint8 equal = 0;
            for (uint256 k = 0; k < seats.length; ++k) {
                if (seats[k].round == round && _votedFor(seats[k], seats[i].vote)) ++equal;
            }
            if (equal > votes) (winner, votes) = (seats[i].vote, equal);
        }
    }

    function _votedFor(Seat storage seat, bytes32 outputHash) private view returns (bool) {
        return seat.state == SeatState.Revealed && seat.vote == outputHash;
    }

    /* PARAMETERS */

    function _checkPanel(
        string memory panelName,
        uint256 panel,
        uint256 minimum,
        string memory thresholdName,
        uint256 threshold
    ) private pure {
        _checkRange(panelName, panel, minimum, MAX_PANEL);
        _checkRange(thresholdName, threshold, panel / 2 + 1, panel);
    }
}
