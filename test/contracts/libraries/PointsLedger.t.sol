// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ICampaign} from "../../../contracts/interfaces/ICampaign.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {PointsLedger} from "../../../contracts/libraries/PointsLedger.sol";
import {Vm, vm} from "../Vm.sol";

contract PointsLedgerTest {
    using PointsLedger for PointsLedger.Ledger;

    struct Change {
        uint8 account;
        uint8 kind;
        uint32 amount;
        bytes32 subject;
    }

    uint256 private constant SEASON = 7;
    uint256 private constant ACCOUNTS = 3;

    PointsLedger.Ledger private _ledger;

    /// @dev Books by the definition, in signed numbers without bounds: what an account has less what it owes.
    mapping(address account => int256) private _balances;
    mapping(address account => uint256) private _verifierPoints;

    function testFuzz_KeepsTheBooks(Change[16] calldata changes) external {
        for (uint256 i = 0; i < changes.length; ++i) _apply(changes[i]);

        uint256 total = 0;
        uint256 participants = 0;
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            PointsLedger.Standing memory standing = _ledger.standings[_account(i)];
            int256 balance = _balances[_account(i)];
            require(int256(uint256(standing.points)) - int256(uint256(standing.owed)) == balance, "another balance");
            require(standing.points == 0 || standing.owed == 0, "has points while it owes");
            require(standing.verifierPoints == _verifierPoints[_account(i)], "other points as verifier");
            total += standing.points;
            if (standing.lastSeq != 0) ++participants;
        }
        require(_ledger.head.totalPoints == total, "another total");
        require(_ledger.head.participants == participants, "another number of participants");
    }

    /// @notice The events of each change say the ledger's head, entry by entry.
    function testFuzz_ChainsEveryEntry(Change[8] calldata changes) external {
        for (uint256 i = 0; i < changes.length; ++i) {
            PointsLedger.Head memory before = _ledger.head;
            vm.recordLogs();
            _apply(changes[i]);
            Vm.Log[] memory logs = vm.getRecordedLogs();
            bytes32 ledgerHash = before.ledgerHash;
            for (uint256 k = 0; k < logs.length; ++k) {
                ledgerHash = _chained(ledgerHash, changes[i], logs[k], before.seq + k + 1);
            }
            require(_ledger.head.ledgerHash == ledgerHash, "another hash");
            require(_ledger.head.seq == before.seq + logs.length, "another number of entries");
            if (logs.length != 0) {
                uint64 lastSeq = _ledger.standings[_account(changes[i].account)].lastSeq;
                require(lastSeq == _ledger.head.seq, "another last entry");
            }
        }
    }

    /// @notice The last of 2^32 - 1 accounts, of which each earned the most that a season allows, earns that too.
    function testFuzz_HoldsTheMostPointsOfEveryAccount(uint32 amount) external {
        uint64 most = type(uint32).max >> 1;
        amount = uint32(1 + (amount % most));
        _ledger.head.participants = type(uint32).max - 1;
        _ledger.head.totalPoints = most * (type(uint32).max - 1);
        _ledger.credit(SEASON, _account(0), "subject", PointsLedger.PROVER, amount);
        if (amount != most) _ledger.credit(SEASON, _account(0), "subject", PointsLedger.VERIFIER, most - amount);

        require(_ledger.head.totalPoints == most * type(uint32).max, "another total");
        require(_ledger.head.totalPoints < 1 << 63, "a total beyond 63 bits");
        require(_ledger.head.participants == type(uint32).max, "another number of participants");
    }

    function testFuzz_BoundsWhatIsOwed(uint256 penalty) external {
        penalty = PointsLedger.MAX_OWED + (penalty >> 8);
        _ledger.penalise(SEASON, _account(0), "subject", penalty);
        _ledger.penalise(SEASON, _account(0), "subject", penalty);

        require(_ledger.standings[_account(0)].owed == PointsLedger.MAX_OWED, "owes more or less than the most");
        require(_ledger.head.seq == 0, "an entry without a change of points");
    }

    function _apply(Change calldata change) private {
        address account = _account(change.account);
        if (change.kind % 3 == 0) {
            _ledger.penalise(SEASON, account, change.subject, change.amount);
            _balances[account] -= int256(uint256(change.amount));
            return;
        }
        uint8 reason = change.kind % 3 == 1 ? PointsLedger.PROVER : PointsLedger.VERIFIER;
        uint64 amount = 1 + uint64(change.amount);
        _ledger.credit(SEASON, account, change.subject, reason, amount);
        _balances[account] += int256(uint256(amount));
        if (reason == PointsLedger.VERIFIER) _verifierPoints[account] += amount;
    }

    function _chained(
        bytes32 previous,
        Change calldata change,
        Vm.Log memory log,
        uint256 number
    ) private pure returns (bytes32) {
        bool raised = log.topics[0] == ICampaign.PointsAwarded.selector;
        require(raised || log.topics[0] == ICampaign.PointsBurned.selector, "another event");
        require(uint256(log.topics[1]) == SEASON, "another season");
        require(log.topics[2] == bytes32(uint256(uint160(_account(change.account)))), "another account");
        require(log.topics[3] == change.subject, "another subject");
        (uint8 reason, uint64 amount, uint64 seq) = abi.decode(log.data, (uint8, uint64, uint64));
        require(amount != 0 && seq == number, "an empty entry, or another number");
        require(raised == (reason != PointsLedger.PENALTY), "another reason");
        int256 delta = raised ? int256(uint256(amount)) : -int256(uint256(amount));
        return Commitments.ledger(previous, SEASON, _account(change.account), change.subject, reason, delta, seq);
    }

    function _account(uint256 i) private pure returns (address) {
        return address(uint160(0x1000 + (i % ACCOUNTS)));
    }
}
