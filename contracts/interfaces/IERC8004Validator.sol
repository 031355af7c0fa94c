// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IAttestationRegistry, Status} from "./IAttestationRegistry.sol";
import {IValidationRegistry} from "./erc/IERC8004.sol";

/// @title Validator of agents by the draft ERC-8004
/// @notice An agent asks what became of an attestation of its own; anyone makes this contract answer by its status. No
/// owner, no money, no state.
interface IERC8004Validator {
    /* ERRORS */

    /// @notice Thrown when nobody asked this validator under this hash, or somebody did for another agent.
    /// @param requestHash The hash.
    error NotRequested(bytes32 requestHash);
    /// @notice Thrown when nothing was answered yet and an attestation's prover is neither an agent's owner nor its wallet.
    /// @param prover Who attested; zero for an unknown attestation.
    /// @param agentId The agent.
    error ForeignProver(address prover, uint256 agentId);
    /// @notice Thrown when an attestation's status isn't an answer: it can still end, or has ended, without one.
    /// @param uid The attestation's name.
    /// @param status Its status.
    error NothingToRespond(bytes32 uid, Status status);
    /// @notice Thrown when the registry has exactly this response already.
    /// @param requestHash The request.
    error AlreadyResponded(bytes32 requestHash);

    /* RESPONDING */

    /// @notice Answers an agent's request: 100 for a Verified attestation, 0 for a Refuted one, both tagged
    /// `method-<n>/hard`; 50, tagged `method-<n>/soft`, for one that is Pending and can't end Void. A soft answer
    /// is followed by the hard one whoever has the agent then. Anyone.
    /// @param validations The validation registry.
    /// @param agentId The agent.
    /// @param uid The attestation's name, or a batch's id.
    /// @param nonce As in the request's hash.
    function respond(IValidationRegistry validations, uint256 agentId, bytes32 uid, uint256 nonce) external;

    /* VIEWS */

    /// @notice The registry whose attestations are answers.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice The hash under which an agent asks about an attestation.
    /// @param validations The validation registry.
    /// @param agentId The agent.
    /// @param uid The attestation's name, or a batch's id.
    /// @param nonce Any; another one where a hash is taken.
    /// @return The hash.
    function requestHashOf(
        IValidationRegistry validations,
        uint256 agentId,
        bytes32 uid,
        uint256 nonce
    ) external view returns (bytes32);
}
