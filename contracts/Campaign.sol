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

contract Campaign is ICampaign, AccessManaged {
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

    /// @dev What an attestation changes of an account's standing and its season's ledger: loaded once, stored once.
    struct Page {
        uint256 seasonId;
        address account;
        bytes32 subject;
        Entry entry;
        Ledger ledger;
    }

    /// @dev Consecutive units of one account that an attestation is about.
    struct Units {
        uint256 seasonId;
        uint256 taskId;
        uint256 first;
        uint256 count;
        address account;
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
    mapping(uint256 seasonId => mapping(uint256 taskId => mapping(address account => mapping(uint256 word => uint256 bits))))
        private _spent;
    mapping(bytes32 uid => bool) private _burned;

    /// @param registry_ Where the attestations stand that earn points.
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
        _award(units.seasonId, account, uid, REASON_PROVER, task.points);
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
        _award(units.seasonId, account, id, REASON_PROVER, task.points * batch.count);
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
        return (_spent[seasonId][taskId][account][unit >> 8] >> (unit & 0xff)) & 1 == 1;
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
        if (season.seedBlock != 0) return season;
        require(season.organiser != address(0), UnknownSeason(seasonId));
        revert SeasonNotOpen(seasonId);
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

    /// @dev Marks units as paid, a word of the bitmap at a time; refuses if one of them was spent.
    function _spend(Units memory units) private {
        mapping(uint256 word => uint256 bits) storage spent = _spent[units.seasonId][units.taskId][units.account];
        uint256 end = units.first + units.count;
        for (uint256 unit = units.first; unit < end;) {
            (uint256 mask, uint256 next) = _maskOf(unit, end);
            uint256 bits = spent[unit >> 8];
            if (bits & mask != 0) _refuseSpent(units, bits & mask, unit >> 8);
            spent[unit >> 8] = bits | mask;
            unit = next;
        }
    }

    /// @dev The bits of the units from `unit` to the end of its word or to `end`, and the unit after them.
    function _maskOf(uint256 unit, uint256 end) private pure returns (uint256 mask, uint256 next) {
        next = (unit | 0xff) + 1;
        if (next > end) next = end;
        mask = (type(uint256).max >> (256 - (next - unit))) << (unit & 0xff);
    }

    /// @dev Names the first unit that was spent.
    function _refuseSpent(Units memory units, uint256 bits, uint256 word) private pure {
        uint256 unit = word << 8;
        while ((bits >> (unit & 0xff)) & 1 == 0) ++unit;
        revert UnitSpent(units.seasonId, units.taskId, units.account, unit);
    }

    /// @dev Penalises a refuted attestation once and makes its units dead, paid or not.
    function _burn(Units memory units, Task storage task, bytes32 id) private {
        _checkCounts(units.seasonId, id, Status.Refuted);
        require(!_burned[id], AlreadyBurned(id));

        _burned[id] = true;
        mapping(uint256 word => uint256 bits) storage spent = _spent[units.seasonId][units.taskId][units.account];
        uint256 end = units.first + units.count;
        for (uint256 unit = units.first; unit < end;) {
            (uint256 mask, uint256 next) = _maskOf(unit, end);
            spent[unit >> 8] |= mask;
            unit = next;
        }
        Page memory page = Page(
            units.seasonId,
            units.account,
            id,
            _entries[units.seasonId][units.account],
            _ledgers[units.seasonId]
        );
        uint256 owed = page.entry.owed + PENALTY_FACTOR * task.points * units.count;
        page.entry.owed = uint64(owed < MAX_POINTS ? owed : MAX_POINTS);
        _collect(page, page.entry.points);
        _store(page);
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
        Page memory page = Page(seasonId, account, subject, _entries[seasonId][account], _ledgers[seasonId]);
        require(page.ledger.totalPoints + uint256(amount) <= MAX_POINTS, PointsOverflow(seasonId));
        page.entry.points += amount;
        page.ledger.totalPoints += amount;

        uint64 seq = _write(page, reason, int256(uint256(amount)));

        emit PointsAwarded(seasonId, account, subject, reason, amount, seq);

        _collect(page, amount);
        _store(page);
    }

    /// @dev Burns what the account owes, `most` at the most.
    function _collect(Page memory page, uint64 most) private {
        uint64 amount = page.entry.owed < most ? page.entry.owed : most;
        if (amount == 0) return;
        page.entry.owed -= amount;
        page.entry.points -= amount;
        page.ledger.totalPoints -= amount;

        uint64 seq = _write(page, REASON_PENALTY, -int256(uint256(amount)));

        emit PointsBurned(page.seasonId, page.account, page.subject, REASON_PENALTY, amount, seq);
    }

    function _store(Page memory page) private {
        _entries[page.seasonId][page.account] = page.entry;
        _ledgers[page.seasonId] = page.ledger;
    }

    /// @dev Appends a point change to the ledger.
    function _write(Page memory page, uint8 reason, int256 delta) private pure returns (uint64 seq) {
        Ledger memory ledger = page.ledger;
        if (page.entry.lastSeq == 0) ++ledger.participants;
        seq = ++ledger.seq;
        page.entry.lastSeq = seq;
        ledger.ledgerHash = Commitments.ledger(
            ledger.ledgerHash,
            page.seasonId,
            page.account,
            page.subject,
            reason,
            delta,
            seq
        );
    }
}
