// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Bond} from "../../../contracts/interfaces/IBonds.sol";
import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Case, Seat, SeatState} from "../../../contracts/interfaces/IQuorum.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {vm} from "../Vm.sol";
import {QuorumProtocol} from "./QuorumProtocol.sol";

/// @notice Accounts that are provers and verifiers at once do whatever they like; an oracle says how each attestation must
/// end and what it must cost whom.
contract QuorumHandler is QuorumProtocol {
    uint256 public constant ACCOUNTS = 10;
    uint256 private constant MONEY = 100_000;

    bytes32[] private _uids;
    mapping(bytes32 uid => Attestation) private _attestations;
    uint256 public open;
    uint256 public burned;

    mapping(address account => uint256) public stakeOf;
    mapping(address account => uint256) public depositsOf;
    mapping(address account => int256) public gainOf;

    constructor() {
        _deploy(2, 3);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            _deposit(accountAt(i), MONEY);
            if (i < ACCOUNTS - 1) join(i);
        }
        _next(1);
    }

    function join(uint256 who) public {
        address account = accountAt(who % ACCOUNTS);
        if (quorum.isMember(account) || stakeOf[account] != 0) return;
        vm.prank(account);
        quorum.join();
        stakeOf[account] = BOND;
    }

    function quit(uint256 who) external {
        address account = accountAt(who % ACCOUNTS);
        if (quorum.isMember(account) && quorum.memberCount() > 5) _quit(account);
    }

    function release(uint256 who) external {
        address account = accountAt(who % ACCOUNTS);
        vm.prank(account);
        (bool done, ) = address(quorum).call(abi.encodeCall(quorum.release, ()));
        if (done) stakeOf[account] = 0;
    }

    function attest(uint256 who, bytes32 inputHash) external {
        Attestation memory attestation = _attestation(accountAt(who % ACCOUNTS), inputHash);
        if (quorum.memberCount() < 4 || registry.statusOf(registry.uidOf(attestation)) != 0) return;
        _next(1);
        bytes32 uid = commit(attestation);
        _uids.push(uid);
        _attestations[uid] = attestation;
        depositsOf[attestation.prover] += quorum.depositPerAttestation();
        ++open;
    }

    /// @notice Some attestations go a step further, each participant doing its part or not.
    function advance(uint256 which, uint256 random) external {
        for (uint256 i = 0; i < 8 && _uids.length != 0; ++i) {
            _advance(_uids[((which % _uids.length) + i) % _uids.length], uint256(keccak256(abi.encode(random, i))));
        }
    }

    function pass(uint8 time) external {
        vm.warp(block.timestamp + (time % 50));
        _next(time % 16 == 0 ? 300 : 1);
    }

    /// @notice Rarely, nobody does anything until all bonds are free.
    function sleep(uint8 times) external {
        if (times % 4 != 0) return;
        for (uint256 i = 0; i < _uids.length; ++i) {
            while (!quorum.caseOf(_uids[i]).done) {
                Case memory c = quorum.caseOf(_uids[i]);
                uint256 end = c.drawn ? c.revealUntil : c.drawUntil;
                if (block.timestamp < end) vm.warp(end);
                _settle(_uids[i]);
            }
        }
        vm.warp(block.timestamp + 2 * quorum.longest());
    }

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0x1000 + i));
    }

    function bondOf(address account) external view returns (Bond memory) {
        return bonds.bondOf(address(quorum), account);
    }

    /// @notice What an account has, in every state, beyond what it was given.
    function balanceOf(address account) external view returns (int256) {
        Bond memory bond = bonds.bondOf(address(quorum), account);
        return int256(bond.free + bond.locked + bonds.claimableOf(account)) - int256(MONEY);
    }

    function money() external view returns (uint256 atBonds, uint256 held, uint256 burnedThere) {
        return (address(bonds).balance, bonds.held(), bonds.burned());
    }

    function _advance(bytes32 uid, uint256 random) private {
        Case memory c = quorum.caseOf(uid);
        if (c.done) return;
        if (!c.drawn) _draw(uid, c, random);
        else if (block.timestamp < c.commitUntil) _commit(uid, c, random);
        else if (block.timestamp < c.revealUntil) _reveal(uid, c, random);
        else _settle(uid);
    }

    function _draw(bytes32 uid, Case memory c, uint256 random) private {
        if (block.timestamp >= c.drawUntil) return _settle(uid);
        if (block.number <= c.drawBlock) vm.roll(c.drawBlock + (random % 16 == 0 ? 257 : 1));
        uint256 seats = quorum.seatsOf(uid).length;
        quorum.draw(uid);
        Case memory drawn = quorum.caseOf(uid);
        if (drawn.done) _end(uid, Status.Void, 0);
        else if (drawn.drawn) require(quorum.seatsOf(uid).length == seats + (c.round == 1 ? 2 : 3), "a full panel");
    }

    function _commit(bytes32 uid, Case memory c, uint256 random) private {
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != c.round || seats[i].state != SeatState.Drawn) continue;
            random = uint256(keccak256(abi.encode(random)));
            if (random % 6 == 0) continue;
            bytes32 vote = keccak256(
                abi.encode(uid, c.round, seats[i].member, _vote(uid, seats[i].member), bytes32(0))
            );
            vm.prank(seats[i].member);
            quorum.commit(uid, vote);
        }
        if (random % 4 == 0 && block.timestamp < quorum.caseOf(uid).commitUntil)
            vm.warp(quorum.caseOf(uid).commitUntil);
    }

    function _reveal(bytes32 uid, Case memory c, uint256 random) private {
        Seat[] memory seats = quorum.seatsOf(uid);
        if (!c.proverRevealed && random % 8 != 0) _openAnswer(_attestations[uid]);
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != c.round || seats[i].state != SeatState.Committed) continue;
            random = uint256(keccak256(abi.encode(random)));
            if (random % 12 == 0) continue;
            vm.prank(seats[i].member);
            quorum.reveal(uid, _vote(uid, seats[i].member), 0);
        }
        if (random % 8 == 0) vm.warp(c.revealUntil);
        else if (_isComplete(uid)) _settle(uid);
    }

    function _isComplete(bytes32 uid) private view returns (bool) {
        Case memory c = quorum.caseOf(uid);
        return c.proverRevealed && c.committed == c.revealed;
    }

    /// @dev Most attestations have a camp that most members follow.
    function _vote(bytes32 uid, address member) private pure returns (bytes32) {
        uint256 random = uint256(keccak256(abi.encode(uid, member)));
        bytes32[4] memory votes = [OUTPUT, bytes32("wrong"), Commitments.INVALID, Commitments.UNAVAILABLE];
        return random % 3 == 0 ? votes[(random >> 8) % 4] : votes[uint256(uid) % 4];
    }

    function _settle(bytes32 uid) private {
        Case memory c = quorum.caseOf(uid);
        Seat[] memory seats = quorum.seatsOf(uid);
        quorum.settle(uid);
        if (!c.drawn) return _end(uid, Status.Void, 0);
        if (!c.proverRevealed) return _end(uid, Status.Refuted, 0);
        for (uint256 i = 0; i < seats.length; ++i) {
            if (seats[i].round != c.round || seats[i].state != SeatState.Revealed) continue;
            uint256 equal = 0;
            for (uint256 k = 0; k < seats.length; ++k) {
                if (seats[k].round == c.round && seats[k].state == SeatState.Revealed && seats[k].vote == seats[i].vote)
                    ++equal;
            }
            if (2 * equal <= (c.round == 1 ? 2 : 3)) continue;
            if (seats[i].vote == OUTPUT) return _end(uid, Status.Verified, OUTPUT);
            if (seats[i].vote == Commitments.UNAVAILABLE) return _end(uid, Status.Void, 0);
            return _end(uid, Status.Refuted, seats[i].vote);
        }
        if (c.round == 2) return _end(uid, Status.Void, 0);
        require(registry.statusOf(uid) == uint8(Status.Pending) && quorum.caseOf(uid).round == 2, "a second round");
    }

    /// @dev Checks how an attestation ended and books what that costs: free-standing work always pays who did its part.
    function _end(bytes32 uid, Status expected, bytes32 winner) private {
        require(registry.statusOf(uid) == uint8(expected), "the votes say otherwise");
        --open;
        address prover = _attestations[uid].prover;
        depositsOf[prover] -= quorum.depositPerAttestation();
        Seat[] memory seats = quorum.seatsOf(uid);
        for (uint256 i = 0; i < seats.length; ++i) {
            address member = seats[i].member;
            if (seats[i].state != SeatState.Revealed || (winner != 0 && seats[i].vote != winner)) {
                uint256 penalty = stakeOf[member] < PENALTY ? stakeOf[member] : PENALTY;
                stakeOf[member] -= penalty;
                gainOf[member] -= int256(penalty);
                burned += penalty;
                require(stakeOf[member] >= PENALTY || !quorum.isMember(member), "a member that can't cover a penalty");
            } else {
                gainOf[member] += int256(uint256(FEE));
                gainOf[prover] -= int256(uint256(FEE));
            }
        }
    }
}

/// @notice What holds of everybody's money whatever anyone does.
contract QuorumInvariants {
    QuorumHandler private _handler;

    function setUp() external {
        _handler = new QuorumHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice Locked is what is at stake as a verifier, and the deposits of open attestations: nothing else, never less.
    function invariant_locksAreAccountedFor() external view {
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            address account = _handler.accountAt(i);
            uint256 expected = _handler.stakeOf(account) + _handler.depositsOf(account);
            require(_handler.bondOf(account).locked == expected, "a lock is lost or eaten");
        }
    }

    /// @notice Nobody loses more than its penalties and the fees of its own attestations.
    function invariant_nobodyLosesMore() external view {
        int256 sum = 0;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            address account = _handler.accountAt(i);
            require(_handler.balanceOf(account) == _handler.gainOf(account), "money went astray");
            sum += _handler.gainOf(account);
        }
        (uint256 atBonds, uint256 held, uint256 burned) = _handler.money();
        require(burned == _handler.burned() && sum == -int256(burned), "only penalties leave");
        require(atBonds == held + burned, "money in is not money held and burned");
    }
}
