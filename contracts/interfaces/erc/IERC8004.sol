// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The part of ERC-8004's identity registry that says whose an agent is
/// @notice An ERC-721 contract whose tokens are agents. See https://eips.ethereum.org/EIPS/eip-8004.
interface IIdentityRegistry {
    /// @notice Who owns an agent; reverts for one that nobody registered.
    /// @param agentId The agent.
    /// @return The owner.
    function ownerOf(uint256 agentId) external view returns (address);

    /// @notice The account that signed that it is an agent's wallet; a transfer of the agent clears it.
    /// @param agentId The agent.
    /// @return The wallet, or zero.
    function getAgentWallet(uint256 agentId) external view returns (address);
}

/// @title Validation Registry of the draft ERC-8004
/// @notice Agents ask validators for their opinion of some work. See https://eips.ethereum.org/EIPS/eip-8004.
interface IValidationRegistry {
    /// @notice An opinion was asked for.
    /// @param validatorAddress Whose.
    /// @param agentId Whose work.
    /// @param requestURI Where the work is described.
    /// @param requestHash The request's name.
    event ValidationRequest(
        address indexed validatorAddress,
        uint256 indexed agentId,
        string requestURI,
        bytes32 indexed requestHash
    );
    /// @notice An opinion was given.
    /// @param validatorAddress Whose.
    /// @param agentId Whose work.
    /// @param requestHash The request.
    /// @param response 0 (failed) to 100 (passed).
    /// @param responseURI Where it is explained.
    /// @param responseHash Hash of the explanation.
    /// @param tag A word for it.
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    /// @notice Asks a validator; who owns the agent, operates for its owner, or is approved for it.
    /// @param validatorAddress The validator.
    /// @param agentId The agent.
    /// @param requestURI Where the work is described.
    /// @param requestHash The request's name; nobody may have used it.
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external;

    /// @notice Answers a request, or answers it anew; the request's validator.
    /// @param requestHash The request.
    /// @param response 0 to 100.
    /// @param responseURI Where it is explained.
    /// @param responseHash Hash of the explanation.
    /// @param tag A word for it.
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external;

    /// @notice A request and its last response; zeros and no tag before the first. The reference reverts for an unknown one.
    /// @param requestHash The request.
    /// @return validatorAddress Who was asked.
    /// @return agentId For which agent.
    /// @return response 0 to 100.
    /// @return responseHash Hash of the explanation.
    /// @return tag A word for it.
    /// @return lastUpdate When, unix seconds.
    function getValidationStatus(
        bytes32 requestHash
    )
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        );

    /// @notice How many responses an agent has, and their mean.
    /// @param agentId The agent.
    /// @param validatorAddresses Whose responses count; empty for all.
    /// @param tag Which count; empty for all.
    /// @return count Their number.
    /// @return averageResponse Their mean, rounded down; 0 for none.
    function getSummary(
        uint256 agentId,
        address[] calldata validatorAddresses,
        string calldata tag
    ) external view returns (uint64 count, uint8 averageResponse);

    /// @notice The requests for an agent.
    /// @param agentId The agent.
    /// @return Their hashes.
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory);

    /// @notice The requests to a validator.
    /// @param validatorAddress The validator.
    /// @return Their hashes.
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory);

    /// @notice Where agents are registered.
    /// @return The identity registry.
    function getIdentityRegistry() external view returns (address);
}
