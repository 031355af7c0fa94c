// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PullPayments} from "./PullPayments.sol";
import {IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {ICover} from "./interfaces/ICover.sol";

/// @title Cover
/// @notice See `ICover`.
contract Cover is ICover, PullPayments {
    /// @inheritdoc ICover
    IAttestationRegistry public immutable registry;

    /// @inheritdoc ICover
    mapping(bytes32 uid => mapping(address beneficiary => mapping(address token => uint256))) public coverOf;

    /// @notice Starts without money.
    /// @param registry_ Whose attestations are covered.
    constructor(IAttestationRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc ICover
    function lock(bytes32 uid, address beneficiary, address token, uint128 amount) external payable {
        require(amount != 0, NoAmount(uid));
        require(beneficiary != address(0), NoBeneficiary(uid));
        Record memory record = registry.recordOf(uid);
        require(record.status == Status.Pending, CantCover(uid, uint8(record.status)));
        require(msg.sender == record.prover, IAttestationRegistry.NotTheProver(msg.sender, record.prover));
        require(record.method != 0 && !registry.methodAt(record.method).canVoid(), MethodCanVoid(uid, record.method));

        coverOf[uid][beneficiary][token] += amount;

        emit CoverLocked(uid, beneficiary, token, msg.sender, amount);

        _take(token, amount, 0);
    }

    /// @inheritdoc ICover
    function settle(bytes32 uid, address beneficiary, address token) external {
        Record memory record = registry.recordOf(uid);
        require(record.status > Status.Pending, AttestationNotFinal(uid));
        uint256 amount = coverOf[uid][beneficiary][token];
        require(amount != 0, NothingLocked(uid, beneficiary, token));
        address to = record.status == Status.Verified ? record.prover : beneficiary;

        coverOf[uid][beneficiary][token] = 0;

        emit CoverSettled(uid, beneficiary, token, to, amount);

        _credit(token, to, amount);
    }
}
