// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AssignedInput, ICampaign, TaskRules} from "../../../contracts/interfaces/ICampaign.sol";
import {Attestation, Record, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Contexts} from "../../../contracts/libraries/Contexts.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {CampaignBooks} from "./CampaignBooks.sol";
import {vm} from "../Vm.sol";

/// @notice Does to a running season whatever anyone may do, and knows beforehand whether it must succeed.
contract CampaignHandler is CampaignBooks {
    uint256 public constant TASKS = 3;
    uint256 public constant ACCOUNTS = 4;
    uint256 public constant UNITS = 3;
    uint64 public constant VERIFIER_CAP = 150;
    uint8 private constant METHOD = 1;

    MockMethod private _method = new MockMethod();
    uint256 private _startsAt;
    uint256 private _endsAt;
    uint256 private _closesAt;

    Attestation[] private _attestations;

    mapping(address account => uint256) public penaltiesOf;
    mapping(bytes32 uid => uint256) public burnsOf;
    mapping(address account => mapping(bytes32 context => bool)) private _spent;

    constructor() {
        registry.addMethod(_method);
        _method.setChecksInput(true);
        _startsAt = block.timestamp + 100;
        _endsAt = _startsAt + 1_000;
        _method.setLongest(600);
        _closesAt = _endsAt + 600 + CLOSING_MARGIN;
        campaign.draft(uint40(_startsAt), uint40(_endsAt), uint40(_closesAt), VERIFIER_CAP);
        for (uint256 task = 1; task <= TASKS; ++task) {
            campaign.addTask(SEASON, TaskRules(modelId, METHOD, pointsAt(task), uint32(UNITS), 1), layout, "base");
        }
        campaign.open(SEASON, "");
        vm.roll(block.number + 3);
        campaign.seed(SEASON);
        vm.warp(_startsAt - 50);
    }

    /// @notice A random account claims a random unit.
    function attest(uint256 who, uint256 task, uint256 unit, bytes32 answer) external {
        address account = accountAt(who % ACCOUNTS);
        bytes32 context = unitContext(SEASON, 1 + (task % TASKS), unit % (UNITS + 1));
        Attestation memory attestation = Attestation(account, METHOD, modelId, "input", context, answer);
        if (registry.statusOf(registry.uidOf(attestation)) != 0) return;
        commit(attestation);
        _attestations.push(attestation);
    }

    /// @notice The method settles a random attestation at random.
    function settle(uint256 which, uint8 outcome) external {
        if (_attestations.length == 0) return;
        bytes32 uid = registry.uidOf(_attestations[which % _attestations.length]);
        if (registry.statusOf(uid) != uint8(Status.Pending)) return;
        Status[4] memory outcomes = [Status.Verified, Status.Verified, Status.Refuted, Status.Void];
        vm.prank(address(_method));
        registry.settle(uid, outcomes[outcome % 4], address(this));
    }

    /// @notice From here on these verified everything.
    function setVerifiers(uint8 bits) external {
        uint256 count = 0;
        address[] memory verifiers = new address[](ACCOUNTS);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if ((bits >> i) & 1 == 1) verifiers[count++] = accountAt(i);
        }
        assembly ("memory-safe") {
            mstore(verifiers, count)
        }
        _method.setVerifiers(verifiers);
    }

    /// @notice Awards a random attestation, or tries to have another account paid for it.
    function award(uint256 which, uint256 who) external {
        if (_attestations.length == 0) return;
        Attestation memory attestation = _attestations[which % _attestations.length];
        bool astray = who % 8 == 0;
        address account = astray ? accountAt(who % ACCOUNTS) : attestation.prover;
        bool expected =
            account == attestation.prover &&
                _counts(attestation, Status.Verified) &&
                !_spent[account][attestation.context];
        vm.recordLogs();
        bool done = _try(
            abi.encodeCall(ICampaign.award, (account, attestation, AssignedInput("", "", new bytes32[](0))))
        );
        require(done == expected, "award must succeed exactly where the rules say so");
        if (done) _spent[account][attestation.context] = true;
        _book(attestation);
    }

    /// @notice Burns a random attestation.
    function burn(uint256 which) external {
        if (_attestations.length == 0) return;
        Attestation memory attestation = _attestations[which % _attestations.length];
        bytes32 uid = registry.uidOf(attestation);
        bool expected = _counts(attestation, Status.Refuted) && burnsOf[uid] == 0;
        vm.recordLogs();
        bool done = _try(abi.encodeCall(ICampaign.burn, (attestation)));
        require(done == expected, "burn must succeed exactly where the rules say so");
        if (done) {
            ++burnsOf[uid];
            _spent[attestation.prover][attestation.context] = true;
            penaltiesOf[attestation.prover] += 10 * pointsAt(taskOf(attestation.context));
        }
        _book(attestation);
    }

    /// @notice Lets up to four minutes pass, or rarely much of the season.
    function pass(uint16 time) external {
        uint256 then = block.timestamp + (time % 50 == 0 ? 1_000 : time % 240);
        vm.warp(then < _closesAt ? then : _closesAt);
    }

    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0x1000 + i));
    }

    function season() external view returns (ICampaign) {
        return campaign;
    }

    function attestations()
        external
        view
        returns (Attestation[] memory, Record[] memory records, bytes32[] memory uids)
    {
        records = new Record[](_attestations.length);
        uids = new bytes32[](_attestations.length);
        for (uint256 i = 0; i < uids.length; ++i) {
            uids[i] = registry.uidOf(_attestations[i]);
            records[i] = registry.recordOf(uids[i]);
        }
        return (_attestations, records, uids);
    }

    /// @dev What the rules say about season, unit, time and status.
    function _counts(Attestation memory attestation, Status status) private view returns (bool) {
        Record memory record = registry.recordOf(registry.uidOf(attestation));
        (, , , uint256 unit) = Contexts.unitOf(attestation.context);
        return
            record.status == status &&
            unit < UNITS &&
            record.attestedAt >= _startsAt &&
            record.attestedAt < _endsAt &&
            block.timestamp < _closesAt;
    }

    function _try(bytes memory call) private returns (bool done) {
        (done, ) = address(campaign).call(call);
    }
}

/// @notice What holds of a season whatever anyone does.
contract CampaignInvariants {
    CampaignHandler private _handler;
    ICampaign private _campaign;
    uint256 private _season;

    function setUp() external {
        _handler = new CampaignHandler();
        _campaign = _handler.season();
        _season = _handler.SEASON();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice The ledger's head is what its events say, seq by seq.
    function invariant_ledgerFollowsEvents() external view {
        (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash) = _campaign.ledgerOf(_season);
        require(seq == _handler.seq() && ledgerHash == _handler.ledgerHash(), "the ledger is not its events");
        uint256 sum = 0;
        uint256 entries = 0;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            (uint64 points, uint64 lastSeq, ) = _campaign.entryOf(_season, _handler.accountAt(i));
            sum += points;
            if (lastSeq != 0) ++entries;
        }
        require(sum == totalPoints, "the sum of entries is not the total");
        require(entries == participants, "participants are not the accounts with an entry");
    }

    /// @notice Every entry is the sum of its changes; penalties are collected or owed.
    function invariant_entriesAddUp() external view {
        uint256 most = _campaign.seasonOf(_season).mostPoints;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) {
            address account = _handler.accountAt(i);
            (uint64 points, uint64 lastSeq, uint64 owed) = _campaign.entryOf(_season, account);
            uint64 verifierPoints = _campaign.verifierPointsOf(_season, account);
            require(points == _handler.pointsOf(account), "points are not the sum of changes");
            require(lastSeq == _handler.lastSeqOf(account), "lastSeq is not the last change");
            require(_handler.burnedOf(account) + owed == _handler.penaltiesOf(account), "a penalty is lost or doubled");
            require(owed == 0 || points == 0, "points are kept by an account that owes");
            require(verifierPoints == _handler.verifierPointsOf(account), "verifier points are not what was paid");
            require(verifierPoints <= _handler.VERIFIER_CAP(), "a verifier is above the cap");
            require(points + _handler.burnedOf(account) <= most, "more is earned than one account can earn");
        }
    }

    /// @notice Points come from Verified attestations only, each unit's once; Refuted ones burn at most once.
    function invariant_onlyVerifiedUnitsPay() external view {
        (Attestation[] memory attestations, Record[] memory records, bytes32[] memory uids) = _handler.attestations();
        uint256 paid = 0;
        for (uint256 i = 0; i < attestations.length; ++i) {
            Attestation memory attestation = attestations[i];
            uint256 payments = _handler.paymentsOf(attestation.prover, attestation.context);
            bool verified = records[i].status == Status.Verified;
            uint256 share = _handler.verifiersShareOf(uids[i]);
            uint256 burns = _handler.burnsOf(uids[i]);
            require(payments <= 1, "a unit is paid twice");
            require(payments == 0 || _hasVerified(attestations, records, attestation), "an unverified unit is paid");
            require(share == 0 || verified, "verifiers are paid for an attestation that is not Verified");
            require(100 * share <= 60 * uint256(_handler.pointsAt(_handler.taskOf(attestation.context))), "above 60%");
            require(burns == 0 || (burns == 1 && records[i].status == Status.Refuted), "a burn without a refutation");
            paid += share;
        }
        uint256 earned = 0;
        for (uint256 i = 0; i < _handler.ACCOUNTS(); ++i) earned += _handler.verifierPointsOf(_handler.accountAt(i));
        require(paid == earned, "verifiers are paid for nothing");
    }

    function _hasVerified(
        Attestation[] memory attestations,
        Record[] memory records,
        Attestation memory unit
    ) private pure returns (bool) {
        for (uint256 i = 0; i < attestations.length; ++i) {
            if (
                records[i].status == Status.Verified &&
                attestations[i].prover == unit.prover &&
                attestations[i].context == unit.context
            ) return true;
        }
        return false;
    }
}
