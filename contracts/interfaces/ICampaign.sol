// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Attestation, Batch, IAttestationRegistry, Status} from "./IAttestationRegistry.sol";

/// @notice A season's rules and state. Times are unix seconds.
/// @param startsAt Units attested from here on count.
/// @param endsAt Units attested before here count.
/// @param closesAt Awards and burns are possible until here.
/// @param seededAt Block time when the seed was set; zero before.
/// @param seedBlock Block whose hash becomes the seed; zero while the season is a draft.
/// @param taskCount Number of tasks, which are numbered from 1.
/// @param mostPoints Points an account can earn in this season in all: by every unit of every task, and as verifier.
/// @param organiser Who drafted it.
/// @param verifierCap Points an account can earn as verifier in this season.
/// @param cancelled Whether its organiser cancelled the draft.
/// @param seed Decides every unit's input; zero until it is set.
struct Season {
    uint40 startsAt;
    uint40 endsAt;
    uint40 closesAt;
    uint40 seededAt;
    uint40 seedBlock;
    uint24 taskCount;
    uint32 mostPoints;
    address organiser;
    uint64 verifierCap;
    bool cancelled;
    bytes32 seed;
}

/// @notice A task of a season.
/// @param modelId The model to be run.
/// @param inputSetRoot Ordered tree over the base inputs' raw bytes.
/// @param inputHeaderHash keccak256 of the model's input tensor header.
/// @param points Points a verified unit gives its prover.
/// @param unitsPerAccount Units are 0 to this minus one.
/// @param inputCount Number of base inputs.
/// @param inputBytes Length of one base input.
/// @param method Number of the method that verifies its units.
/// @param noise Each input element is moved by -noise to +noise.
struct Task {
    bytes32 modelId;
    bytes32 inputSetRoot;
    bytes32 inputHeaderHash;
    uint64 points;
    uint32 unitsPerAccount;
    uint32 inputCount;
    uint32 inputBytes;
    uint8 method;
    uint8 noise;
}

/// @notice What an organiser decides about a task; see `Task`.
/// @param modelId The model to be run.
/// @param method Number of the method that verifies its units.
/// @param points Points a verified unit gives its prover.
/// @param unitsPerAccount Units are 0 to this minus one.
/// @param noise Each input element is moved by -noise to +noise, 0 to 127.
struct TaskRules {
    bytes32 modelId;
    uint8 method;
    uint64 points;
    uint32 unitsPerAccount;
    uint8 noise;
}

/// @notice What proves that an attestation's input is the assigned one, for methods that don't check it themselves.
/// @param header The model's input tensor header.
/// @param base Raw bytes of the base input drawn for the unit.
/// @param proof Its proof against the task's `inputSetRoot`.
struct AssignedInput {
    bytes header;
    bytes base;
    bytes32[] proof;
}

/// @title Seasons, tasks and points
/// @notice A season is drafted, given its tasks, and opened; from then on nothing about it changes. Points are awarded
/// for Verified attestations and burned for Refuted ones, and for nothing else. Anyone may send the transaction.
interface ICampaign {
    /* EVENTS */

    /// @notice A season was drafted: its organiser may add tasks and open it.
    /// @param seasonId Its number, from 1.
    /// @param organiser Who drafted it.
    /// @param verifierCap Points an account can earn in it as verifier.
    event SeasonDrafted(uint256 indexed seasonId, address indexed organiser, uint64 verifierCap);
    /// @notice A season was opened: nothing about it changes any more. Times are unix seconds.
    /// @param seasonId The season.
    /// @param organiser Who opened it.
    /// @param startsAt Units attested from here on count.
    /// @param endsAt Units attested before here count.
    /// @param closesAt Awards and burns are possible until here.
    /// @param uri What the organiser says about it; never read here.
    event SeasonOpened(
        uint256 indexed seasonId,
        address indexed organiser,
        uint64 startsAt,
        uint64 endsAt,
        uint64 closesAt,
        string uri
    );
    /// @notice A draft was cancelled: it will never be a season.
    /// @param seasonId The draft.
    /// @param organiser Who cancelled it.
    event SeasonCancelled(uint256 indexed seasonId, address indexed organiser);
    /// @notice A season's seed was set: every unit's input is known from here on.
    /// @param seasonId The season.
    /// @param seed The seed.
    event SeasonSeeded(uint256 indexed seasonId, bytes32 seed);
    /// @notice A task was added to a draft; see `Task`.
    /// @param seasonId The season.
    /// @param taskId Its number in the season, from 1.
    /// @param modelId The model to be run.
    /// @param method Number of the method that verifies its units.
    /// @param points Points a verified unit gives its prover.
    /// @param unitsPerAccount Units of an account.
    /// @param noise Most by which an input element is moved.
    /// @param inputCount Number of base inputs.
    /// @param inputSetRoot Ordered tree over the base inputs.
    /// @param inputs Raw bytes of all base inputs, one after the other.
    event TaskAdded(
        uint256 indexed seasonId,
        uint256 indexed taskId,
        bytes32 indexed modelId,
        uint8 method,
        uint64 points,
        uint32 unitsPerAccount,
        uint8 noise,
        uint32 inputCount,
        bytes32 inputSetRoot,
        bytes inputs
    );
    /// @notice An account earned points.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param subject Name of the attestation that earned them.
    /// @param reason `REASON_PROVER` or `REASON_VERIFIER`.
    /// @param amount Points.
    /// @param seq Number of the ledger's entry.
    event PointsAwarded(
        uint256 indexed seasonId,
        address indexed account,
        bytes32 indexed subject,
        uint8 reason,
        uint64 amount,
        uint64 seq
    );
    /// @notice An account lost points, which it owed for a refuted attestation.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param subject Name of the refuted attestation, or of the one that earned the points taken.
    /// @param reason `REASON_PENALTY`.
    /// @param amount Points.
    /// @param seq Number of the ledger's entry.
    event PointsBurned(
        uint256 indexed seasonId,
        address indexed account,
        bytes32 indexed subject,
        uint8 reason,
        uint64 amount,
        uint64 seq
    );

    /* ERRORS: SEASONS AND TASKS */

    /// @notice Thrown when the contract is deployed with a closing margin above a year.
    /// @param closingMargin What was given, in seconds.
    error ImpossibleMargin(uint64 closingMargin);
    /// @notice Thrown when there is no such season.
    /// @param seasonId The number.
    error UnknownSeason(uint256 seasonId);
    /// @notice Thrown when the season has no such task.
    /// @param seasonId The season.
    /// @param taskId The number.
    error UnknownTask(uint256 seasonId, uint256 taskId);
    /// @notice Thrown when an account other than a draft's organiser changes it.
    /// @param seasonId The season.
    /// @param caller Who called.
    error NotTheOrganiser(uint256 seasonId, address caller);
    /// @notice Thrown when the season is open: its rules are frozen.
    /// @param seasonId The season.
    error SeasonIsOpen(uint256 seasonId);
    /// @notice Thrown when the draft was cancelled.
    /// @param seasonId The draft.
    error SeasonIsCancelled(uint256 seasonId);
    /// @notice Thrown when the season is still a draft.
    /// @param seasonId The season.
    error SeasonNotOpen(uint256 seasonId);
    /// @notice Thrown when a season is opened without a task.
    /// @param seasonId The season.
    error SeasonWithoutTasks(uint256 seasonId);
    /// @notice Thrown unless now <= startsAt < endsAt and endsAt + needed <= closesAt.
    /// @param startsAt Unix seconds.
    /// @param endsAt Unix seconds.
    /// @param closesAt Unix seconds.
    /// @param needed Seconds that the slowest method's settlement and the closing margin take.
    error ImpossibleSchedule(uint64 startsAt, uint64 endsAt, uint64 closesAt, uint64 needed);
    /// @notice Thrown when the seed is set already.
    /// @param seasonId The season.
    error AlreadySeeded(uint256 seasonId);
    /// @notice Thrown when the block that gives the seed is not mined yet.
    /// @param seasonId The season.
    /// @param seedBlock The block.
    error SeedNotReady(uint256 seasonId, uint256 seedBlock);
    /// @notice Thrown when the season's seed is not set.
    /// @param seasonId The season.
    error NotSeeded(uint256 seasonId);
    /// @notice Thrown unless a task has a method that settles, noise <= 127, at least one unit and one point.
    /// @param method The method's number.
    /// @param points Points of a unit.
    /// @param unitsPerAccount Units of an account.
    /// @param noise Most by which an input element is moved.
    error InvalidTask(uint8 method, uint64 points, uint32 unitsPerAccount, uint8 noise);
    /// @notice Thrown when one account could earn more in a season than 2^31 - 1 points: a ledger might be filled.
    /// @param points What it could earn: as verifier and, once tasks are added, by all their units.
    /// @param maximum The bound.
    error TooManyPoints(uint256 points, uint256 maximum);
    /// @notice Thrown when a task's method serves another campaign: it would refuse every unit.
    /// @param method The method's number.
    /// @param campaign The campaign that it serves.
    error MethodOfAnotherCampaign(uint8 method, address campaign);
    /// @notice Thrown when the layout shown is not the model's, or its input is not an int8 tensor.
    /// @param modelId The model.
    error InvalidTaskInput(bytes32 modelId);
    /// @notice Thrown unless base inputs are whole tensors, at least one.
    /// @param length Length of all base inputs.
    /// @param inputBytes Length of one.
    error InvalidInputsLength(uint256 length, uint256 inputBytes);
    /// @notice Thrown when a task's layout and base inputs are longer together than 120 KB.
    /// @param length Their length.
    /// @param maximum The bound.
    error TaskTooLarge(uint256 length, uint256 maximum);
    /// @notice Thrown when a task has more base inputs than always fit a transaction's gas.
    /// @param count Their number.
    /// @param maximum The bound.
    error TooManyInputs(uint256 count, uint256 maximum);
    /// @notice Thrown when a season has as many tasks as a context can name.
    /// @param seasonId The season.
    error TooManyTasks(uint256 seasonId);

    /* ERRORS: AWARDS AND BURNS */

    /// @notice Thrown when an attestation is not for a unit of this campaign, or a batch is for none.
    /// @param context Its context.
    error NotAUnit(bytes32 context);
    /// @notice Thrown when the caller names another account than the attestation's prover.
    /// @param given The account that the caller names.
    /// @param implied The prover.
    error WrongAccount(address given, address implied);
    /// @notice Thrown when the attestation is about another model than the task's.
    /// @param given The attestation's.
    /// @param expected The task's.
    error WrongModel(bytes32 given, bytes32 expected);
    /// @notice Thrown when the attestation is under another method than the task's.
    /// @param given The attestation's.
    /// @param expected The task's.
    error WrongMethod(uint8 given, uint8 expected);
    /// @notice Thrown when an account has no such unit.
    /// @param unit The last unit of the attestation.
    /// @param unitsPerAccount Number of units that an account has.
    error UnitOutOfRange(uint256 unit, uint256 unitsPerAccount);
    /// @notice Thrown when the attestation was made outside the season, or before its seed was set. Unix seconds.
    /// @param attestedAt When it was made.
    /// @param from The first second that counts.
    /// @param until The first second that no longer counts.
    error WrongTime(uint64 attestedAt, uint64 from, uint64 until);
    /// @notice Thrown when an attestation is made before the season starts or after it ends.
    /// @param seasonId The season.
    /// @param startsAt Unix seconds.
    /// @param endsAt Unix seconds.
    error SeasonNotRunning(uint256 seasonId, uint64 startsAt, uint64 endsAt);
    /// @notice Thrown when it is too late to award or burn.
    /// @param seasonId The season.
    /// @param closesAt Unix seconds.
    error SeasonClosed(uint256 seasonId, uint64 closesAt);
    /// @notice Thrown when an attestation has another status than an award or a burn needs.
    /// @param uid Its name.
    /// @param given Its status.
    /// @param expected Verified for an award, Refuted for a burn.
    error WrongStatus(bytes32 uid, Status given, Status expected);
    /// @notice Thrown when the attestation is about another input than the unit's.
    /// @param given Hash of its input.
    /// @param assigned Hash of the unit's input.
    error WrongInput(bytes32 given, bytes32 assigned);
    /// @notice Thrown when the header or base input shown is not the task's.
    /// @param index Position of the base input that was drawn for the unit.
    error WrongBaseInput(uint256 index);
    /// @notice Thrown when a unit was paid before, or is dead because of a refuted attestation.
    /// @param seasonId The season.
    /// @param taskId The task.
    /// @param account The account.
    /// @param unit The first such unit.
    error UnitSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit);
    /// @notice Thrown when a refuted attestation was penalised before.
    /// @param uid Its name.
    error AlreadyBurned(bytes32 uid);

    /* SEASONS */

    /// @notice Drafts a season of the sender; restricted by the `AccessManager`. Times are unix seconds.
    /// @param startsAt Units attested from here on will count.
    /// @param endsAt Units attested before here will count.
    /// @param closesAt Awards and burns will be possible until here.
    /// @param verifierCap Points an account can earn in it as verifier.
    /// @return seasonId Counted from 1.
    function draft(
        uint40 startsAt,
        uint40 endsAt,
        uint40 closesAt,
        uint64 verifierCap
    ) external returns (uint256 seasonId);

    /// @notice Adds a task to a draft of the sender. Its method must be this campaign's and take the model.
    /// @param seasonId The season.
    /// @param rules What the organiser decides.
    /// @param layoutBytes The model's layout bytes.
    /// @param inputs Raw bytes of all base inputs, one after the other.
    /// @return taskId Counted from 1.
    function addTask(
        uint256 seasonId,
        TaskRules calldata rules,
        bytes calldata layoutBytes,
        bytes calldata inputs
    ) external returns (uint256 taskId);

    /// @notice Opens a draft of the sender; restricted by the `AccessManager`.
    /// @param seasonId The season.
    /// @param uri What the organiser says about it; emitted, never read.
    function open(uint256 seasonId, string calldata uri) external;

    /// @notice Cancels a draft of the sender for ever: it takes no task, and is never opened.
    /// @param seasonId The draft.
    function cancel(uint256 seasonId) external;

    /// @notice Sets the seed from the block that opening named; anyone. If that block's hash is gone, a later block is
    /// named instead and the seed stays unset.
    /// @param seasonId The season.
    function seed(uint256 seasonId) external;

    /* AWARDS AND BURNS */

    /// @notice Pays a Verified attestation: its prover, and its verifiers if its method has any; anyone.
    /// @param account The account that the caller expects to be paid; must be the prover.
    /// @param attestation The attestation.
    /// @param input Shown where the method does not check inputs; ignored otherwise.
    function award(address account, Attestation calldata attestation, AssignedInput calldata input) external;

    /// @notice Pays a Verified batch, all its units at once; anyone. Its method derived the inputs.
    /// @param account The account that the caller expects to be paid; must be the prover.
    /// @param batch The batch.
    function awardBatch(address account, Batch calldata batch) external;

    /// @notice Burns `PENALTY_FACTOR` times the points of a Refuted attestation and spends its unit; anyone, once an
    /// attestation.
    /// @param attestation The attestation.
    function burn(Attestation calldata attestation) external;

    /// @notice Burns `PENALTY_FACTOR` times the points of a Refuted batch's units and spends them; anyone, once a batch.
    /// @param batch The batch.
    function burnBatch(Batch calldata batch) external;

    /* UNITS */

    /// @notice Reverts unless an attestation about these units, made now, would be one for units of this campaign: the
    /// season seeded and running, model and method the task's, all units within the cap.
    /// @param modelId The attestation's model.
    /// @param method Number of its method.
    /// @param context The first unit's.
    /// @param count Number of units.
    function requireUnits(bytes32 modelId, uint8 method, bytes32 context, uint32 count) external view;

    /// @notice The input assigned to a unit; reverts unless the task's header and the base input drawn for it are shown.
    /// @param account Whose unit.
    /// @param context The unit's.
    /// @param input What is shown.
    /// @return Raw bytes of the input.
    function assignedInput(
        address account,
        bytes32 context,
        AssignedInput calldata input
    ) external view returns (bytes memory);

    /// @notice The seed of a unit's input; reverts before the season's seed is set.
    /// @param seasonId The season.
    /// @param taskId The task.
    /// @param account Whose unit.
    /// @param unit The unit.
    /// @return The seed.
    function unitSeed(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bytes32);

    /// @notice Whether a unit was paid or is dead.
    /// @param seasonId The season.
    /// @param taskId The task.
    /// @param account Whose unit.
    /// @param unit The unit.
    /// @return True if it is.
    function isSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bool);

    /* VIEWS */

    /* solhint-disable func-name-mixedcase */

    /// @notice The part of a unit's points that its verifiers share.
    /// @return In percent.
    function VERIFIER_PERCENT() external view returns (uint256);

    /// @notice A refuted unit costs its points times this factor.
    /// @return The factor.
    function PENALTY_FACTOR() external view returns (uint256);

    /// @notice Reason of `PointsAwarded`: the account is the prover of verified units.
    /// @return The number.
    function REASON_PROVER() external view returns (uint8);

    /// @notice Reason of `PointsAwarded`: the account verified the unit.
    /// @return The number.
    function REASON_VERIFIER() external view returns (uint8);

    /// @notice Reason of `PointsBurned`: an attestation of the account was refuted.
    /// @return The number.
    function REASON_PENALTY() external view returns (uint8);

    /* solhint-enable func-name-mixedcase */

    /// @notice The registry whose attestations earn points.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice Time between the last possible settlement and a season's close.
    /// @return In seconds.
    function closingMargin() external view returns (uint64);

    /// @notice Number of seasons.
    /// @return The last season's number.
    function seasonCount() external view returns (uint256);

    /// @notice A season; reverts with `UnknownSeason`.
    /// @param seasonId Its number.
    /// @return Its rules and state.
    function seasonOf(uint256 seasonId) external view returns (Season memory);

    /// @notice A task; reverts with `UnknownTask`.
    /// @param seasonId The season.
    /// @param taskId Its number.
    /// @return The task.
    function taskOf(uint256 seasonId, uint256 taskId) external view returns (Task memory);

    /// @notice An account's standing in a season.
    /// @param seasonId The season.
    /// @param account The account.
    /// @return points What it has.
    /// @return lastSeq Number of its last ledger entry; zero if it has none.
    /// @return owed What it still owes.
    function entryOf(
        uint256 seasonId,
        address account
    ) external view returns (uint64 points, uint64 lastSeq, uint64 owed);

    /// @notice Standings of many accounts in a season, for contracts: each in one word.
    /// @param seasonId The season.
    /// @param accounts The accounts.
    /// @return Of each account, u64 points ‖ u64 lastSeq in the lower half; zero if it has no entry.
    function entriesOf(uint256 seasonId, address[] calldata accounts) external view returns (uint256[] memory);

    /// @notice Points that an account earned as verifier, which count towards the season's cap.
    /// @param seasonId The season.
    /// @param account The account.
    /// @return The points.
    function verifierPointsOf(uint256 seasonId, address account) external view returns (uint64);

    /// @notice The head of a season's ledger.
    /// @param seasonId The season.
    /// @return seq Number of the last entry.
    /// @return participants Accounts that have an entry.
    /// @return totalPoints What all accounts have together.
    /// @return ledgerHash Hash of the last entry, see `Commitments.ledger`.
    function ledgerOf(
        uint256 seasonId
    ) external view returns (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash);
}
