// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, Batch} from "./IAttestationRegistry.sol";

/// @title How an attestation is verified
/// @notice One policy, one contract. The registry calls the `on…` hooks; a hook refuses by reverting. The method
/// settles an attestation by calling the registry.
interface IVerificationMethod {
    /// @notice A hook was called by somebody else than the registry.
    error NotTheRegistry(address caller);

    /// @notice An open attestation was recorded.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external;

    /// @notice A batch was recorded.
    /// @param unitBytes Length of each unit's activations.
    /// @param layoutBytes What the prover shows as the model's layout.
    function onAttestBatch(bytes32 id, Batch calldata batch, uint256 unitBytes, bytes calldata layoutBytes) external;

    /// @notice A hidden attestation was recorded.
    function onCommit(bytes32 uid, Attestation calldata attestation) external;

    /// @notice A hidden attestation's answer was opened; it fits what was committed.
    function onReveal(bytes32 uid, Attestation calldata attestation, Answer calldata opened) external;

    /// @notice The longest an attestation can stay open under this method, in seconds.
    function longest() external view returns (uint64);

    /// @notice Whether `Verified` under this method also says that the input was the assigned one.
    function checksInput() external view returns (bool);

    /// @notice The accounts whose work made `id` Verified and who share the verifiers' points; may be empty.
    function verifiersOf(bytes32 id) external view returns (address[] memory);
}
