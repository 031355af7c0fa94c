// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC8183Evaluator} from "../../../contracts/adapters/ERC8183Evaluator.sol";
import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {IERC8183Evaluator, JobTerms} from "../../../contracts/interfaces/IERC8183Evaluator.sol";
import {IERC8183, JobStatus} from "../../../contracts/interfaces/erc/IERC8183.sol";
import {MockEscrow} from "../../../contracts/mocks/MockEscrow.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {PlainToken} from "../../../contracts/mocks/PlainToken.sol";
import {Protocol} from "../Protocol.sol";
import {vm} from "../Vm.sol";

/// @notice Takes any step with jobs of two escrows, with and without the evaluator as their hook, and knows beforehand whether it
/// must succeed.
contract EvaluatorHandler is Protocol {
    /// @dev What must be true of a job.
    struct JobModel {
        MockEscrow escrow;
        uint256 jobId;
        bool hooked;
        bool termed;
        uint256 fundedAt;
        bytes32 deliverable;
        uint256 expiredAt;
        JobStatus status;
    }

    /// @dev An attestation for a job; `fits` if it may decide it, its time aside.
    struct Made {
        Attestation attestation;
        bytes32 uid;
        uint256 jobIndex;
        uint256 at;
        bool fits;
        bool deliverable;
    }

    uint256 public constant BUDGET = 100;
    uint256 private constant MOST_RUNNING = 3;
    uint8 private constant ACCEPTED = 1;
    uint8 private constant OTHER = 2;
    address private constant CLIENT = address(0xc11e);
    address private constant STRANGER = address(0x57a6);
    address public constant PROVIDER = address(0x9409);

    ERC8183Evaluator public evaluator;
    PlainToken public token = new PlainToken(CLIENT, 1e6 * BUDGET);
    MockMethod private _method = new MockMethod();
    MockEscrow[2] private _escrows = [new MockEscrow(token, false), new MockEscrow(token, true)];
    JobModel[] private _jobs;
    Made[] private _made;

    constructor() {
        evaluator = new ERC8183Evaluator(registry);
        registry.addMethod(_method);
        registry.addMethod(_method);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(CLIENT);
            token.approve(address(_escrows[i]), type(uint256).max);
        }
    }

    /// @notice The client creates a job, while few are running.
    function create(uint256 escrow, bool hooked) public {
        uint256 running = 0;
        for (uint256 i = 0; i < _jobs.length; ++i) {
            if (_jobs[i].status < JobStatus.Completed) ++running;
        }
        if (running == MOST_RUNNING) return;
        MockEscrow chosen = _escrows[escrow % 2];
        uint256 expiredAt = block.timestamp + 40;
        vm.prank(CLIENT);
        uint256 jobId = chosen.createJob(
            PROVIDER,
            address(evaluator),
            expiredAt,
            "",
            hooked ? address(evaluator) : address(0)
        );
        vm.prank(PROVIDER);
        chosen.setBudget(jobId, BUDGET, "");
        _jobs.push(JobModel(chosen, jobId, hooked, false, 0, 0, expiredAt, JobStatus.Open));
    }

    /// @notice Somebody registers a job's terms.
    function register(uint256 which, bool byClient) public {
        if (_jobs.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        bool expected = byClient && job.status == JobStatus.Open && !job.termed;
        bytes memory call = abi.encodeCall(IERC8183Evaluator.register, (job.escrow, job.jobId, _terms()));
        if (_try(byClient ? CLIENT : PROVIDER, address(evaluator), call, expected)) job.termed = true;
    }

    /// @notice The client funds a job.
    function fund(uint256 which) public {
        if (_jobs.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        bool expected = job.status == JobStatus.Open && (job.termed || !job.hooked);
        bytes memory call = abi.encodeCall(IERC8183.fund, (job.jobId, BUDGET, ""));
        if (!_try(CLIENT, address(job.escrow), call, expected)) return;
        job.status = JobStatus.Funded;
        if (job.hooked) job.fundedAt = block.timestamp;
    }

    /// @notice Anyone notes a job's funding.
    function noteFunded(uint256 which) public {
        if (_jobs.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        bool isFunded = job.status == JobStatus.Funded || job.status == JobStatus.Submitted;
        bytes memory call = abi.encodeCall(IERC8183Evaluator.noteFunded, (job.escrow, job.jobId));
        if (_try(STRANGER, address(evaluator), call, isFunded && job.termed && job.fundedAt == 0)) {
            job.fundedAt = block.timestamp;
        }
    }

    /// @notice An attestation for a job, right or wrong in one respect; a second passes or doesn't.
    function attest(uint256 which, uint256 kind, bool later) public {
        if (_jobs.length == 0) return;
        uint256 jobIndex = which % _jobs.length;
        JobModel memory job = _jobs[jobIndex];
        if (later) vm.warp(block.timestamp + 1);
        kind = kind % 9;
        Attestation memory attestation = Attestation({
            prover: kind == 0 ? STRANGER : PROVIDER,
            method: kind == 1 ? OTHER : ACCEPTED,
            modelId: modelId,
            inputHash: kind == 2 ? bytes32("another input") : bytes32("input"),
            context: evaluator.contextOf(job.escrow, kind == 3 ? job.jobId + 1 : job.jobId, _terms()),
            answer: bytes32(_made.length)
        });
        bytes32 uid = commit(attestation);
        _made.push(Made(attestation, uid, jobIndex, block.timestamp, kind > 3, kind > 1));
    }

    /// @notice The method settles an attestation.
    function settle(uint256 which, uint256 outcome) public {
        if (_made.length == 0) return;
        bytes32 uid = _made[which % _made.length].uid;
        if (registry.statusOf(uid) != uint8(Status.Pending)) return;
        vm.prank(address(_method));
        Status status =
            outcome % 5 == 0
                ? Status.Void
                : outcome % 2 == 0
                    ? Status.Verified
                    : Status.Refuted;
        registry.settle(uid, status, STRANGER);
    }

    /// @notice The provider submits an attestation that was made for this job or any other, and delivers it without a hook.
    function submit(uint256 which, uint256 madeIndex) public {
        if (_jobs.length == 0 || _made.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        Made memory made = _chosen(which % _jobs.length, madeIndex);
        bool expected = job.status == JobStatus.Funded && (!job.hooked || _deliverable(job, made));
        bytes memory call = abi.encodeCall(IERC8183.submit, (job.jobId, made.uid, ""));
        if (!_try(PROVIDER, address(job.escrow), call, expected)) return;
        job.status = JobStatus.Submitted;
        if (job.hooked) job.deliverable = made.uid;
    }

    /// @notice Somebody delivers an attestation.
    function deliver(uint256 which, uint256 madeIndex, bool byProvider) public {
        if (_jobs.length == 0 || _made.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        Made memory made = _chosen(which % _jobs.length, madeIndex);
        bool expected =
            byProvider && job.status == JobStatus.Submitted && job.deliverable == 0 && _deliverable(job, made);
        bytes memory call = abi.encodeCall(IERC8183Evaluator.deliver, (job.escrow, job.jobId, made.uid));
        if (_try(byProvider ? PROVIDER : CLIENT, address(evaluator), call, expected)) job.deliverable = made.uid;
    }

    /// @notice Anyone has a job decided by an attestation.
    function decide(uint256 which, uint256 madeIndex) public {
        if (_jobs.length == 0 || _made.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        Made memory made = _chosen(which % _jobs.length, madeIndex);
        Status status = Status(registry.statusOf(made.uid));
        bool isFinal = status == Status.Verified || status == Status.Refuted;
        bool fits = job.deliverable == made.uid && made.jobIndex == which % _jobs.length && made.fits;
        bytes memory call = abi.encodeCall(IERC8183Evaluator.decide, (job.escrow, job.jobId, made.attestation));
        if (!_try(STRANGER, address(evaluator), call, fits && isFinal && job.status == JobStatus.Submitted)) return;
        job.status = status == Status.Verified ? JobStatus.Completed : JobStatus.Rejected;
    }

    /// @notice Anyone has a job refunded, sometimes when it has expired.
    function claimRefund(uint256 which, uint256 wait) public {
        if (_jobs.length == 0) return;
        JobModel storage job = _jobs[which % _jobs.length];
        if (wait % 8 == 0) vm.warp(block.timestamp + 20);
        bool isFunded = job.status == JobStatus.Funded || job.status == JobStatus.Submitted;
        bytes memory call = abi.encodeCall(IERC8183.claimRefund, (job.jobId));
        if (_try(STRANGER, address(job.escrow), call, isFunded && block.timestamp >= job.expiredAt)) {
            job.status = JobStatus.Expired;
        }
    }

    /// @notice A job's next right step, so that many jobs are decided.
    function proceed(uint256 which, uint256 outcome) public {
        if (_jobs.length == 0) return;
        which = which % _jobs.length;
        JobModel memory job = _jobs[which];
        uint256 best = _bestFor(which, job);
        if (job.status == JobStatus.Open && !job.termed) register(which, true);
        else if (job.status == JobStatus.Open) fund(which);
        else if (job.fundedAt == 0) noteFunded(which);
        else if (best == _made.length) attest(which, 8, true);
        else if (job.status == JobStatus.Funded) submit(which, 4 * best);
        else if (job.deliverable == 0) deliver(which, 4 * best, true);
        else if (registry.statusOf(job.deliverable) == uint8(Status.Pending)) settle(best, outcome);
        else decide(which, 4 * best);
    }

    function allJobs() external view returns (JobModel[] memory) {
        return _jobs;
    }

    function attestations() external view returns (Made[] memory) {
        return _made;
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(_escrows[0])) + token.balanceOf(address(_escrows[1]));
    }

    function _try(address sender, address target, bytes memory call, bool expected) private returns (bool done) {
        vm.prank(sender);
        (done, ) = target.call(call);
        require(done == expected, "a step is taken exactly where the rules say so");
    }

    /// @dev Mostly the last attestation for the job, sometimes any.
    function _chosen(uint256 jobIndex, uint256 madeIndex) private view returns (Made memory) {
        if (madeIndex % 4 != 0) {
            for (uint256 i = _made.length; i > 0; --i) {
                if (_made[i - 1].jobIndex == jobIndex) return _made[i - 1];
            }
        }
        return _made[(madeIndex / 4) % _made.length];
    }

    /// @dev The job's deliverable, or an attestation that may be it; their number for none.
    function _bestFor(uint256 jobIndex, JobModel memory job) private view returns (uint256 i) {
        for (i = 0; i < _made.length; ++i) {
            bool may = _made[i].jobIndex == jobIndex && _made[i].fits && _deliverable(job, _made[i]);
            if (job.deliverable == 0 ? may : _made[i].uid == job.deliverable) return i;
        }
    }

    function _terms() private view returns (JobTerms memory) {
        return JobTerms(modelId, "input", 1 << ACCEPTED);
    }

    function _deliverable(JobModel memory job, Made memory made) private pure returns (bool) {
        return made.deliverable && job.fundedAt != 0 && made.at > job.fundedAt;
    }
}

/// @notice What holds of the evaluator's jobs whatever anyone does.
contract EvaluatorInvariants {
    EvaluatorHandler private _handler;

    function setUp() external {
        _handler = new EvaluatorHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice A job is completed by a Verified attestation of its provider alone, made by its terms after the funding, and
    /// rejected by such a Refuted one alone.
    function invariant_theDeliveredAttestationDecides() external view {
        EvaluatorHandler.JobModel[] memory jobs = _handler.allJobs();
        EvaluatorHandler.Made[] memory made = _handler.attestations();
        for (uint256 i = 0; i < jobs.length; ++i) {
            JobStatus status = jobs[i].escrow.getJob(jobs[i].jobId).status;
            require(status == jobs[i].status, "a job is in another state than its steps say");
            require(
                _handler.evaluator().caseOf(jobs[i].escrow, jobs[i].jobId).deliverable == jobs[i].deliverable,
                "another deliverable is kept"
            );
            if (status != JobStatus.Completed && status != JobStatus.Rejected) continue;
            uint256 decided = 0;
            for (uint256 j = 0; j < made.length; ++j) {
                if (made[j].uid != jobs[i].deliverable) continue;
                require(made[j].jobIndex == i && made[j].fits, "decided by an attestation for something else");
                require(
                    made[j].at > jobs[i].fundedAt && jobs[i].fundedAt != 0,
                    "decided by work from before the funding"
                );
                decided = _handler.evaluator().registry().statusOf(made[j].uid);
            }
            bool completed = status == JobStatus.Completed;
            require(decided == uint8(completed ? Status.Verified : Status.Refuted), "decided without a reason");
        }
    }

    /// @notice Money in = paid to the provider for completed jobs + refunded + held for jobs that run.
    function invariant_moneyFollowsTheStates() external view {
        EvaluatorHandler.JobModel[] memory jobs = _handler.allJobs();
        uint256 completed = 0;
        uint256 running = 0;
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (jobs[i].status == JobStatus.Completed) ++completed;
            if (jobs[i].status == JobStatus.Funded || jobs[i].status == JobStatus.Submitted) ++running;
        }
        uint256 budget = _handler.BUDGET();
        require(_handler.token().balanceOf(_handler.PROVIDER()) == completed * budget, "the provider has other money");
        require(_handler.held() == running * budget, "the escrows hold other money");
        require(_handler.token().balanceOf(address(_handler.evaluator())) == 0, "the evaluator has money");
    }
}
