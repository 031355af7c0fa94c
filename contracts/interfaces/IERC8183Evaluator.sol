// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Attestation, IAttestationRegistry, Status} from "./IAttestationRegistry.sol";
import {IACPHook, IERC8183, JobStatus} from "./erc/IERC8183.sol";

/// @notice The inference that a job asks for.
/// @param modelId The model.
/// @param inputHash Hash of the input's tensor.
/// @param methods The accepted methods: bit m is set where method m is.
struct JobTerms {
    bytes32 modelId;
    bytes32 inputHash;
    uint256 methods;
}

/// @notice What is known of a job.
/// @param terms What its client registered; all zero where it didn't.
/// @param deliverable The uid that its provider delivered; zero before.
/// @param fundedAt When it was known to be funded, unix seconds; zero before.
struct JobCase {
    JobTerms terms;
    bytes32 deliverable;
    uint40 fundedAt;
}

/// @title Evaluator of jobs by the draft ERC-8183
/// @notice A job whose evaluator is this contract is completed or rejected by the status of the one attestation that its
/// provider delivered. No owner, no money; everything is kept by escrow, so an escrow that lies spoils its own jobs only.
/// It is also a hook, by which an escrow tells it of funding and deliverable.
interface IERC8183Evaluator is IACPHook, IERC165 {
    /* EVENTS */

    /// @notice A client fixed what its job asks for.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param context What the provider's attestation must have as its context.
    /// @param terms The terms.
    event TermsRegistered(IERC8183 indexed escrow, uint256 indexed jobId, bytes32 indexed context, JobTerms terms);
    /// @notice A job is known to be funded: attestations made later may decide it.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param fundedAt Unix seconds.
    event FundingNoted(IERC8183 indexed escrow, uint256 indexed jobId, uint40 fundedAt);
    /// @notice A provider delivered the attestation that decides its job.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param uid The attestation's name.
    event Delivered(IERC8183 indexed escrow, uint256 indexed jobId, bytes32 indexed uid);
    /// @notice A job was decided.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param uid The attestation's name.
    /// @param status `Verified`: completed; `Refuted`: rejected.
    event JobDecided(IERC8183 indexed escrow, uint256 indexed jobId, bytes32 indexed uid, Status status);

    /* ERRORS */

    /// @notice Thrown when an account other than a job's client registers its terms.
    /// @param caller Who called.
    /// @param client The job's client.
    error NotTheJobsClient(address caller, address client);
    /// @notice Thrown when an account other than a job's provider delivers.
    /// @param caller Who called.
    /// @param provider The job's provider.
    error NotTheJobsProvider(address caller, address provider);
    /// @notice Thrown when a job has another evaluator than this contract.
    /// @param evaluator The job's evaluator.
    error NotTheJobsEvaluator(address evaluator);
    /// @notice Thrown when a call doesn't fit a job's state.
    /// @param jobId The job.
    /// @param status Its state.
    error WrongJobStatus(uint256 jobId, JobStatus status);
    /// @notice Thrown when a job has terms already: they never change.
    /// @param jobId The job.
    error TermsAlreadyRegistered(uint256 jobId);
    /// @notice Thrown when nobody registered a job's terms.
    /// @param jobId The job.
    error NoTerms(uint256 jobId);
    /// @notice Thrown when terms accept no method, method 0, or one that isn't on the registry's list.
    /// @param methods The methods, a bit each.
    error InvalidMethods(uint256 methods);
    /// @notice Thrown when a job's funding was noted before.
    /// @param jobId The job.
    error FundingAlreadyNoted(uint256 jobId);
    /// @notice Thrown when it isn't known since when a job is funded.
    /// @param jobId The job.
    error FundingNotNoted(uint256 jobId);
    /// @notice Thrown when a job has a deliverable already.
    /// @param jobId The job.
    /// @param uid The deliverable.
    error AlreadyDelivered(uint256 jobId, bytes32 uid);
    /// @notice Thrown when a deliverable isn't an attestation of the job's provider.
    /// @param uid The deliverable.
    /// @param prover Who attested it; zero for nobody.
    error ForeignDeliverable(bytes32 uid, address prover);
    /// @notice Thrown when a deliverable wasn't attested after the job's funding was noted.
    /// @param uid The deliverable.
    /// @param attestedAt Unix seconds.
    /// @param fundedAt Unix seconds.
    error AttestedBeforeFunding(bytes32 uid, uint40 attestedAt, uint40 fundedAt);
    /// @notice Thrown when a deliverable is under a method that the job's terms don't accept.
    /// @param uid The deliverable.
    /// @param method Number of its method.
    error MethodOutsideTerms(bytes32 uid, uint8 method);
    /// @notice Thrown when an attestation isn't the job's deliverable.
    /// @param uid Its name.
    /// @param deliverable The job's deliverable; zero for none.
    error NotTheDeliverable(bytes32 uid, bytes32 deliverable);
    /// @notice Thrown when a deliverable is of another model or input than the job's terms, or made for something else.
    /// @param uid Its name.
    error OutsideTerms(bytes32 uid);
    /// @notice Thrown when a deliverable is neither Verified nor Refuted.
    /// @param uid Its name.
    /// @param status Its status.
    error NothingToDecide(bytes32 uid, Status status);

    /* A JOB'S LIFE */

    /// @notice Fixes what an Open job asks for, once; its client.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param terms The terms.
    function register(IERC8183 escrow, uint256 jobId, JobTerms calldata terms) external;

    /// @notice Notes that a job is funded by now, once; anyone. Needed where the job's hook isn't this contract.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    function noteFunded(IERC8183 escrow, uint256 jobId) external;

    /// @notice Names the attestation that decides a Submitted job, once; its provider. Needed where the job's hook isn't
    /// this contract.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param uid The attestation's name.
    function deliver(IERC8183 escrow, uint256 jobId, bytes32 uid) external;

    /// @notice Completes a job whose deliverable is Verified, or rejects one whose deliverable is Refuted; anyone.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param attestation The deliverable's fields.
    function decide(IERC8183 escrow, uint256 jobId, Attestation calldata attestation) external;

    /* VIEWS */

    /// @notice The registry whose attestations decide.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice What is known of a job; all zero for an unknown one.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @return The case.
    function caseOf(IERC8183 escrow, uint256 jobId) external view returns (JobCase memory);

    /// @notice The context of attestations that decide a job under these terms, whether they are registered or not.
    /// @param escrow The job's escrow.
    /// @param jobId The job.
    /// @param terms The terms.
    /// @return The context, of kind 3.
    function contextOf(IERC8183 escrow, uint256 jobId, JobTerms memory terms) external view returns (bytes32);
}
