// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Attestation, IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {AssignedInput, ICampaign, Season, Task, TaskRules} from "./interfaces/ICampaign.sol";
import {Model} from "./interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "./interfaces/IVerificationMethod.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Contexts} from "./libraries/Contexts.sol";
import {LayoutParts, Layouts} from "./libraries/Layouts.sol";
import {OrderedTree} from "./libraries/OrderedTree.sol";

contract Campaign is ICampaign, AccessManaged {
    using BitMaps for BitMaps.BitMap;

    /// @dev An account's standing in a season: one slot.
    struct Entry {
        uint64 points;
        uint64 lastSeq;
        uint64 owed;
        uint64 verifierPoints;
    }

    /// @dev The head of a season's ledger; all but the hash in one slot.
    struct Ledger {
        uint64 seq;
        uint32 participants;
        uint64 totalPoints;
        bytes32 ledgerHash;
    }

    uint8 private constant REASON_PROVER = 1;
    uint8 private constant REASON_VERIFIER = 2;
    uint8 private constant REASON_PENALTY = 5;

    uint256 private constant VERIFIER_PERCENT = 60;
    uint256 private constant PENALTY_FACTOR = 10;
    uint256 private constant MAX_POINTS = type(uint64).max >> 1;
    uint256 private constant MAX_INPUTS = 120_000;
    uint256 private constant SEED_DELAY = 2;

    /// @inheritdoc ICampaign
    IAttestationRegistry public immutable registry;

    /// @inheritdoc ICampaign
    uint64 public immutable closingMargin;

    /// @inheritdoc ICampaign
    uint256 public seasonCount;

    mapping(uint256 seasonId => Season) private _seasons;
    mapping(uint256 seasonId => mapping(uint256 taskId => Task)) private _tasks;
    mapping(uint256 seasonId => Ledger) private _ledgers;
    mapping(uint256 seasonId => mapping(address account => Entry)) private _entries;
    mapping(uint256 seasonId => mapping(uint256 taskId => mapping(address account => BitMaps.BitMap))) private _spent;
    mapping(bytes32 uid => bool) private _burned;

    /// @param registry_ Where the statements stand that earn points.
    /// @param closingMargin_ Time for awards and burns after the last possible settlement, in seconds: at most a year.
    /// @param manager Who may draft and open seasons.
    constructor(IAttestationRegistry registry_, uint64 closingMargin_, address manager) AccessManaged(manager) {
        require(closingMargin_ <= 365 days, ImpossibleMargin(closingMargin_));
        registry = registry_;
        closingMargin = closingMargin_;
    }

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
        (bytes32 headerHash, uint256 inputBytes) = _inputOf(rules.modelId, layoutBytes);
        require(
            inputs.length != 0 && inputs.length <= MAX_INPUTS && inputs.length % inputBytes == 0,
            InvalidInputsLength(inputs.length, inputBytes)
        );
        require(season.taskCount < type(uint24).max, TooManyTasks(seasonId));

        taskId = ++season.taskCount;
        _tasks[seasonId][taskId] = Task({
            modelId: rules.modelId,
            inputSetRoot: OrderedTree.root(OrderedTree.leavesOf(inputs, inputBytes)),
            inputHeaderHash: headerHash,
            points: rules.points,
            unitsPerAccount: rules.unitsPerAccount,
            inputCount: uint32(inputs.length / inputBytes),
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

    /// @inheritdoc ICampaign
    function award(address account, Attestation calldata statement, AssignedInput calldata input) external {
        (uint256 seasonId, uint256 taskId, uint256 unit) = _unitOf(statement);
        require(account == statement.prover, WrongAccount(account, statement.prover));
        Task storage task = _tasks[seasonId][taskId];
        bytes32 uid = _countingStatement(seasonId, task, statement, Status.Verified);
        IVerificationMethod method = registry.methodAt(statement.method);
        if (!method.checksInput())
            _checkInput(task, statement.inputHash, unitSeed(seasonId, taskId, account, unit), input);
        _spend(seasonId, taskId, account, unit);

        _award(seasonId, account, uid, REASON_PROVER, task.points);
        _awardVerifiers(seasonId, uid, task.points, method.verifiersOf(uid));
    }

    /// @inheritdoc ICampaign
    function burn(Attestation calldata statement) external {
        (uint256 seasonId, uint256 taskId, uint256 unit) = _unitOf(statement);
        Task storage task = _tasks[seasonId][taskId];
        bytes32 uid = _countingStatement(seasonId, task, statement, Status.Refuted);
        require(!_burned[uid], AlreadyBurned(uid));

        _burned[uid] = true;
        _spent[seasonId][taskId][statement.prover].set(unit);

        Entry storage entry = _entries[seasonId][statement.prover];
        uint256 owed = entry.owed + PENALTY_FACTOR * task.points;
        entry.owed = uint64(owed < MAX_POINTS ? owed : MAX_POINTS);
        _collect(seasonId, statement.prover, uid, entry.points);
    }

    /// @inheritdoc ICampaign
    function requireUnit(Attestation calldata statement) external view {
        (uint256 seasonId, uint256 taskId, ) = _unitOf(statement);
        _checkTask(_tasks[seasonId][taskId], statement);
        Season storage season = _seasons[seasonId];
        require(season.seed != 0, NotSeeded(seasonId));
        require(
            block.timestamp >= season.startsAt && block.timestamp < season.endsAt,
            SeasonNotRunning(seasonId, season.startsAt, season.endsAt)
        );
    }

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
        Entry storage entry = _entries[seasonId][account];
        return (entry.points, entry.lastSeq, entry.owed);
    }

    /// @inheritdoc ICampaign
    function verifierPointsOf(uint256 seasonId, address account) external view returns (uint64) {
        return _entries[seasonId][account].verifierPoints;
    }

    /// @inheritdoc ICampaign
    function ledgerOf(
        uint256 seasonId
    ) external view returns (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash) {
        Ledger storage ledger = _ledgers[seasonId];
        return (ledger.seq, ledger.participants, ledger.totalPoints, ledger.ledgerHash);
    }

    /// @inheritdoc ICampaign
    function isSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bool) {
        return _spent[seasonId][taskId][account].get(unit);
    }

    /// @inheritdoc ICampaign
    function unitSeed(uint256 seasonId, uint256 taskId, address account, uint256 unit) public view returns (bytes32) {
        bytes32 seasonSeed = _seasons[seasonId].seed;
        require(seasonSeed != 0, NotSeeded(seasonId));
        return Commitments.unitSeed(seasonSeed, taskId, account, unit);
    }

    function _draftOfSender(uint256 seasonId) private view returns (Season storage season) {
        season = _seasons[seasonId];
        require(season.organiser != address(0), UnknownSeason(seasonId));
        require(season.organiser == msg.sender, NotTheOrganiser(seasonId, msg.sender));
        require(season.seedBlock == 0, SeasonIsOpen(seasonId));
    }

    function _openSeason(uint256 seasonId) private view returns (Season storage season) {
        season = _seasons[seasonId];
        require(season.organiser != address(0), UnknownSeason(seasonId));
        require(season.seedBlock != 0, SeasonNotOpen(seasonId));
    }

    function _checkRules(TaskRules calldata rules) private view {
        registry.methodAt(rules.method);
        require(
            rules.points != 0 &&
                rules.unitsPerAccount != 0 &&
                rules.noise >= 1 &&
                rules.noise <= 127 &&
                PENALTY_FACTOR * rules.points * rules.unitsPerAccount <= MAX_POINTS,
            InvalidTask(rules.method, rules.points, rules.unitsPerAccount, rules.noise)
        );
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

    /// @dev Season, task and unit of a statement for a unit of this campaign; the task exists in an open season.
    function _unitOf(
        Attestation calldata statement
    ) private view returns (uint256 seasonId, uint256 taskId, uint256 unit) {
        address campaign;
        (campaign, seasonId, taskId, unit) = Contexts.unitOf(statement.context);
        require(
            Contexts.kind(statement.context) == Contexts.UNIT && campaign == address(this),
            NotAUnit(statement.context)
        );
        _openSeason(seasonId);
        uint256 units = _tasks[seasonId][taskId].unitsPerAccount;
        require(units != 0, UnknownTask(seasonId, taskId));
        require(unit < units, UnitOutOfRange(unit, units));
    }

    function _checkTask(Task storage task, Attestation calldata statement) private view {
        require(statement.modelId == task.modelId, WrongModel(statement.modelId, task.modelId));
        require(statement.method == task.method, WrongMethod(statement.method, task.method));
    }

    /// @dev Checks that the season isn't closed and that a recorded statement counts in it with this status.
    function _countingStatement(
        uint256 seasonId,
        Task storage task,
        Attestation calldata statement,
        Status expected
    ) private view returns (bytes32 uid) {
        Season storage season = _seasons[seasonId];
        require(block.timestamp < season.closesAt, SeasonClosed(seasonId, season.closesAt));
        _checkTask(task, statement);
        uid = registry.uidOf(statement);
        Record memory record = registry.recordOf(uid);
        require(record.status == expected, WrongStatus(uid, record.status, expected));
        require(season.seed != 0, NotSeeded(seasonId));
        uint64 from = season.startsAt > season.seededAt ? season.startsAt : season.seededAt;
        require(
            record.attestedAt >= from && record.attestedAt < season.endsAt,
            WrongTime(record.attestedAt, from, season.endsAt)
        );
    }

    /// @dev Derives the assigned input from the shown base input and compares its hash.
    function _checkInput(
        Task storage task,
        bytes32 inputHash,
        bytes32 seed_,
        AssignedInput calldata input
    ) private view {
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
        bytes32 assigned = Commitments.tensor(input.header, Commitments.assignedInput(seed_, input.base, task.noise));
        require(inputHash == assigned, WrongInput(inputHash, assigned));
    }

    function _spend(uint256 seasonId, uint256 taskId, address account, uint256 unit) private {
        BitMaps.BitMap storage spent = _spent[seasonId][taskId][account];
        require(!spent.get(unit), UnitSpent(seasonId, taskId, account, unit));
        spent.set(unit);
    }

    /// @dev Verifiers share a part of the unit's points evenly, each up to the season's cap.
    function _awardVerifiers(uint256 seasonId, bytes32 uid, uint64 points, address[] memory verifiers) private {
        if (verifiers.length == 0) return;
        uint256 share = (uint256(points) * VERIFIER_PERCENT) / (100 * verifiers.length);
        uint64 cap = _seasons[seasonId].verifierCap;
        for (uint256 i = 0; i < verifiers.length; ++i) {
            Entry storage entry = _entries[seasonId][verifiers[i]];
            uint256 left = cap - entry.verifierPoints;
            uint64 amount = uint64(share < left ? share : left);
            if (amount == 0) continue;
            entry.verifierPoints += amount;
            _award(seasonId, verifiers[i], uid, REASON_VERIFIER, amount);
        }
    }

    /// @dev Credits in full, then takes what the account owes.
    function _award(uint256 seasonId, address account, bytes32 subject, uint8 reason, uint64 amount) private {
        Ledger storage ledger = _ledgers[seasonId];
        require(ledger.totalPoints + uint256(amount) <= MAX_POINTS, PointsOverflow(seasonId));
        Entry storage entry = _entries[seasonId][account];
        entry.points += amount;
        ledger.totalPoints += amount;

        uint64 seq = _write(seasonId, ledger, entry, account, subject, reason, int256(uint256(amount)));

        emit PointsAwarded(seasonId, account, subject, reason, amount, seq);

        _collect(seasonId, account, subject, amount);
    }

    /// @dev Burns what the account owes, `most` at the most.
    function _collect(uint256 seasonId, address account, bytes32 subject, uint64 most) private {
        Entry storage entry = _entries[seasonId][account];
        uint64 amount = entry.owed < most ? entry.owed : most;
        if (amount == 0) return;
        Ledger storage ledger = _ledgers[seasonId];
        entry.owed -= amount;
        entry.points -= amount;
        ledger.totalPoints -= amount;

        uint64 seq = _write(seasonId, ledger, entry, account, subject, REASON_PENALTY, -int256(uint256(amount)));

        emit PointsBurned(seasonId, account, subject, REASON_PENALTY, amount, seq);
    }

    /// @dev Appends a point change to the ledger.
    function _write(
        uint256 seasonId,
        Ledger storage ledger,
        Entry storage entry,
        address account,
        bytes32 subject,
        uint8 reason,
        int256 delta
    ) private returns (uint64 seq) {
        if (entry.lastSeq == 0) ++ledger.participants;
        seq = ++ledger.seq;
        entry.lastSeq = seq;
        ledger.ledgerHash = Commitments.ledger(ledger.ledgerHash, seasonId, account, subject, reason, delta, seq);
    }
}
