// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IValidationRegistry} from "../interfaces/erc/IERC8004.sol";
import {MockAgentRegistry} from "./MockAgentRegistry.sol";

/// @title The smallest validation registry by the draft ERC-8004
/// @notice Written from the draft's text. A hash names one request, whoever is first.
contract MockValidationRegistry is IValidationRegistry {
    using Strings for string;

    error NoValidator();
    error HashTaken(bytes32 requestHash);
    error NotTheAgents(address caller, uint256 agentId);
    error UnknownRequest(bytes32 requestHash);
    error NotTheValidator(address caller, address validator);
    error ResponseTooHigh(uint8 response);

    struct Validation {
        address validator;
        uint8 response;
        bool responded;
        uint256 agentId;
        bytes32 responseHash;
        string tag;
        uint256 lastUpdate;
    }

    MockAgentRegistry private immutable _agents;
    mapping(bytes32 requestHash => Validation) private _validations;
    mapping(uint256 agentId => bytes32[]) private _ofAgent;
    mapping(address validator => bytes32[]) private _ofValidator;

    constructor(MockAgentRegistry agents) {
        _agents = agents;
    }

    /// @inheritdoc IValidationRegistry
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external {
        require(validatorAddress != address(0), NoValidator());
        Validation storage validation = _validations[requestHash];
        require(validation.validator == address(0), HashTaken(requestHash));
        require(_agents.isAuthorizedOrOwner(msg.sender, agentId), NotTheAgents(msg.sender, agentId));

        (validation.validator, validation.agentId) = (validatorAddress, agentId);
        validation.lastUpdate = block.timestamp;
        _ofAgent[agentId].push(requestHash);
        _ofValidator[validatorAddress].push(requestHash);

        emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
    }

    /// @inheritdoc IValidationRegistry
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        Validation storage validation = _known(requestHash);
        require(msg.sender == validation.validator, NotTheValidator(msg.sender, validation.validator));
        require(response <= 100, ResponseTooHigh(response));

        (validation.response, validation.responseHash, validation.tag) = (response, responseHash, tag);
        (validation.responded, validation.lastUpdate) = (true, block.timestamp);

        emit ValidationResponse(msg.sender, validation.agentId, requestHash, response, responseURI, responseHash, tag);
    }

    /// @inheritdoc IValidationRegistry
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
        )
    {
        Validation memory v = _known(requestHash);
        return (v.validator, v.agentId, v.response, v.responseHash, v.tag, v.lastUpdate);
    }

    /// @inheritdoc IValidationRegistry
    function getSummary(
        uint256 agentId,
        address[] calldata validatorAddresses,
        string calldata tag
    ) external view returns (uint64 count, uint8 averageResponse) {
        uint256 sum = 0;
        for (uint256 i = 0; i < _ofAgent[agentId].length; ++i) {
            Validation memory validation = _validations[_ofAgent[agentId][i]];
            bool counts =
                validation.responded &&
                    (bytes(tag).length == 0 || validation.tag.equal(tag)) &&
                    _isIn(validatorAddresses, validation.validator);
            if (!counts) continue;
            ++count;
            sum += validation.response;
        }
        if (count != 0) averageResponse = uint8(sum / count);
    }

    /// @inheritdoc IValidationRegistry
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory) {
        return _ofAgent[agentId];
    }

    /// @inheritdoc IValidationRegistry
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory) {
        return _ofValidator[validatorAddress];
    }

    /// @inheritdoc IValidationRegistry
    function getIdentityRegistry() external view returns (address) {
        return address(_agents);
    }

    function _known(bytes32 requestHash) private view returns (Validation storage validation) {
        validation = _validations[requestHash];
        require(validation.validator != address(0), UnknownRequest(requestHash));
    }

    function _isIn(address[] calldata accounts, address account) private pure returns (bool) {
        if (accounts.length == 0) return true;
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == account) return true;
        }
        return false;
    }
}
