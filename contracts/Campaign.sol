// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Attestation, Batch, IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {AssignedInput, ICampaign, Season, Task, TaskRules} from "./interfaces/ICampaign.sol";
import {Model} from "./interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "./interfaces/IVerificationMethod.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Contexts} from "./libraries/Contexts.sol";
import {LayoutParts, Layouts} from "./libraries/Layouts.sol";
import {OrderedTree} from "./libraries/OrderedTree.sol";
import {PointsLedger} from "./libraries/PointsLedger.sol";
import {UnitBitmap} from "./libraries/UnitBitmap.sol";

/// @title Campaign
/// @notice See `ICampaign`.
contract Campaign is ICampaign, AccessManaged {
    using PointsLedger for PointsLedger.Ledger;
    using UnitBitmap for UnitBitmap.Bitmap;

    /// @dev Consecutive units of one account that an attestation is about.
    struct Units {
        uint256 seasonId;
        uint256 taskId;
        uint256 first;
        uint256 count;
        address account;
    }

    /// @inheritdoc ICampaign
    uint256 public constant VERIFIER_PERCENT = 60;

    /// @inheritdoc ICampaign
    uint256 public constant PENALTY_FACTOR = 10;

    /// @inheritdoc ICampaign
    uint8 public constant REASON_PROVER = PointsLedger.PROVER;

    /// @inheritdoc ICampaign
    uint8 public constant REASON_VERIFIER = PointsLedger.VERIFIER;

    /// @inheritdoc ICampaign
    uint8 public constant REASON_PENALTY = PointsLedger.PENALTY;

    uint256 private constant MAX_TASK_BYTES = 120_000;
    /// @dev With this bound, every task within all bounds can be added within a transaction's gas.
    uint256 private constant MAX_INPUTS = 30_000;
    /// @dev With this bound, no ledger can be filled: see `PointsLedger`.
    uint256 private constant MAX_ACCOUNT_POINTS = type(uint32).max >> 1;
    uint256 private constant SEED_DELAY = 2;

    /// @inheritdoc ICampaign
    IAttestationRegistry public immutable registry;

    /// @inheritdoc ICampaign
    uint64 public immutable closingMargin;

    /// @inheritdoc ICampaign
    uint256 public seasonCount;

    mapping(uint256 seasonId => Season) private _seasons;
    mapping(uint256 seasonId => mapping(uint256 taskId => Task)) private _tasks;
    mapping(uint256 seasonId => PointsLedger.Ledger) private _ledgers;
    mapping(uint256 seasonId => mapping(uint256 taskId => mapping(address account => UnitBitmap.Bitmap)))
        private _spent;
    mapping(bytes32 uid => bool) private _burned;

    /// @notice Starts without seasons.
    /// @param registry_ The registry whose attestations earn points.
    /// @param closingMargin_ Time for awards and burns after the last possible settlement, in seconds: at most a year.
    /// @param manager Who may draft and open seasons.
    constructor(IAttestationRegistry registry_, uint64 closingMargin_, address manager) AccessManaged(manager) {
        require(closingMargin_ <= 365 days, ImpossibleMargin(closingMargin_));
        registry = registry_;
        closingMargin = closingMargin_;
    }

    /* SEASONS */

    /// @inheritdoc ICampaign
    function draft(
        uint40 startsAt,
        uint40 endsAt,
        uint40 closesAt,
        uint64 verifierCap
    ) external restricted returns (uint256 seasonId) {
        seasonId = ++seasonCount;
        require(seasonId <= type(uint24).max, UnknownSeason(seasonId));

        Season storage season = _seasons[seasonId];
        season.organiser = msg.sender;
        season.startsAt = startsAt;
        season.endsAt = endsAt;
        season.closesAt = closesAt;
        season.verifierCap = verifierCap;
        season.mostPoints = _checkPoints(verifierCap);

        emit SeasonDrafted(seasonId, msg.sender, verifierCap);
    }

    /// @inheritdoc ICampaign
    function addTask(
        uint256 seasonId,
        TaskRules calldata rules,
        bytes calldata layoutBytes,
        bytes calldata inputs
    ) external returns (uint256 taskId) {
        Season storage season = _draftOfSender(seasonId);
        _checkRules(rules);
        season.mostPoints = _checkPoints(season.mostPoints + uint256(rules.points) * rules.unitsPerAccount);
        uint256 length = layoutBytes.length + inputs.length;
        require(length <= MAX_TASK_BYTES, TaskTooLarge(length, MAX_TASK_BYTES));
        (bytes32 headerHash, uint256 inputBytes) = _inputOf(rules.modelId, layoutBytes);
        _checkMethod(rules, layoutBytes);
        uint256 inputCount = inputs.length / inputBytes;
        require(inputCount != 0 && inputs.length % inputBytes == 0, InvalidInputsLength(inputs.length, inputBytes));
        require(inputCount <= MAX_INPUTS, TooManyInputs(inputCount, MAX_INPUTS));
        require(season.taskCount < type(uint24).max, TooManyTasks(seasonId));

        taskId = ++season.taskCount;
        _tasks[seasonId][taskId] = Task({
            modelId: rules.modelId,
            inputSetRoot: OrderedTree.root(OrderedTree.leavesOf(inputs, inputBytes)),
            inputHeaderHash: headerHash,
            points: rules.points,
            unitsPerAccount: rules.unitsPerAccount,
            inputCount: uint32(inputCount),
            inputBytes: uint32(inputBytes),
            method: rules.method,
            noise: rules.noise
        });

        _emitTaskAdded(seasonId, taskId, inputs);
    }

    /// @inheritdoc ICampaign
    function open(uint256 seasonId, string calldata uri) external restricted {
        Season storage season = _draftOfSender(seasonId);
        require(season.taskCount != 0, SeasonWithoutTasks(seasonId));
        uint64 needed = _longestOf(seasonId, season.taskCount) + closingMargin;
        require(
            season.startsAt >= block.timestamp &&
                season.endsAt > season.startsAt &&
                season.closesAt >= season.endsAt + needed,
            ImpossibleSchedule(season.startsAt, season.endsAt, season.closesAt, needed)
        );

        season.seedBlock = uint40(block.number + SEED_DELAY);

        emit SeasonOpened(seasonId, msg.sender, season.startsAt, season.endsAt, season.closesAt, uri);
    }

    /// @inheritdoc ICampaign
    function cancel(uint256 seasonId) external {
        _draftOfSender(seasonId).cancelled = true;

        emit SeasonCancelled(seasonId, msg.sender);
    }

    /// @inheritdoc ICampaign
    function seed(uint256 seasonId) external {
        Season storage season = _openSeason(seasonId);
        require(season.seed == 0, AlreadySeeded(seasonId));
        require(block.number > season.seedBlock, SeedNotReady(seasonId, season.seedBlock));

        bytes32 hash = blockhash(season.seedBlock);
        if (hash == 0) {
            season.seedBlock = uint40(block.number + SEED_DELAY);
            return;
        }
        season.seed = hash;
        season.seededAt = uint40(block.timestamp);

        emit SeasonSeeded(seasonId, hash);
    }

    /* AWARDS AND BURNS */

    /// @inheritdoc ICampaign
    function award(address account, Attestation calldata attestation, AssignedInput calldata input) external {
        require(account == attestation.prover, WrongAccount(account, attestation.prover));
        Units memory units = _unitsOf(attestation.prover, attestation.context, 1);
        Task storage task = _checkTask(units, attestation.modelId, attestation.method);
        bytes32 uid = registry.uidOf(attestation);
        _checkCounts(units.seasonId, uid, Status.Verified);
        IVerificationMethod method = registry.methodAt(attestation.method);
        if (!method.checksInput()) {
            (, bytes32 assigned) = _assignedInput(units, task, input);
            require(attestation.inputHash == assigned, WrongInput(attestation.inputHash, assigned));
        }

        _spend(units);
        _ledgers[units.seasonId].credit(units.seasonId, account, uid, REASON_PROVER, task.points);
        _awardVerifiers(units.seasonId, uid, task.points, method.verifiersOf(uid));
    }

    /// @inheritdoc ICampaign
    function awardBatch(address account, Batch calldata batch) external {
        require(account == batch.prover, WrongAccount(account, batch.prover));
        Units memory units = _unitsOf(batch.prover, batch.context, batch.count);
        Task storage task = _checkTask(units, batch.modelId, batch.method);
        bytes32 id = registry.batchIdOf(batch);
        _checkCounts(units.seasonId, id, Status.Verified);

        _spend(units);
        uint64 points = task.points * batch.count;
        _ledgers[units.seasonId].credit(units.seasonId, account, id, REASON_PROVER, points);
    }

    /// @inheritdoc ICampaign
    function burn(Attestation calldata attestation) external {
        Units memory units = _unitsOf(attestation.prover, attestation.context, 1);
        _burn(units, _checkTask(units, attestation.modelId, attestation.method), registry.uidOf(attestation));
    }

    /// @inheritdoc ICampaign
    function burnBatch(Batch calldata batch) external {
        Units memory units = _unitsOf(batch.prover, batch.context, batch.count);
        _burn(units, _checkTask(units, batch.modelId, batch.method), registry.batchIdOf(batch));
    }

    /* UNITS */

    /// @inheritdoc ICampaign
    function requireUnits(bytes32 modelId, uint8 method, bytes32 context, uint32 count) external view {
        Units memory units = _unitsOf(address(0), context, count);
        _checkTask(units, modelId, method);
        Season storage season = _seasons[units.seasonId];
        require(season.seededAt != 0, NotSeeded(units.seasonId));
        require(
            block.timestamp >= season.startsAt && block.timestamp < season.endsAt,
            SeasonNotRunning(units.seasonId, season.startsAt, season.endsAt)
        );
    }

    /// @inheritdoc ICampaign
    function assignedInput(
        address account,
        bytes32 context,
        AssignedInput calldata input
    ) external view returns (bytes memory assigned) {
        Units memory units = _unitsOf(account, context, 1);
        (assigned, ) = _assignedInput(units, _tasks[units.seasonId][units.taskId], input);
    }

    /// @inheritdoc ICampaign
    function isSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bool) {
        return _spent[seasonId][taskId][account].isSpent(unit);
    }

    /// @inheritdoc ICampaign
    function unitSeed(uint256 seasonId, uint256 taskId, address account, uint256 unit) public view returns (bytes32) {
        bytes32 seasonSeed = _seasons[seasonId].seed;
        require(seasonSeed != 0, NotSeeded(seasonId));
        return Commitments.unitSeed(seasonSeed, taskId, account, unit);
    }

    /* VIEWS */

    /// @inheritdoc ICampaign
    function seasonOf(uint256 seasonId) external view returns (Season memory) {
        require(_seasons[seasonId].organiser != address(0), UnknownSeason(seasonId));
        return _seasons[seasonId];
    }

    /// @inheritdoc ICampaign
    function taskOf(uint256 seasonId, uint256 taskId) external view returns (Task memory) {
        require(_tasks[seasonId][taskId].points != 0, UnknownTask(seasonId, taskId));
        return _tasks[seasonId][taskId];
    }

    /// @inheritdoc ICampaign
    function entryOf(
        uint256 seasonId,
        address account
    ) external view returns (uint64 points, uint64 lastSeq, uint64 owed) {
        PointsLedger.Standing storage standing = _ledgers[seasonId].standings[account];
        return (standing.points, standing.lastSeq, standing.owed);
    }

    /// @inheritdoc ICampaign
    function entriesOf(uint256 seasonId, address[] calldata accounts) external view returns (uint256[] memory entries) {
        PointsLedger.Ledger storage ledger = _ledgers[seasonId];
        entries = new uint256[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) entries[i] = ledger.entryOf(accounts[i]);
    }

    /// @inheritdoc ICampaign
    function verifierPointsOf(uint256 seasonId, address account) external view returns (uint64) {
        return _ledgers[seasonId].standings[account].verifierPoints;
    }

    /// @inheritdoc ICampaign
    function ledgerOf(
        uint256 seasonId
    ) external view returns (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash) {
        PointsLedger.Head storage head = _ledgers[seasonId].head;
        return (head.seq, head.participants, head.totalPoints, head.ledgerHash);
    }

    /* CHECKS OF SEASONS AND TASKS */

    function _draftOfSender(uint256 seasonId) private view returns (Season storage season) {
        season = _seasons[seasonId];
        require(season.organiser != address(0), UnknownSeason(seasonId));
        require(season.organiser == msg.sender, NotTheOrganiser(seasonId, msg.sender));
        require(season.seedBlock == 0, SeasonIsOpen(seasonId));
        require(!season.cancelled, SeasonIsCancelled(seasonId));
    }

    function _openSeason(uint256 seasonId) private view returns (Season storage season) {
        season = _seasons[seasonId];
        if (season.seedBlock != 0) return season;
        require(season.organiser != address(0), UnknownSeason(seasonId));
        revert SeasonNotOpen(seasonId);
    }

    function _checkRules(TaskRules calldata rules) private view {
        registry.methodAt(rules.method);
        require(
            rules.points != 0 && rules.unitsPerAccount != 0 && rules.noise <= 127,
            InvalidTask(rules.method, rules.points, rules.unitsPerAccount, rules.noise)
        );
    }

    /// @dev Checks what one account can earn in a season.
    function _checkPoints(uint256 points) private pure returns (uint32) {
        require(points <= MAX_ACCOUNT_POINTS, TooManyPoints(points, MAX_ACCOUNT_POINTS));
        return uint32(points);
    }

    function _checkMethod(TaskRules calldata rules, bytes calldata layoutBytes) private view {
        IVerificationMethod method = registry.methodAt(rules.method);
        address served = address(method.campaign());
        require(served == address(this), MethodOfAnotherCampaign(rules.method, served));
        method.requireModel(rules.modelId, layoutBytes);
    }

    function _emitTaskAdded(uint256 seasonId, uint256 taskId, bytes calldata inputs) private {
        Task memory task = _tasks[seasonId][taskId];
        emit TaskAdded(
            seasonId,
            taskId,
            task.modelId,
            task.method,
            task.points,
            task.unitsPerAccount,
            task.noise,
            task.inputCount,
            task.inputSetRoot,
            inputs
        );
    }

    /// @dev Hash of the model's input header and length of its data.
    function _inputOf(bytes32 modelId, bytes calldata layoutBytes) private view returns (bytes32, uint256) {
        Model memory model = registry.models().modelOf(modelId);
        require(keccak256(layoutBytes) == model.layoutHash, InvalidTaskInput(modelId));
        LayoutParts memory parts = Layouts.parse(layoutBytes);
        bytes calldata header = layoutBytes[parts.inputHeaderAt:parts.inputHeaderAt + parts.inputHeaderLength];
        (uint8 dtype, uint256 inputBytes) = Layouts.tensor(header);
        require(dtype == Layouts.INT8, InvalidTaskInput(modelId));
        return (keccak256(header), inputBytes);
    }

    function _longestOf(uint256 seasonId, uint256 taskCount) private view returns (uint64 longest) {
        for (uint256 taskId = 1; taskId <= taskCount; ++taskId) {
            uint64 duration = registry.methodAt(_tasks[seasonId][taskId].method).longest();
            if (duration > longest) longest = duration;
        }
    }

    /* CHECKS OF UNITS */

    /// @dev The units of this campaign that a context names; their task exists in an open season.
    function _unitsOf(address account, bytes32 context, uint32 count) private view returns (Units memory units) {
        address campaign;
        (campaign, units.seasonId, units.taskId, units.first) = Contexts.unitOf(context);
        require(Contexts.kind(context) == Contexts.UNIT && campaign == address(this) && count != 0, NotAUnit(context));
        _openSeason(units.seasonId);
        uint256 unitsPerAccount = _tasks[units.seasonId][units.taskId].unitsPerAccount;
        require(unitsPerAccount != 0, UnknownTask(units.seasonId, units.taskId));
        uint256 last = units.first + count - 1;
        require(last < unitsPerAccount, UnitOutOfRange(last, unitsPerAccount));
        units.count = count;
        units.account = account;
    }

    function _checkTask(Units memory units, bytes32 modelId, uint8 method) private view returns (Task storage task) {
        task = _tasks[units.seasonId][units.taskId];
        require(modelId == task.modelId, WrongModel(modelId, task.modelId));
        require(method == task.method, WrongMethod(method, task.method));
    }

    /// @dev Checks that the season isn't closed and that a recorded attestation counts in it with this status.
    function _checkCounts(uint256 seasonId, bytes32 id, Status expected) private view {
        Season storage season = _seasons[seasonId];
        (uint64 closesAt, uint64 from, uint64 until) = (season.closesAt, season.startsAt, season.endsAt);
        uint64 seededAt = season.seededAt;
        require(block.timestamp < closesAt, SeasonClosed(seasonId, closesAt));
        Record memory record = registry.recordOf(id);
        require(record.status == expected, WrongStatus(id, record.status, expected));
        require(seededAt != 0, NotSeeded(seasonId));
        if (seededAt > from) from = seededAt;
        require(record.attestedAt >= from && record.attestedAt < until, WrongTime(record.attestedAt, from, until));
    }

    /// @dev A unit's input, derived from the shown base input, and its tensor hash.
    function _assignedInput(
        Units memory units,
        Task storage task,
        AssignedInput calldata input
    ) private view returns (bytes memory assigned, bytes32 inputHash) {
        bytes32 seed_ = unitSeed(units.seasonId, units.taskId, units.account, units.first);
        uint256 index = uint256(seed_) % task.inputCount;
        require(
            keccak256(input.header) == task.inputHeaderHash &&
                OrderedTree.verify(
                    task.inputSetRoot,
                    task.inputCount,
                    index,
                    OrderedTree.leaf(index, input.base),
                    input.proof
                ),
            WrongBaseInput(index)
        );
        assigned = Commitments.assignedInput(seed_, input.base, task.noise);
        inputHash = Commitments.tensor(input.header, assigned);
    }

    /* POINTS */

    /// @dev Spends units; refuses if one of them was spent.
    function _spend(Units memory units) private {
        uint256 earlier = _bitmapOf(units).spend(units.first, units.count);
        require(earlier == UnitBitmap.NONE, UnitSpent(units.seasonId, units.taskId, units.account, earlier));
    }

    function _bitmapOf(Units memory units) private view returns (UnitBitmap.Bitmap storage) {
        return _spent[units.seasonId][units.taskId][units.account];
    }

    /// @dev Penalises a refuted attestation once and makes its units dead, paid or not.
    function _burn(Units memory units, Task storage task, bytes32 id) private {
        _checkCounts(units.seasonId, id, Status.Refuted);
        require(!_burned[id], AlreadyBurned(id));

        _burned[id] = true;
        _bitmapOf(units).spend(units.first, units.count);
        uint256 penalty = PENALTY_FACTOR * task.points * units.count;
        _ledgers[units.seasonId].penalise(units.seasonId, units.account, id, penalty);
    }

    /// @dev Verifiers share a part of the unit's points equally, each up to the season's cap.
    function _awardVerifiers(uint256 seasonId, bytes32 uid, uint64 points, address[] memory verifiers) private {
        if (verifiers.length == 0) return;
        uint256 share = (VERIFIER_PERCENT * points) / (100 * verifiers.length);
        uint64 cap = _seasons[seasonId].verifierCap;
        PointsLedger.Ledger storage ledger = _ledgers[seasonId];
        for (uint256 i = 0; i < verifiers.length; ++i) {
            uint256 left = cap - ledger.standings[verifiers[i]].verifierPoints;
            uint64 amount = uint64(share < left ? share : left);
            if (amount != 0) ledger.credit(seasonId, verifiers[i], uid, REASON_VERIFIER, amount);
        }
    }
}
