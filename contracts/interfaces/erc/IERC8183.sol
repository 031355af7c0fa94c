// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The states of a job; `Completed` and those after it are final.
enum JobStatus {
    Open,
    Funded,
    Submitted,
    Completed,
    Rejected,
    Expired
}

/// @notice A job, as the draft's reference returns it.
/// @param id The job's number.
/// @param client Who created it and pays.
/// @param provider Who works; zero until it is known.
/// @param evaluator Who alone completes it, or rejects it once it is funded.
/// @param description What is wanted, in words.
/// @param budget What the provider is paid, in the token's smallest unit.
/// @param expiredAt From then on the client can be refunded, unix seconds.
/// @param status Its state.
/// @param hook Whom the escrow tells of each step; zero for nobody.
struct Job {
    uint256 id;
    address client;
    address provider;
    address evaluator;
    string description;
    uint256 budget;
    uint256 expiredAt;
    JobStatus status;
    address hook;
}

/// @title Agentic Commerce, the draft ERC-8183
/// @notice An escrow of jobs. See https://eips.ethereum.org/EIPS/eip-8183; `getJob` is the reference's, the rest the text's.
interface IERC8183 {
    /* EVENTS */

    /// @notice A job is Open.
    /// @param jobId The job.
    /// @param client Who created it.
    /// @param provider Who works, or zero.
    /// @param evaluator Who decides.
    /// @param expiredAt Unix seconds.
    event JobCreated(
        uint256 indexed jobId,
        address indexed client,
        address indexed provider,
        address evaluator,
        uint256 expiredAt
    );
    /// @notice An Open job has a provider.
    /// @param jobId The job.
    /// @param provider Who works.
    event ProviderSet(uint256 indexed jobId, address indexed provider);
    /// @notice An Open job has another budget.
    /// @param jobId The job.
    /// @param amount The budget.
    event BudgetSet(uint256 indexed jobId, uint256 amount);
    /// @notice A job is Funded.
    /// @param jobId The job.
    /// @param client Who paid.
    /// @param amount The budget.
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);
    /// @notice A job is Submitted.
    /// @param jobId The job.
    /// @param provider Who worked.
    /// @param deliverable What names the work.
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);
    /// @notice A job is Completed.
    /// @param jobId The job.
    /// @param evaluator Who decided.
    /// @param reason Why.
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);
    /// @notice A job is Rejected.
    /// @param jobId The job.
    /// @param rejector The client, or the evaluator.
    /// @param reason Why.
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);
    /// @notice A job is Expired.
    /// @param jobId The job.
    event JobExpired(uint256 indexed jobId);
    /// @notice A provider was paid.
    /// @param jobId The job.
    /// @param provider Who worked.
    /// @param amount What it got.
    event PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount);
    /// @notice A client was refunded.
    /// @param jobId The job.
    /// @param client Who had paid.
    /// @param amount What it got back.
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);

    /* A JOB'S LIFE */

    /// @notice Creates a job of the sender, Open.
    /// @param provider Who works; may be zero until `setProvider`.
    /// @param evaluator Who decides; not zero.
    /// @param expiredAt In the future, unix seconds.
    /// @param description What is wanted.
    /// @param hook Whom the escrow tells of each step; may be zero.
    /// @return jobId The job.
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external returns (uint256 jobId);

    /// @notice Sets an Open job's provider, once, where it was zero; the client.
    /// @param jobId The job.
    /// @param provider Who works.
    /// @param optParams For the hook.
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external;

    /// @notice Sets an Open job's budget; the client or the provider.
    /// @param jobId The job.
    /// @param amount The budget.
    /// @param optParams For the hook.
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external;

    /// @notice Pays an Open job's budget in; the client.
    /// @param jobId The job.
    /// @param expectedBudget The budget, as the client knows it.
    /// @param optParams For the hook.
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external;

    /// @notice Hands in the work of a Funded job; the provider.
    /// @param jobId The job.
    /// @param deliverable What names the work.
    /// @param optParams For the hook.
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external;

    /// @notice Pays a Submitted job's provider; the evaluator.
    /// @param jobId The job.
    /// @param reason Why.
    /// @param optParams For the hook.
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Ends a job without payment: an Open one by its client, a Funded or Submitted one by its evaluator.
    /// @param jobId The job.
    /// @param reason Why.
    /// @param optParams For the hook.
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Refunds the client of a Funded or Submitted job from `expiredAt` on; anyone.
    /// @param jobId The job.
    function claimRefund(uint256 jobId) external;

    /* VIEWS */

    /// @notice Reads a job.
    /// @param jobId The job.
    /// @return The job.
    function getJob(uint256 jobId) external view returns (Job memory);
}

/// @title A job's hook, by the draft ERC-8183
/// @notice The escrow calls it around every step but `claimRefund`. Both functions may refuse by reverting.
interface IACPHook {
    /// @notice A step is about to be made.
    /// @param jobId The job.
    /// @param selector The escrow's function that makes it.
    /// @param data Its arguments behind `jobId`, ABI-encoded; for `fund` its `optParams` as they are.
    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external;

    /// @notice A step was made.
    /// @param jobId The job.
    /// @param selector As before.
    /// @param data As before.
    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external;
}
