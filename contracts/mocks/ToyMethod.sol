// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {VerificationMethod} from "../methods/VerificationMethod.sol";

/// @title The smallest method there is
/// @notice It takes units of the campaign with an open answer. The evidence is the output's bytes, header and data: an
/// attestation is kept where they hash to the attested output. Anyone settles it, at once.
contract ToyMethod is VerificationMethod {
    event ToyShown(bytes32 indexed uid, bytes output);
    event ToySettled(bytes32 indexed uid, bool kept);

    mapping(bytes32 uid => bool) private _keeps;

    constructor(ICampaign campaign_, IBonds bonds) VerificationMethod(campaign_, bonds) {}

    /// @inheritdoc IVerificationMethod
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external override onlyRegistry {
        _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);

        _keeps[uid] = keccak256(evidence) == opened.outputHash;

        emit ToyShown(uid, evidence);
    }

    /// @notice Settles an attestation of this method as Verified or Refuted.
    function settle(bytes32 uid) external {
        bool kept = _keeps[uid];

        emit ToySettled(uid, kept);

        _registry.settle(uid, kept ? Status.Verified : Status.Refuted, msg.sender);
    }

    /// @inheritdoc IVerificationMethod
    function longest() external pure returns (uint64) {
        return 1 minutes;
    }
}
