// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Seat} from "../../../contracts/interfaces/IQuorum.sol";
import {vm} from "../Vm.sol";
import {QuorumProtocol} from "./QuorumProtocol.sol";

/// @notice Panels come from the list as of the commit, whatever its size, whoever comes and goes.
contract QuorumDraw is QuorumProtocol {
    uint256 private constant ACCOUNTS = 48;

    mapping(address account => bool) private _eligible;
    mapping(address account => bool) private _gone;
    mapping(address account => bool) private _seated;

    function testFuzz_panels(
        uint256 seed,
        uint8 size,
        uint8 first,
        uint8 second,
        uint8 churn,
        bool proverIsMember
    ) external {
        first = 1 + (first % 12);
        second = first + 1 + (second % 12);
        _deploy(first, second);
        uint256 members = first + 1 + (size % (ACCOUNTS - first - 12));
        for (uint256 i = 0; i < members; ++i) {
            _join(_account(i));
            if ((seed >> (i % 256)) & 1 == 1) _next(1);
        }
        _churn(seed, churn % 12, true);
        for (uint256 i = 0; quorum.memberCount() <= first; ++i) _come(_account(i));
        _next(1);
        uint256 eligible = _note();
        Attestation memory attestation = _attestation(_prover(seed, proverIsMember), "input");
        if (_eligible[attestation.prover]) --eligible;
        _eligible[attestation.prover] = false;
        _deposit(attestation.prover, quorum.depositPerAttestation());
        _churn(~seed, churn % 12, false); // in the commit's own block
        bytes32 uid = commit(attestation);
        _churn(seed / 3, churn % 12, true);
        _next(3);

        quorum.draw(uid);
        _check(uid, 1, first);

        vm.warp(quorum.caseOf(uid).commitUntil);
        _openAnswer(attestation);
        quorum.settle(uid);
        _churn(seed / 5, churn % 12, true);
        _next(3);

        quorum.draw(uid);
        if (eligible >= uint256(first) + second) {
            _check(uid, 2, second);
        } else {
            require(registry.statusOf(uid) == uint8(Status.Void), "a panel that can't be filled voids");
            require(quorum.seatsOf(uid).length == first, "and seats nobody");
        }
    }

    /// @notice Every member is drawn sooner or later, nobody far more often than others.
    function test_everybodyIsDrawn() external {
        _deploy(3, 5);
        for (uint256 i = 0; i < 8; ++i) _join(_account(i));
        _next(1);
        uint256[8] memory seats;
        address prover = address(0xbeef);
        _deposit(prover, 400 * quorum.depositPerAttestation());
        for (uint256 i = 0; i < 400; ++i) {
            bytes32 uid = commit(_attestation(prover, bytes32(i)));
            _next(3);
            quorum.draw(uid);
            Seat[] memory panel = quorum.seatsOf(uid);
            for (uint256 k = 0; k < 3; ++k) ++seats[uint160(panel[k].member) - uint160(_account(0))];
        }
        for (uint256 i = 0; i < 8; ++i) require(seats[i] > 110 && seats[i] < 190, "150 seats are to be expected");
    }

    /// @notice The largest panels settle in a small part of the 2^24 gas that a transaction may use.
    function test_largestPanelsFitATransaction() external {
        _deploy(31, 32);
        for (uint256 i = 0; i < 64; ++i) _join(_account(i));
        _next(1);
        Attestation memory attestation = _attestation(address(0xbeef), "input");
        _deposit(attestation.prover, quorum.depositPerAttestation());
        bytes32 uid = commit(attestation);
        _round(uid, 31);
        _openAnswer(attestation);
        _reveal(uid, 0, 31);
        vm.warp(quorum.caseOf(uid).revealUntil);
        quorum.settle(uid);
        _round(uid, 32);
        _reveal(uid, 31, 32);
        vm.warp(quorum.caseOf(uid).revealUntil);
        uint256 gasBefore = gasleft();
        quorum.settle(uid);
        require(gasBefore - gasleft() < 6_000_000, "the last settlement is dear");
        require(registry.statusOf(uid) == uint8(Status.Void), "all differ");
    }

    function _round(bytes32 uid, uint256 panel) private {
        _next(3);
        uint256 gasBefore = gasleft();
        quorum.draw(uid);
        require(gasBefore - gasleft() < 6_000_000, "the draw is dear");
        Seat[] memory seats = quorum.seatsOf(uid);
        uint8 round = quorum.caseOf(uid).round;
        for (uint256 i = seats.length - panel; i < seats.length; ++i) {
            address member = seats[i].member;
            bytes32 vote = keccak256(abi.encode(uid, round, member, bytes32(i + 1), bytes32(0)));
            vm.prank(member);
            quorum.commit(uid, vote);
        }
    }

    function _reveal(bytes32 uid, uint256 from, uint256 count) private {
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = from; i < from + count; ++i) {
            vm.prank(seats[i].member);
            quorum.reveal(uid, bytes32(i + 1), 0);
        }
    }

    /// @dev Some members leave for ever, some accounts join; time goes by if `roll`.
    function _churn(uint256 seed, uint256 times, bool roll) private {
        for (uint256 i = 0; i < times; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            address account = _account(random % ACCOUNTS);
            if (quorum.isMember(account)) {
                _quit(account);
                _gone[account] = true;
            } else {
                _come(account);
            }
            if (roll && random >> 255 == 1) _next(1);
        }
    }

    function _come(address account) private {
        if (!quorum.isMember(account) && !_gone[account]) _join(account);
    }

    /// @dev Who is on the list at the end of the block before.
    function _note() private returns (uint256 count) {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if (!quorum.isMember(_account(i))) continue;
            _eligible[_account(i)] = true;
            ++count;
        }
    }

    function _check(bytes32 uid, uint8 round, uint256 wanted) private {
        Seat[] memory seats = quorum.seatsOf(uid);
        uint256 count = 0;
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != round) continue;
            require(_eligible[seats[i].member], "was on the list and is not the prover");
            require(!_seated[seats[i].member], "sits once");
            _seated[seats[i].member] = true;
            ++count;
        }
        require(count == wanted, "the panel is full");
    }

    function _prover(uint256 seed, bool isMember) private pure returns (address) {
        return isMember ? _account(seed % ACCOUNTS) : address(0xbeef);
    }

    function _account(uint256 i) private pure returns (address) {
        return address(uint160(0x1000 + i));
    }
}
