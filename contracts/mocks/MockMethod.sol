// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Answer, Attestation, Batch, Status} from "../interfaces/IAttestationRegistry.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";

/// @title A method under a test's control
/// @notice It reports the calls of its hooks, answers as it was set, and makes the calls that a test asks for: at once, or
/// from within its next hook.
contract MockMethod is IVerificationMethod {
    event AttestHook(bytes32 indexed uid, Attestation attestation, Answer opened, bytes evidence);
    event BatchHook(bytes32 indexed id, Batch batch, uint256 leafBytes, bytes evidence);
    event RootHook(bytes32 indexed id, Batch batch);
    event CommitHook(bytes32 indexed uid, Attestation attestation);
    event RevealHook(bytes32 indexed uid, Attestation attestation, Answer opened);
    event ShownHook(bytes32 indexed uid, uint64 until, bytes trace);
    event ShownSettledHook(bytes32 indexed uid, Status status, address by);

    uint64 public longest;
    bool public admitsModels;
    bool public checksInput;
    bool public canVoid;
    address[] private _verifiers;
    address private _target;
    bytes private _data;

    receive() external payable {}

    function setLongest(uint64 longest_) external {
        longest = longest_;
    }

    function setAdmitsModels(bool admitsModels_) external {
        admitsModels = admitsModels_;
    }

    function setChecksInput(bool checksInput_) external {
        checksInput = checksInput_;
    }

    function setCanVoid(bool canVoid_) external {
        canVoid = canVoid_;
    }

    function setVerifiers(address[] calldata verifiers) external {
        _verifiers = verifiers;
    }

    /// @notice The next hook calls `target` with `data` and passes on its revert.
    function onNextHook(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    /// @notice Calls `target` with `data` and the sent wei, and passes on its revert.
    function execute(address target, bytes calldata data) external payable {
        Address.functionCallWithValue(target, data, msg.value);
    }

    /// @inheritdoc IVerificationMethod
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external {
        emit AttestHook(uid, attestation, opened, evidence);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onAttestBatch(bytes32 id, Batch calldata batch, uint256 leafBytes, bytes calldata evidence) external {
        emit BatchHook(id, batch, leafBytes, evidence);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onAttestRoot(bytes32 id, Batch calldata batch) external {
        emit RootHook(id, batch);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onCommit(bytes32 uid, Attestation calldata attestation) external {
        emit CommitHook(uid, attestation);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onReveal(bytes32 uid, Attestation calldata attestation, Answer calldata opened) external {
        emit RevealHook(uid, attestation, opened);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onShown(bytes32 uid, uint64 until, bytes calldata trace) external {
        emit ShownHook(uid, until, trace);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    function onShownSettled(bytes32 uid, Status status, address by) external {
        emit ShownSettledHook(uid, status, by);
        _call();
    }

    /// @inheritdoc IVerificationMethod
    /// @dev It serves every campaign.
    function campaign() external view returns (ICampaign) {
        return ICampaign(msg.sender);
    }

    /// @inheritdoc IVerificationMethod
    function requireModel(bytes32, bytes calldata) external view {} // solhint-disable-line no-empty-blocks

    /// @inheritdoc IVerificationMethod
    function verifiersOf(bytes32) external view returns (address[] memory) {
        return _verifiers;
    }

    function _call() private {
        address target = _target;
        if (target == address(0)) return;
        _target = address(0);
        Address.functionCall(target, _data);
    }
}
