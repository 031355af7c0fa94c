// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Case, IQuorum, Seat, SeatState, Stage} from "../../../contracts/interfaces/IQuorum.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {vm} from "../Vm.sol";
import {QuorumProtocol} from "./QuorumProtocol.sol";

/// @notice Panels come from the list as of the block before the commit, whatever its size, whoever comes and goes. The
/// test keeps that list and shuffles all of it as the rules read.
contract QuorumDraw is QuorumProtocol {
    uint256 private constant ACCOUNTS = 48;

    address[] private _list;
    address[] private _listThen;
    mapping(address account => uint256) private _leftAt;

    /// @dev What a preview found; thrown, so that it leaves no trace.
    error Preview(bytes32 panel);

    function testFuzz_panels(
        uint256 seed,
        uint8 size,
        uint8 first,
        uint8 deciding,
        uint8 churn,
        bool proverIsMember
    ) external {
        first = 1 + (first % 8);
        deciding = first + 1 + (deciding % 32);
        churn = churn % 12;
        _deploy(first, deciding);
        _fill(seed, 2 * uint256(first) + 1 + (size % (ACCOUNTS - 2 * uint256(first))));
        _churn(seed, churn, true);
        for (uint256 i = 0; _list.length <= 2 * uint256(first); ++i) _come(_account(i));
        _next(1);

        _listThen = _list;
        Attestation memory attestation = _attestation(_prover(seed, proverIsMember), "input");
        _deposit(attestation.prover, quorum.depositPerAttestation());
        _churn(~seed, churn, false); // in the commit's own block
        bytes32 uid = commit(attestation);
        _churn(seed / 3, churn, false);
        _next(1);
        _churn(seed / 5, churn, false);

        address[] memory order = _draw(uid, 1, attestation.prover, seed);
        require(quorum.seatsOf(uid).length == first, "a full first panel");
        _requireSeats(uid, order, 0, 0, first);
        uint256 missed = _commitSome(uid, seed);
        _churn(seed / 7, churn, false);
        _refill(uid, order, first, missed, seed);

        _callDecidingPanel(uid, attestation, seed);
        _churn(seed / 11, churn, false);
        uint256 firstSeats = quorum.seatsOf(uid).length;
        order = _draw(uid, 2, attestation.prover, ~seed);
        uint256 wanted = _listThen.length <= deciding || order.length < deciding ? order.length : deciding;
        require(quorum.seatsOf(uid).length == firstSeats + wanted, "the whole list but the prover, or a full panel");
        _requireSeats(uid, order, 0, firstSeats, wanted);
    }

    /// @notice Another value of the beacon is another panel, by and large.
    function test_otherValuesDrawOthers() external {
        _deploy(4, 9);
        _fill(0, 24);
        address prover = address(0xbeef);
        _deposit(prover, quorum.depositPerAttestation());
        bytes32 uid = commit(_attestation(prover, "input"));
        Case memory c = quorum.caseOf(uid);
        _next(3);
        bytes32[60] memory panels;
        uint256 same = 0;
        for (uint256 i = 0; i < panels.length; ++i) {
            beacon.set(c.drawBlock, keccak256(abi.encode("value", i)));
            panels[i] = _preview(uid, address(this), block.number, block.timestamp);
            for (uint256 k = 0; k < i; ++k) if (panels[k] == panels[i]) ++same;
        }
        require(same < 3, "there are 255,024 panels");
    }

    /// @notice Every member is drawn, and drawn to fill up, about as often as any other.
    function test_everybodyIsDrawn() external {
        _deploy(3, 5);
        _fill(0, 8);
        uint256[8] memory seats;
        uint256[8] memory refills;
        address prover = address(0xbeef);
        _deposit(prover, 300 * quorum.depositPerAttestation());
        for (uint256 i = 0; i < 300; ++i) {
            bytes32 uid = commit(_attestation(prover, bytes32(i)));
            _next(3);
            quorum.draw(uid, "");
            vm.warp(quorum.caseOf(uid).commitUntil);
            quorum.refill(uid);
            Seat[] memory panel = quorum.seatsOf(uid);
            for (uint256 k = 0; k < 6; ++k) {
                uint256 member = uint160(panel[k].member) - uint160(_account(0));
                ++(k < 3 ? seats : refills)[member];
            }
        }
        for (uint256 i = 0; i < 8; ++i) {
            require(seats[i] > 80 && seats[i] < 145, "112 seats are to be expected");
            require(refills[i] > 80 && refills[i] < 145, "112 seats are to be expected to fill up");
        }
    }

    /// @notice Draws, throws who sits on the panel now, and so undoes the draw.
    function preview(bytes32 uid, address caller) external {
        vm.prank(caller);
        quorum.draw(uid, "");
        Case memory c = quorum.caseOf(uid);
        Seat[] memory seats = quorum.seatsOf(uid);
        bytes32 panel = 0;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round == c.round) panel = keccak256(abi.encode(panel, seats[i].member));
        }
        revert Preview(panel);
    }

    /// @dev Draws a panel at some time, once others were seen to draw the same one at other times, and shuffles the list as
    /// of the commit: all its accounts but the prover, in the order of the draw.
    function _draw(bytes32 uid, uint8 round, address prover, uint256 seed) private returns (address[] memory order) {
        Case memory c = quorum.caseOf(uid);
        require(c.round == round && c.stage == Stage.Drawing, "a draw is to come");
        bytes32 value = keccak256(abi.encode("value", seed));
        beacon.set(c.drawBlock, value);
        (uint256 number, uint256 time) = (c.drawBlock + 1 + (seed % 400), block.timestamp);
        if (block.number > number) number = block.number;
        uint256 left = c.drawUntil - time;

        bytes32 panel = _preview(uid, address(this), c.drawBlock + 1, time);
        require(panel == _preview(uid, _account(seed % ACCOUNTS), number, c.drawUntil - 1), "there is one draw");
        vm.roll(number);
        vm.warp(time + (seed % left));
        require(panel == _preview(uid, prover, number, block.timestamp), "the prover draws the same");
        quorum.draw(uid, "");
        return _shuffled(keccak256(abi.encode(value, uid, round)), prover);
    }

    function _preview(bytes32 uid, address caller, uint256 number, uint256 time) private returns (bytes32 panel) {
        (uint256 numberNow, uint256 timeNow) = (block.number, block.timestamp);
        vm.roll(number);
        vm.warp(time);
        (bool done, bytes memory thrown) = address(this).call(abi.encodeCall(this.preview, (uid, caller)));
        require(!done && thrown.length == 36 && bytes4(thrown) == Preview.selector, "a draw that is possible");
        assembly ("memory-safe") {
            panel := mload(add(thrown, 36))
        }
        vm.roll(numberNow);
        vm.warp(timeNow);
    }

    /// @dev The whole list as of the commit, exchanged step by step as the rules read, without the prover.
    function _shuffled(bytes32 s, address prover) private view returns (address[] memory order) {
        address[] memory places = _listThen;
        uint256 n = places.length;
        for (uint256 i = 0; i < n; ++i) {
            uint256 other = i + (uint256(keccak256(abi.encode(s, i))) % (n - i));
            (places[i], places[other]) = (places[other], places[i]);
        }
        order = new address[](n);
        uint256 count = 0;
        for (uint256 i = 0; i < n; ++i) if (places[i] != prover) order[count++] = places[i];
        assembly ("memory-safe") {
            mstore(order, count)
        }
    }

    /// @dev Seats from number `seat` on are of the accounts from `from` on in the order of the draw. The order has nobody
    /// twice, and not the prover.
    function _requireSeats(
        bytes32 uid,
        address[] memory order,
        uint256 from,
        uint256 seat,
        uint256 count
    ) private view {
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = 0; i < count; ++i) {
            require(seats[seat + i].member == order[from + i], "the shuffle's next account");
            require(seats[seat + i].state == SeatState.Drawn, "a new seat");
        }
    }

    /// @dev Some first members commit; says how many don't.
    function _commitSome(bytes32 uid, uint256 seed) private returns (uint256 missed) {
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = 0; i < seats.length; ++i) {
            if ((seed >> i) & 1 == 1 && (seed >> 32) % 4 != 0) {
                ++missed;
                continue;
            }
            vm.prank(seats[i].member);
            quorum.commit(uid, i, bytes32(i + 1));
        }
    }

    /// @dev Missed seats, and only they, are filled with the next accounts of the same shuffle, once.
    function _refill(bytes32 uid, address[] memory order, uint256 first, uint256 missed, uint256 seed) private {
        _requireNoRefill(uid); // too early
        Case memory c = quorum.caseOf(uid);
        if (block.timestamp < c.commitUntil) vm.warp(c.commitUntil + (seed % WINDOW));
        if (missed == 0) return _requireNoRefill(uid);
        if (seed % 5 == 0) {
            vm.warp(c.revealUntil);
            return _requireNoRefill(uid); // too late
        }
        vm.roll(block.number + (seed % 300));
        vm.prank(_account(seed % ACCOUNTS));
        quorum.refill(uid);

        Seat[] memory seats = quorum.seatsOf(uid);
        require(seats.length == first + missed, "fills missed seats alone");
        _requireSeats(uid, order, first, first, missed);
        uint256 replaced = 0;
        for (uint256 i = 0; i < first; ++i) {
            if (seats[i].state == SeatState.Missed) ++replaced;
            else require(seats[i].state == SeatState.Committed, "a seat was neither missed nor served");
        }
        require(replaced == missed, "missed seats are no seats any more");
        _requireNoRefill(uid);
        vm.warp(quorum.caseOf(uid).commitUntil);
        _requireNoRefill(uid); // not a second time
    }

    function _requireNoRefill(bytes32 uid) private {
        (bool done, bytes memory thrown) = address(quorum).call(abi.encodeCall(quorum.refill, (uid)));
        require(!done && bytes4(thrown) == IQuorum.NothingToRefill.selector, "filled up when it isn't time");
    }

    /// @dev Nobody reveals but the prover, who can unless missed seats stayed so.
    function _callDecidingPanel(bytes32 uid, Attestation memory attestation, uint256 seed) private {
        Case memory c = quorum.caseOf(uid);
        if (block.timestamp < c.revealUntil) {
            if (block.timestamp < c.commitUntil) vm.warp(c.commitUntil);
            _openAnswer(attestation);
            vm.warp(c.revealUntil + (seed % WINDOW));
        }
        quorum.settle(uid);
    }

    /// @dev Accounts join over some blocks.
    function _fill(uint256 seed, uint256 size) private {
        for (uint256 i = 0; i < size; ++i) {
            _come(_account(i));
            if ((seed >> (i % 256)) & 1 == 1) _next(1);
        }
        _next(1);
        _listThen = _list;
    }

    /// @dev Some members leave, some accounts join; blocks and days go by if `pass`.
    function _churn(uint256 seed, uint256 times, bool pass) private {
        for (uint256 i = 0; i < times; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            address account = _account(random % ACCOUNTS);
            if (quorum.isMember(account)) _leave(account);
            else _come(account);
            if (pass && random >> 255 == 1) _next(1);
            if (pass && (random >> 240) % 4 == 0) vm.warp(block.timestamp + 10 hours);
        }
        require(quorum.memberCount() == _list.length, "the list's length");
    }

    /// @dev Who left can join again a day later, with the bond that it still has.
    function _come(address account) private {
        uint256 leftAt = _leftAt[account];
        if (quorum.isMember(account)) return;
        if (leftAt == 0) {
            _join(account);
        } else {
            vm.prank(account);
            (bool done, ) = address(quorum).call(abi.encodeCall(quorum.join, ()));
            require(done == (block.timestamp >= leftAt + 1 days), "joins again a day later");
            if (!done) return;
        }
        _list.push(account);
    }

    function _leave(address account) private {
        _quit(account);
        _leftAt[account] = block.timestamp;
        uint256 place = 0;
        while (_list[place] != account) ++place;
        _list[place] = _list[_list.length - 1];
        _list.pop();
    }

    function _prover(uint256 seed, bool isMember) private pure returns (address) {
        return isMember ? _account(seed % ACCOUNTS) : address(0xbeef);
    }

    function _account(uint256 i) private pure returns (address) {
        return address(uint160(0x1000 + i));
    }
}

/// @notice The largest panels are drawn, and settle, well within the 2^24 gas that a transaction may use. All that comes
/// before is in a transaction of its own: what is measured finds storage as cold as it would be.
contract QuorumGas is QuorumProtocol {
    uint256 private constant VERIFIERS = 300;
    uint256 private constant FIRST = 16;
    uint256 private constant DECIDING = 80;
    uint256 private constant MOST_GAS = 12_000_000;
    /// @dev The most bytes of a contract, by EIP-170.
    uint256 private constant MOST_CODE = 24_576;
    address private constant PROVER = address(0xbeef);
    address private constant APPELLANT = address(0xcafe);

    bytes32 private _undrawn;
    bytes32 private _missed;
    bytes32 private _undecided;
    bytes32 private _differing;
    bytes32 private _agreeing;
    bytes32 private _absent;

    function setUp() external {
        _deploy(uint8(FIRST), uint8(DECIDING));
        for (uint256 i = 0; i < VERIFIERS; ++i) _join(address(uint160(0x1000 + i)));
        _next(1);
        _deposit(PROVER, 6 * quorum.depositPerAttestation());
        _deposit(APPELLANT, quorum.parameters().stake);
        (_differing, _agreeing, _absent) = (_attest("differing"), _attest("agreeing"), _attest("absent"));
        _draw(_differing, _agreeing);
        quorum.draw(_absent, "");
        _vote(_differing, 0, FIRST, false);
        _vote(_agreeing, 0, FIRST, true);
        quorum.settle(_differing);
        vm.prank(APPELLANT);
        quorum.appeal(_agreeing);
        _draw(_differing, _agreeing);
        _vote(_differing, FIRST, DECIDING, false);
        _vote(_agreeing, FIRST, DECIDING, true);

        vm.warp(quorum.caseOf(_absent).commitUntil);
        quorum.refill(_absent);
        vm.warp(quorum.caseOf(_absent).commitUntil);
        _openAnswer(_attestation(PROVER, "absent"));
        quorum.settle(_absent);
        (_missed, _undecided) = (_attest("missed"), _attest("undecided"));
        _draw(_missed, _absent);
        quorum.draw(_undecided, "");
        _vote(_undecided, 0, FIRST, false);
        quorum.settle(_undecided);
        _undrawn = _attest("undrawn");
    }

    /// @notice The draw of a first panel.
    function test_drawOfAFirstPanel() external {
        _next(3);
        _measureDraw(_undrawn, FIRST);
    }

    /// @notice The draw of a deciding panel.
    function test_drawOfADecidingPanel() external {
        _next(3);
        _measureDraw(_undecided, FIRST + DECIDING);
    }

    /// @notice All seats of a first panel filled again.
    function test_refill() external {
        vm.warp(quorum.caseOf(_missed).commitUntil);
        uint256 gasBefore = gasleft();
        quorum.refill(_missed);
        _requireCheap(gasBefore - gasleft(), "the refill is dear");
        require(quorum.seatsOf(_missed).length == 2 * FIRST, "all seats are filled again");
    }

    /// @notice All votes differ, in both rounds.
    function test_settleWhereAllDiffer() external {
        _measureSettle(_differing, Status.Void);
    }

    /// @notice The first panel is of one mind, the deciding panel of another.
    function test_settleWhereAllAgree() external {
        _measureSettle(_agreeing, Status.Refuted);
    }

    /// @notice Nobody ever commits: all members pay and are taken off the list.
    function test_settleWhereAllAreAbsent() external {
        vm.warp(quorum.caseOf(_absent).revealUntil);
        _measureSettle(_absent, Status.Void);
        require(quorum.memberCount() < VERIFIERS - DECIDING, "they are off the list");
    }

    /// @dev Code that counts lines for the coverage, which no chain would take, isn't measured.
    function _requireCheap(uint256 gasUsed, string memory otherwise) private view {
        require(gasUsed < MOST_GAS || address(quorum).code.length > MOST_CODE, otherwise);
    }

    function _measureDraw(bytes32 uid, uint256 seats) private {
        uint256 gasBefore = gasleft();
        quorum.draw(uid, "");
        _requireCheap(gasBefore - gasleft(), "the draw is dear");
        require(quorum.seatsOf(uid).length == seats, "the panel is full");
    }

    function _measureSettle(bytes32 uid, Status status) private {
        uint256 gasBefore = gasleft();
        quorum.settle(uid);
        _requireCheap(gasBefore - gasleft(), "the last settlement is dear");
        require(registry.statusOf(uid) == uint8(status), "the votes say otherwise");
    }

    function _attest(bytes32 inputHash) private returns (bytes32 uid) {
        return commit(_attestation(PROVER, inputHash));
    }

    function _draw(bytes32 a, bytes32 b) private {
        _next(3);
        quorum.draw(a, "");
        quorum.draw(b, "");
    }

    /// @dev All members of a round commit and reveal, and the prover reveals: all votes differ, or are one for each round.
    function _vote(bytes32 uid, uint256 from, uint256 count, bool agree) private {
        Seat[] memory seats = quorum.seatsOf(uid);
        uint8 round = quorum.caseOf(uid).round;
        for (uint256 i = from; i < from + count; ++i) {
            address member = seats[i].member;
            bytes32 commitment = Commitments.vote(uid, round, member, _output(i, round, agree), 0);
            vm.prank(member);
            quorum.commit(uid, i, commitment);
        }
        for (uint256 i = from; i < from + count; ++i) {
            vm.prank(seats[i].member);
            quorum.reveal(uid, i, _output(i, round, agree), 0);
        }
        if (round == 1) _openAnswer(_attestation(PROVER, _inputOf(uid)));
    }

    function _output(uint256 seat, uint8 round, bool agree) private pure returns (bytes32) {
        return bytes32(agree ? round : 100 + seat);
    }

    function _inputOf(bytes32 uid) private view returns (bytes32) {
        if (uid == _undecided) return "undecided";
        return uid == _differing ? bytes32("differing") : bytes32("agreeing");
    }
}
