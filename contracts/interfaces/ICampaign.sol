// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Attestation, Batch, IAttestationRegistry, Status} from "./IAttestationRegistry.sol";

/// @notice A season's rules and state. Times are unix seconds.
/// @param startsAt Units attested from here on count.
/// @param endsAt Units attested before here count.
/// @param closesAt Awards and burns are possible until here.
/// @param seededAt Block time when the seed was set; zero before.
/// @param seedBlock Block whose hash becomes the seed; zero while the season is a draft.
/// @param verifierCap Points an account can earn as verifier in this season.
struct Season {
    uint40 startsAt;
    uint40 endsAt;
    uint40 closesAt;
    uint40 seededAt;
    uint40 seedBlock;
    uint24 taskCount;
    address organiser;
    uint64 verifierCap;
    bytes32 seed;
}

/// @notice A task of a season.
/// @param inputSetRoot Ordered tree over the base inputs' raw bytes.
/// @param inputHeaderHash keccak256 of the model's input tensor header.
/// @param points Points a verified unit gives its prover.
/// @param unitsPerAccount Units are 0 to this less one.
/// @param inputCount Number of base inputs.
/// @param inputBytes Length of one base input.
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
/// for Verified attestations and burned for Refuted ones, by anyone's transaction, and by nothing else.
interface ICampaign {
    event SeasonDrafted(uint256 indexed seasonId, address indexed organiser, uint64 verifierCap);
    event SeasonOpened(
        uint256 indexed seasonId,
        address indexed organiser,
        uint64 startsAt,
        uint64 endsAt,
        uint64 closesAt,
        string uri
    );
    event SeasonSeeded(uint256 indexed seasonId, bytes32 seed);
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
    /// @param reason 1 prover, 2 verifier.
    event PointsAwarded(
        uint256 indexed seasonId,
        address indexed account,
        bytes32 indexed subject,
        uint8 reason,
        uint64 amount,
        uint64 seq
    );
    /// @param reason 5 penalty.
    event PointsBurned(
        uint256 indexed seasonId,
        address indexed account,
        bytes32 indexed subject,
        uint8 reason,
        uint64 amount,
        uint64 seq
    );

    error ImpossibleMargin(uint64 closingMargin);
    error UnknownSeason(uint256 seasonId);
    error UnknownTask(uint256 seasonId, uint256 taskId);
    error NotTheOrganiser(uint256 seasonId, address caller);
    /// @notice The season is open: its rules are frozen.
    error SeasonIsOpen(uint256 seasonId);
    error SeasonNotOpen(uint256 seasonId);
    error SeasonWithoutTasks(uint256 seasonId);
    /// @notice Times must satisfy now <= startsAt < endsAt and endsAt + `needed` <= closesAt.
    error ImpossibleSchedule(uint64 startsAt, uint64 endsAt, uint64 closesAt, uint64 needed);
    error AlreadySeeded(uint256 seasonId);
    /// @notice The block that gives the seed is not mined yet.
    error SeedNotReady(uint256 seasonId, uint256 seedBlock);
    error NotSeeded(uint256 seasonId);
    /// @notice A task needs a method that settles, 1 <= noise <= 127, at least one unit, and points that fit.
    error InvalidTask(uint8 method, uint64 points, uint32 unitsPerAccount, uint8 noise);
    /// @notice `layoutBytes` is not the model's, or its input is not an int8 tensor.
    error InvalidTaskInput(bytes32 modelId);
    /// @notice Base inputs come as whole tensors, at least one, at most 120 KB together.
    error InvalidInputsLength(uint256 length, uint256 inputBytes);
    error TooManyTasks(uint256 seasonId);

    /// @notice The attestation is not for a unit of this campaign, or a batch for none.
    error NotAUnit(bytes32 context);
    error WrongAccount(address given, address implied);
    error WrongModel(bytes32 given, bytes32 expected);
    error WrongMethod(uint8 given, uint8 expected);
    error UnitOutOfRange(uint256 unit, uint256 unitsPerAccount);
    /// @notice Attested outside the season, or before its seed was set.
    error WrongTime(uint64 attestedAt, uint64 from, uint64 until);
    error SeasonNotRunning(uint256 seasonId, uint64 startsAt, uint64 endsAt);
    error SeasonClosed(uint256 seasonId, uint64 closesAt);
    error WrongStatus(bytes32 uid, Status given, Status expected);
    error WrongInput(bytes32 given, bytes32 assigned);
    /// @notice The header or base input shown is not the task's.
    error WrongBaseInput(uint256 index);
    /// @notice The unit was paid before, or is dead because of a refuted attestation.
    error UnitSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit);
    error AlreadyBurned(bytes32 uid);
    error PointsOverflow(uint256 seasonId);

    /// @notice Drafts a season of the sender; restricted by the `AccessManager`.
    /// @return seasonId Counted from 1.
    function draft(
        uint40 startsAt,
        uint40 endsAt,
        uint40 closesAt,
        uint64 verifierCap
    ) external returns (uint256 seasonId);

    /// @notice Adds a task to a draft of the sender.
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
    function open(uint256 seasonId, string calldata uri) external;

    /// @notice Sets the seed from the block that opening named; anyone. If that block's hash is gone, a later block is
    /// named instead and the seed stays unset.
    function seed(uint256 seasonId) external;

    /// @notice Pays a Verified attestation: its prover, and its verifiers if its method has any; anyone.
    /// @param account Whom the caller means to be paid: must be the account that the context implies, the prover.
    /// @param input Shown where the method does not check inputs; ignored otherwise.
    function award(address account, Attestation calldata attestation, AssignedInput calldata input) external;

    /// @notice Pays a Verified batch, all its units at once; anyone. Its method derived the inputs.
    function awardBatch(address account, Batch calldata batch) external;

    /// @notice Burns ten times the points of a Refuted attestation and spends its unit; anyone, once an attestation.
    function burn(Attestation calldata attestation) external;

    /// @notice Burns ten times the points of a Refuted batch's units and spends them; anyone, once a batch.
    function burnBatch(Batch calldata batch) external;

    /// @notice Reverts unless an attestation about `count` units from `context` on, made now, would be one for units of this
    /// campaign: the season seeded and running, model and method the task's, all units within the cap.
    function requireUnits(bytes32 modelId, uint8 method, bytes32 context, uint32 count) external view;

    /// @notice The input assigned to the unit that `context` names, as raw bytes; reverts unless `input` shows the task's
    /// header and the base input drawn for the unit.
    function assignedInput(
        address account,
        bytes32 context,
        AssignedInput calldata input
    ) external view returns (bytes memory);

    /* solhint-disable func-name-mixedcase */

    /// @notice The part of a unit's points, in percent, that its verifiers share.
    /// @return 60.
    function VERIFIER_PERCENT() external view returns (uint256);

    /// @notice How many times its points a refuted unit costs.
    /// @return 10.
    function PENALTY_FACTOR() external view returns (uint256);

    /// @notice Reason of `PointsAwarded`: the account is the prover of verified units.
    /// @return 1.
    function REASON_PROVER() external view returns (uint8);

    /// @notice Reason of `PointsAwarded`: the account verified the unit.
    /// @return 2.
    function REASON_VERIFIER() external view returns (uint8);

    /// @notice Reason of `PointsBurned`: an attestation of the account was refuted.
    /// @return 5.
    function REASON_PENALTY() external view returns (uint8);

    /* solhint-enable func-name-mixedcase */

    function registry() external view returns (IAttestationRegistry);

    /// @notice Time between the last possible settlement and a season's close, in seconds.
    function closingMargin() external view returns (uint64);

    function seasonCount() external view returns (uint256);

    function seasonOf(uint256 seasonId) external view returns (Season memory);

    function taskOf(uint256 seasonId, uint256 taskId) external view returns (Task memory);

    /// @notice An account's points, the `seq` of its last ledger entry, and what it still owes.
    function entryOf(
        uint256 seasonId,
        address account
    ) external view returns (uint64 points, uint64 lastSeq, uint64 owed);

    /// @notice Points that an account earned as verifier, which count towards the season's cap.
    function verifierPointsOf(uint256 seasonId, address account) external view returns (uint64);

    /// @notice The head of a season's ledger.
    function ledgerOf(
        uint256 seasonId
    ) external view returns (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash);

    /// @notice Whether a unit was paid or is dead.
    function isSpent(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bool);

    /// @notice The seed of a unit's input; reverts before the season's seed is set.
    function unitSeed(uint256 seasonId, uint256 taskId, address account, uint256 unit) external view returns (bytes32);
}
