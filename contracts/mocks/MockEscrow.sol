// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IACPHook, IERC8183, Job, JobStatus} from "../interfaces/erc/IERC8183.sol";

/// @title The smallest escrow by the draft ERC-8183
/// @notice Written from the draft's text: each rule of its table, hooks, no fees. It asks hooks for ERC-165, and may tell
/// them the caller first, as the draft's reference does.
contract MockEscrow is IERC8183, ReentrancyGuard {
    using SafeERC20 for IERC20;

    error UnknownJob(uint256 jobId);
    error NoEvaluator();
    error ExpiresInThePast(uint256 expiredAt);
    error NotAHook(address hook);
    error NotInState(uint256 jobId, JobStatus status);
    error NotAllowed(uint256 jobId, address caller);
    error ProviderIsSet(uint256 jobId, address provider);
    error NoProvider(uint256 jobId);
    error WrongBudget(uint256 jobId, uint256 budget);
    error NotExpired(uint256 jobId, uint256 expiredAt);

    IERC20 public immutable token;
    bool public immutable callerFirst;
    Job[] private _jobs;

    constructor(IERC20 token_, bool callerFirst_) {
        token = token_;
        callerFirst = callerFirst_;
    }

    /// @inheritdoc IERC8183
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook
    ) external nonReentrant returns (uint256 jobId) {
        require(evaluator != address(0), NoEvaluator());
        require(expiredAt > block.timestamp, ExpiresInThePast(expiredAt));
        require(hook == address(0) || IERC165(hook).supportsInterface(type(IACPHook).interfaceId), NotAHook(hook));

        jobId = _jobs.length;
        _jobs.push(Job(jobId, msg.sender, provider, evaluator, description, 0, expiredAt, JobStatus.Open, hook));

        emit JobCreated(jobId, msg.sender, provider, evaluator, expiredAt);
    }

    /// @inheritdoc IERC8183
    function setProvider(uint256 jobId, address provider, bytes calldata optParams) external nonReentrant {
        Job storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client, NotAllowed(jobId, msg.sender));
        require(job.provider == address(0), ProviderIsSet(jobId, job.provider));
        require(provider != address(0), NoProvider(jobId));
        bytes memory data = _told(abi.encode(provider, optParams), abi.encode(msg.sender, provider, optParams));
        _before(job, data);

        job.provider = provider;

        emit ProviderSet(jobId, provider);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function setBudget(uint256 jobId, uint256 amount, bytes calldata optParams) external nonReentrant {
        Job storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client || msg.sender == job.provider, NotAllowed(jobId, msg.sender));
        bytes memory data = _told(abi.encode(amount, optParams), abi.encode(msg.sender, amount, optParams));
        _before(job, data);

        job.budget = amount;

        emit BudgetSet(jobId, amount);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external nonReentrant {
        Job storage job = _jobIn(jobId, JobStatus.Open);
        require(msg.sender == job.client, NotAllowed(jobId, msg.sender));
        require(job.budget != 0 && job.budget == expectedBudget, WrongBudget(jobId, job.budget));
        require(job.provider != address(0), NoProvider(jobId));
        bytes memory data = _told(optParams, abi.encode(msg.sender, optParams));
        _before(job, data);

        job.status = JobStatus.Funded;
        token.safeTransferFrom(msg.sender, address(this), job.budget);

        emit JobFunded(jobId, msg.sender, job.budget);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external nonReentrant {
        Job storage job = _jobIn(jobId, JobStatus.Funded);
        require(msg.sender == job.provider, NotAllowed(jobId, msg.sender));
        bytes memory data = _told(abi.encode(deliverable, optParams), abi.encode(msg.sender, deliverable, optParams));
        _before(job, data);

        job.status = JobStatus.Submitted;

        emit JobSubmitted(jobId, msg.sender, deliverable);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant {
        Job storage job = _jobIn(jobId, JobStatus.Submitted);
        require(msg.sender == job.evaluator, NotAllowed(jobId, msg.sender));
        bytes memory data = _told(abi.encode(reason, optParams), abi.encode(msg.sender, reason, optParams));
        _before(job, data);

        job.status = JobStatus.Completed;
        token.safeTransfer(job.provider, job.budget);

        emit JobCompleted(jobId, msg.sender, reason);
        emit PaymentReleased(jobId, job.provider, job.budget);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant {
        Job storage job = _job(jobId);
        JobStatus status = job.status;
        require(status <= JobStatus.Submitted, NotInState(jobId, status));
        address allowed = status == JobStatus.Open ? job.client : job.evaluator;
        require(msg.sender == allowed, NotAllowed(jobId, msg.sender));
        bytes memory data = _told(abi.encode(reason, optParams), abi.encode(msg.sender, reason, optParams));
        _before(job, data);

        job.status = JobStatus.Rejected;
        if (status != JobStatus.Open) _refund(job);

        emit JobRejected(jobId, msg.sender, reason);
        _after(job, data);
    }

    /// @inheritdoc IERC8183
    function claimRefund(uint256 jobId) external nonReentrant {
        Job storage job = _job(jobId);
        JobStatus status = job.status;
        require(status == JobStatus.Funded || status == JobStatus.Submitted, NotInState(jobId, status));
        require(block.timestamp >= job.expiredAt, NotExpired(jobId, job.expiredAt));

        job.status = JobStatus.Expired;
        _refund(job);

        emit JobExpired(jobId);
    }

    /// @inheritdoc IERC8183
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _job(jobId);
    }

    function _refund(Job storage job) private {
        token.safeTransfer(job.client, job.budget);
        emit Refunded(job.id, job.client, job.budget);
    }

    function _before(Job storage job, bytes memory data) private {
        if (job.hook != address(0)) IACPHook(job.hook).beforeAction(job.id, msg.sig, data);
    }

    function _after(Job storage job, bytes memory data) private {
        if (job.hook != address(0)) IACPHook(job.hook).afterAction(job.id, msg.sig, data);
    }

    function _told(bytes memory byText, bytes memory byReference) private view returns (bytes memory) {
        return callerFirst ? byReference : byText;
    }

    function _job(uint256 jobId) private view returns (Job storage) {
        require(jobId < _jobs.length, UnknownJob(jobId));
        return _jobs[jobId];
    }

    function _jobIn(uint256 jobId, JobStatus status) private view returns (Job storage job) {
        job = _job(jobId);
        require(job.status == status, NotInState(jobId, job.status));
    }
}
