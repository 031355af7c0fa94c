// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IAttestationRegistry, Record, Status} from "../interfaces/IAttestationRegistry.sol";
import {IERC8004Validator} from "../interfaces/IERC8004Validator.sol";
import {IIdentityRegistry, IValidationRegistry} from "../interfaces/erc/IERC8004.sol";

/// @title ERC8004Validator
/// @notice See `IERC8004Validator`.
contract ERC8004Validator is IERC8004Validator {
    using Strings for *;

    /// @inheritdoc IERC8004Validator
    IAttestationRegistry public immutable registry;

    /// @notice Answers by this registry for ever.
    /// @param registry_ The registry whose attestations are answers.
    constructor(IAttestationRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc IERC8004Validator
    function respond(IValidationRegistry validations, uint256 agentId, bytes32 uid, uint256 nonce) external {
        bytes32 requestHash = requestHashOf(validations, agentId, uid, nonce);
        (address validator, uint256 requestedFor, , , string memory lastTag, ) = validations.getValidationStatus(
            requestHash
        );
        require(validator == address(this) && requestedFor == agentId, NotRequested(requestHash));
        Record memory record = registry.recordOf(uid);
        // What was said softly is followed up, whoever has the agent by now.
        bool isFollowed = bytes(lastTag).length != 0;
        require(isFollowed || _actsFor(record.prover, agentId, validations), ForeignProver(record.prover, agentId));
        (uint8 response, string memory finality) = _responseTo(uid, record);
        string memory tag = string.concat("method-", uint256(record.method).toString(), finality);
        require(!tag.equal(lastTag), AlreadyResponded(requestHash));

        validations.validationResponse(requestHash, response, "", uid, tag);
    }

    /// @inheritdoc IERC8004Validator
    function requestHashOf(
        IValidationRegistry validations,
        uint256 agentId,
        bytes32 uid,
        uint256 nonce
    ) public view returns (bytes32) {
        bytes32 tag = "ERC8004_V1";
        return keccak256(abi.encode(tag, block.chainid, address(this), validations, agentId, uid, nonce));
    }

    /// @dev Approval isn't enough: an owner can approve whom it likes, who needn't agree.
    function _actsFor(address prover, uint256 agentId, IValidationRegistry validations) private view returns (bool) {
        if (prover == address(0)) return false;
        IIdentityRegistry agents = IIdentityRegistry(validations.getIdentityRegistry());
        return prover == agents.ownerOf(agentId) || prover == agents.getAgentWallet(agentId);
    }

    function _responseTo(bytes32 uid, Record memory record) private view returns (uint8, string memory) {
        if (record.status == Status.Verified) return (100, "/hard");
        if (record.status == Status.Refuted) return (0, "/hard");
        bool ends = record.status == Status.Pending && record.method != 0;
        require(ends && !registry.methodAt(record.method).canVoid(), NothingToRespond(uid, record.status));
        return (50, "/soft");
    }
}
