// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Attestation} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {ICampaign} from "../../../contracts/interfaces/ICampaign.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {Contexts} from "../../../contracts/libraries/Contexts.sol";
import {Protocol} from "../Protocol.sol";
import {Vm, vm} from "../Vm.sol";

/// @notice Books of a season, kept from its events alone.
abstract contract CampaignBooks is Protocol {
    uint256 public constant SEASON = 1;

    uint64 public seq;
    bytes32 public ledgerHash;
    mapping(address account => uint256) public pointsOf;
    mapping(address account => uint256) public lastSeqOf;
    mapping(address account => uint256) public burnedOf;
    mapping(address account => uint256) public verifierPointsOf;
    /// @notice What verifiers were paid for an attestation.
    mapping(bytes32 uid => uint256) public verifiersShareOf;
    /// @notice How often a prover was paid for a unit.
    mapping(address account => mapping(bytes32 context => uint256)) public paymentsOf;

    function pointsAt(uint256 task) public pure returns (uint64) {
        return uint64([0, 1, 33, 400][task]);
    }

    function taskOf(bytes32 context) public pure returns (uint256 task) {
        (, , task, ) = Contexts.unitOf(context);
    }

    /// @dev Enters the point changes that a call on `attestation` reported.
    function _book(Attestation memory attestation) internal {
        bytes32 uid = registry.uidOf(attestation);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bool raised = logs[i].topics[0] == ICampaign.PointsAwarded.selector;
            require(raised || logs[i].topics[0] == ICampaign.PointsBurned.selector, "only points may change");
            require(uint256(logs[i].topics[1]) == SEASON && logs[i].topics[3] == uid, "of this season and attestation");
            _enter(attestation, uid, address(uint160(uint256(logs[i].topics[2]))), raised, logs[i].data);
        }
    }

    function _enter(
        Attestation memory attestation,
        bytes32 uid,
        address account,
        bool raised,
        bytes memory data
    ) private {
        (uint8 reason, uint64 amount, uint64 number) = abi.decode(data, (uint8, uint64, uint64));
        require(amount != 0, "a zero change makes no entry");
        require(number == ++seq, "seq has no gap");
        require(raised ? reason == 1 || reason == 2 : reason == 5, "a reason that fits");
        int256 delta = raised ? int256(uint256(amount)) : -int256(uint256(amount));
        ledgerHash = Commitments.ledger(ledgerHash, SEASON, account, uid, reason, delta, seq);
        lastSeqOf[account] = seq;
        if (!raised) {
            pointsOf[account] -= amount;
            burnedOf[account] += amount;
            return;
        }
        pointsOf[account] += amount;
        if (reason == 1) {
            require(account == attestation.prover, "only the prover is paid as one");
            require(amount == pointsAt(taskOf(attestation.context)), "a prover is paid its task's points");
            ++paymentsOf[account][attestation.context];
        } else {
            verifierPointsOf[account] += amount;
            verifiersShareOf[uid] += amount;
        }
    }
}
