// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, Batch, Status} from "./IAttestationRegistry.sol";
import {ICampaign} from "./ICampaign.sol";

/// @title A way to verify attestations
/// @notice Each method is one contract. The registry calls its `on…` hooks; a hook refuses by reverting. The method
/// settles an attestation by calling the registry.
interface IVerificationMethod {
    /* ERRORS */

    /// @notice Thrown when an account other than the registry calls a hook.
    /// @param caller Who called it.
    error NotTheRegistry(address caller);
    /// @notice Thrown when a method doesn't take what a hook tells: attestations that are open, hidden, batches or roots of them, or shown runs.
    /// @param hook Selector of the hook that refuses.
    error NotSupported(bytes4 hook);
    /// @notice Thrown when a method is deployed with a parameter out of its bounds.
    /// @param name The parameter's name.
    /// @param value What was given.
    error InvalidParameter(string name, uint256 value);
    /// @notice Thrown when a context doesn't name units of the campaign that the method serves.
    /// @param context The context of the attestation.
    error WrongCampaign(bytes32 context);

    /* HOOKS */

    /// @notice An open attestation was recorded.
    /// @param uid The attestation's name.
    /// @param attestation What was attested.
    /// @param opened Its open answer.
    /// @param evidence What the prover shows; the method says what it asks for.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external;

    /// @notice A batch was recorded.
    /// @param id The batch's name.
    /// @param batch What was attested.
    /// @param leafBytes Length of the data of each leaf in the batch's tree: one leaf a unit.
    /// @param evidence What the prover shows; the method says what it asks for.
    function onAttestBatch(bytes32 id, Batch calldata batch, uint256 leafBytes, bytes calldata evidence) external;

    /// @notice A batch was recorded of which the root alone is known.
    /// @param id The batch's name.
    /// @param batch What was attested.
    function onAttestRoot(bytes32 id, Batch calldata batch) external;

    /// @notice An attestation with a hidden answer was recorded.
    /// @param uid The attestation's name.
    /// @param attestation What was attested.
    function onCommit(bytes32 uid, Attestation calldata attestation) external;

    /// @notice The hidden answer of an attestation was opened; it matches the committed hash.
    /// @param uid The attestation's name.
    /// @param attestation What was attested.
    /// @param opened Its open answer.
    function onReveal(bytes32 uid, Attestation calldata attestation, Answer calldata opened) external;

    /// @notice The prover of an attestation under this method has shown its run to `IFraudProof`, which asks whether
    /// that decides now.
    /// @param uid The attestation's name.
    /// @param until End of the time to refute it, unix seconds.
    /// @param trace Activations A_0 ‖ … ‖ A_L.
    function onShown(bytes32 uid, uint64 until, bytes calldata trace) external;

    /// @notice A shown run stood, or a row of it was refuted: the method settles the attestation.
    /// @param uid The attestation's name.
    /// @param status `Verified` or `Refuted`.
    /// @param by Who settled it.
    function onShownSettled(bytes32 uid, Status status, address by) external;

    /* VIEWS */

    /// @notice The campaign whose units this method verifies.
    /// @return The campaign.
    function campaign() external view returns (ICampaign);

    /// @notice Reverts with the reason if this method can't settle attestations of a model; a campaign calls it before it
    /// adds a task.
    /// @param modelId A published model.
    /// @param layoutBytes Its layout.
    function requireModel(bytes32 modelId, bytes calldata layoutBytes) external view;

    /// @notice Whether every hook of this method refuses models that aren't published, of itself: as it admitted them, or
    /// asks for them. The registry asks when the method is added, and then leaves that check to it.
    /// @return True if they do; always the same.
    function admitsModels() external view returns (bool);

    /// @notice The longest time that an attestation can stay pending under this method.
    /// @return In seconds.
    function longest() external view returns (uint64);

    /// @notice Whether an attestation can end Void under this method. Where it can't, whoever acts on a pending one is
    /// told in the end whether it was right, and `ICover` takes cover for it.
    /// @return True if it can.
    function canVoid() external view returns (bool);

    /// @notice Whether `Verified` under this method also says that the input was the assigned one.
    /// @return True if it does.
    function checksInput() external view returns (bool);

    /// @notice The accounts whose work made an attestation Verified, and who share the verifiers' points.
    /// @param id The attestation's name.
    /// @return The accounts; may be empty.
    function verifiersOf(bytes32 id) external view returns (address[] memory);
}
