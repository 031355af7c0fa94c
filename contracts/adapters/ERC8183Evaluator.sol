// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {Attestation, IAttestationRegistry, Record, Status} from "../interfaces/IAttestationRegistry.sol";
import {IERC8183Evaluator, JobCase, JobTerms} from "../interfaces/IERC8183Evaluator.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IACPHook, IERC8183, Job, JobStatus} from "../interfaces/erc/IERC8183.sol";
import {Contexts} from "../libraries/Contexts.sol";

/// @title ERC8183Evaluator
/// @notice See `IERC8183Evaluator`.
contract ERC8183Evaluator is IERC8183Evaluator, ERC165 {
    /// @inheritdoc IERC8183Evaluator
    IAttestationRegistry public immutable registry;

    mapping(IERC8183 escrow => mapping(uint256 jobId => JobCase)) private _cases;

    /// @notice Starts without jobs.
    /// @param registry_ The registry whose attestations decide.
    constructor(IAttestationRegistry registry_) {
        registry = registry_;
    }

    /* A JOB'S LIFE */

    /// @inheritdoc IERC8183Evaluator
    function register(IERC8183 escrow, uint256 jobId, JobTerms calldata terms) external {
        Job memory job = escrow.getJob(jobId);
        require(msg.sender == job.client, NotTheJobsClient(msg.sender, job.client));
        require(job.evaluator == address(this), NotTheJobsEvaluator(job.evaluator));
        require(job.status == JobStatus.Open, WrongJobStatus(jobId, job.status));
        JobCase storage jobCase = _cases[escrow][jobId];
        require(jobCase.terms.methods == 0, TermsAlreadyRegistered(jobId));
        require(registry.models().isPublished(terms.modelId), IModelRegistry.UnknownModel(terms.modelId));
        require(terms.methods != 0 && terms.methods & ~_knownMethods() == 0, InvalidMethods(terms.methods));

        jobCase.terms = terms;

        emit TermsRegistered(escrow, jobId, contextOf(escrow, jobId, terms), terms);
    }

    /// @inheritdoc IERC8183Evaluator
    function noteFunded(IERC8183 escrow, uint256 jobId) external {
        JobStatus status = escrow.getJob(jobId).status;
        require(status == JobStatus.Funded || status == JobStatus.Submitted, WrongJobStatus(jobId, status));
        require(_cases[escrow][jobId].fundedAt == 0, FundingAlreadyNoted(jobId));
        _noteFunded(escrow, jobId);
    }

    /// @inheritdoc IERC8183Evaluator
    function deliver(IERC8183 escrow, uint256 jobId, bytes32 uid) external {
        Job memory job = escrow.getJob(jobId);
        require(msg.sender == job.provider, NotTheJobsProvider(msg.sender, job.provider));
        _deliver(escrow, jobId, job, uid);
    }

    /// @inheritdoc IERC8183Evaluator
    function decide(IERC8183 escrow, uint256 jobId, Attestation calldata attestation) external {
        bytes32 uid = registry.uidOf(attestation);
        JobCase memory jobCase = _cases[escrow][jobId];
        require(uid == jobCase.deliverable, NotTheDeliverable(uid, jobCase.deliverable));
        JobTerms memory terms = jobCase.terms;
        require(
            attestation.modelId == terms.modelId &&
                attestation.inputHash == terms.inputHash &&
                attestation.context == contextOf(escrow, jobId, terms),
            OutsideTerms(uid)
        );
        Status status = Status(registry.statusOf(uid));
        require(status == Status.Verified || status == Status.Refuted, NothingToDecide(uid, status));

        emit JobDecided(escrow, jobId, uid, status);

        if (status == Status.Verified) escrow.complete(jobId, uid, "");
        else escrow.reject(jobId, uid, "");
    }

    /* HOOK */

    /// @inheritdoc IACPHook
    function beforeAction(uint256, bytes4, bytes calldata) external pure {} // solhint-disable-line no-empty-blocks

    /// @inheritdoc IACPHook
    /// @dev The caller is the escrow: whoever else calls writes to jobs of its own.
    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        IERC8183 escrow = IERC8183(msg.sender);
        if (selector == IERC8183.submit.selector) {
            _deliver(escrow, jobId, escrow.getJob(jobId), _deliverableIn(data));
        } else if (_cases[escrow][jobId].fundedAt == 0 && escrow.getJob(jobId).status == JobStatus.Funded) {
            _noteFunded(escrow, jobId);
        }
    }

    /* VIEWS */

    /// @inheritdoc IERC8183Evaluator
    function caseOf(IERC8183 escrow, uint256 jobId) external view returns (JobCase memory) {
        return _cases[escrow][jobId];
    }

    /// @inheritdoc IERC8183Evaluator
    function contextOf(IERC8183 escrow, uint256 jobId, JobTerms memory terms) public view returns (bytes32) {
        bytes32 termsHash = keccak256(abi.encode(terms));
        bytes32 tag = "ERC8183_V1";
        return
            Contexts.bound(
                Contexts.ACTION,
                keccak256(abi.encode(tag, block.chainid, address(this), escrow, jobId, termsHash))
            );
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IACPHook).interfaceId || super.supportsInterface(interfaceId);
    }

    /* STEPS */

    function _noteFunded(IERC8183 escrow, uint256 jobId) private {
        JobCase storage jobCase = _cases[escrow][jobId];
        require(jobCase.terms.methods != 0, NoTerms(jobId));

        jobCase.fundedAt = uint40(block.timestamp);

        emit FundingNoted(escrow, jobId, uint40(block.timestamp));
    }

    /// @dev Checks of a deliverable what its record shows: who attested, when, and under which method.
    function _deliver(IERC8183 escrow, uint256 jobId, Job memory job, bytes32 uid) private {
        require(job.status == JobStatus.Submitted, WrongJobStatus(jobId, job.status));
        JobCase storage jobCase = _cases[escrow][jobId];
        uint40 fundedAt = jobCase.fundedAt;
        require(fundedAt != 0, FundingNotNoted(jobId));
        require(jobCase.deliverable == 0, AlreadyDelivered(jobId, jobCase.deliverable));
        Record memory record = registry.recordOf(uid);
        require(record.prover == job.provider, ForeignDeliverable(uid, record.prover));
        require(record.attestedAt > fundedAt, AttestedBeforeFunding(uid, record.attestedAt, fundedAt));
        require((jobCase.terms.methods >> record.method) & 1 == 1, MethodOutsideTerms(uid, record.method));

        jobCase.deliverable = uid;

        emit Delivered(escrow, jobId, uid);
    }

    /// @dev A bit for each method on the registry's list: 1 to the last.
    function _knownMethods() private view returns (uint256) {
        return (type(uint256).max >> (type(uint8).max - registry.methodCount())) - 1;
    }

    /// @dev By the draft's text the data is (deliverable, optParams), by its reference (caller, deliverable, optParams). A
    /// uid is never 64, the place of optParams by the text.
    function _deliverableIn(bytes calldata data) private pure returns (bytes32) {
        bytes32 second = bytes32(data[32:64]);
        return uint256(second) == 64 ? bytes32(data[:32]) : second;
    }
}
