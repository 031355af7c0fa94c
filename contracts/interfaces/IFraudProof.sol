// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, Batch} from "./IAttestationRegistry.sol";
import {AssignedInput} from "./ICampaign.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice The one value that is disputed, with what is needed to recompute it.
/// @param layoutBytes The model's layout.
/// @param layer From 0: the layer that maps A_layer to A_layer+1.
/// @param row The neuron within its layer, from 0.
/// @param data The row's bytes: u8 shift ‖ i8 lo ‖ i32 bias ‖ int8 weights.
/// @param proof The row's proof against the model's `weightsRoot`.
struct DisputedRow {
    bytes layoutBytes;
    uint256 layer;
    uint256 row;
    bytes data;
    bytes32[] proof;
}

/// @notice A unit of a batch, with what proves it.
/// @param index Position in the batch, from 0.
/// @param activations The unit's leaf: A_1 ‖ … ‖ A_L.
/// @param proof Its proof against the batch's root.
/// @param input The assigned base input, needed where layer 0 is disputed; ignored otherwise.
struct DisputedUnit {
    uint256 index;
    bytes activations;
    bytes32[] proof;
    AssignedInput input;
}

/// @title Verification by a bond, a window, and one wrong row
/// @notice The activations of every layer are in calldata, and this contract hashes them: nothing can be withheld. An
/// attestation can only be wrong in a row, and anyone who shows a wrong row refutes it in one transaction. If nobody does
/// within the window, it is Verified.
interface IFraudProof is IVerificationMethod {
    /* EVENTS */

    /// @notice A single attestation's trace.
    /// @param uid The attestation's name.
    /// @param trace Activations A_0 ‖ … ‖ A_L.
    event Traced(bytes32 indexed uid, bytes trace);
    /// @notice A row was shown wrong: the prover attested one value where the model gives another.
    /// @param id The attestation's uid, or the batch's id.
    /// @param challenger Who showed it.
    /// @param unit Position in the batch; 0 for a single attestation.
    /// @param layer The row's layer, from 0.
    /// @param row The row within its layer, from 0.
    /// @param claimed The value that was attested.
    /// @param correct The value that the model gives.
    event RowRefuted(
        bytes32 indexed id,
        address indexed challenger,
        uint256 unit,
        uint256 layer,
        uint256 row,
        int8 claimed,
        int8 correct
    );

    /* ERRORS */

    /// @notice Thrown when the model has no rows that could be refuted.
    /// @param modelId The model.
    error NotAnIntegerModel(bytes32 modelId);
    /// @notice Thrown when a model's layout is so long that refuting might not fit into one transaction: above 8 KB.
    /// @param length Its length.
    /// @param maximum The bound.
    error LayoutTooLarge(uint256 length, uint256 maximum);
    /// @notice Thrown when the layout shown is not the model's.
    /// @param given Its hash.
    /// @param expected The model's.
    error WrongLayout(bytes32 given, bytes32 expected);
    /// @notice Thrown when a trace is not as long as the layout says.
    /// @param given Its length.
    /// @param expected The layout's: without the input for a batch's unit.
    error WrongTraceLength(uint256 given, uint256 expected);
    /// @notice Thrown when the trace is not the one attested, or its first or last activations are not the input or output
    /// attested.
    /// @param uid The attestation's name.
    error WrongTrace(bytes32 uid);
    /// @notice Thrown when no attestation of that name is pending under this method.
    /// @param id The name.
    error NotOpen(bytes32 id);
    /// @notice Thrown when it is too late to refute.
    /// @param id The attestation's name.
    /// @param until End of its window, unix seconds.
    error WindowOver(bytes32 id, uint64 until);
    /// @notice Thrown when it is too early to settle.
    /// @param id The attestation's name.
    /// @param until End of its window, unix seconds.
    error WindowOpen(bytes32 id, uint64 until);
    /// @notice Thrown when the model has no such row.
    /// @param layer The layer, from 0.
    /// @param row The row within its layer, from 0.
    error NoSuchRow(uint256 layer, uint256 row);
    /// @notice Thrown when the bytes shown are not the model's row.
    /// @param layer The layer, from 0.
    /// @param row The row within its layer, from 0.
    error WrongRowProof(uint256 layer, uint256 row);
    /// @notice Thrown when the activations shown are not those of the batch's unit.
    /// @param index Position of the unit in the batch.
    error WrongUnitProof(uint256 index);
    /// @notice Thrown when the attested value is what the model gives: an honest attestation can't be refuted.
    /// @param layer The layer, from 0.
    /// @param row The row within its layer, from 0.
    /// @param value What the prover attested, and the model gives.
    error RowIsRight(uint256 layer, uint256 row, int8 value);

    /* SHOWING */

    /// @notice Shows the run of the sender's attestation under another method that takes shown runs, such as `Quorum`, and locks
    /// the bond of one unit: from now on that attestation is refuted and settled here, as one under this method is.
    /// @param attestation The attestation; its method says whether it is the time to show.
    /// @param opened Its answer.
    /// @param layoutBytes The model's layout.
    /// @param trace Activations A_0 ‖ … ‖ A_L of the run.
    /// @param input The base input of the unit that it is about; ignored if it is about none.
    function show(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata layoutBytes,
        bytes calldata trace,
        AssignedInput calldata input
    ) external;

    /* REFUTING AND SETTLING */

    /// @notice Refutes a single attestation; the sender gets half of the bond, the other half is burned.
    /// @param attestation The attestation.
    /// @param opened Its answer.
    /// @param trace Activations A_0 ‖ … ‖ A_L as attested or shown.
    /// @param disputed The wrong row.
    function refute(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata trace,
        DisputedRow calldata disputed
    ) external;

    /// @notice Refutes a batch by one row of one unit; the sender gets half of the bond, the other half is burned.
    /// @param batch The batch.
    /// @param unit The unit, with its activations.
    /// @param disputed The wrong row.
    function refuteBatch(Batch calldata batch, DisputedUnit calldata unit, DisputedRow calldata disputed) external;

    /// @notice Settles an attestation that nobody refuted within the window as Verified and returns the bond; anyone.
    /// @param id The attestation's uid, or the batch's id.
    function settle(bytes32 id) external;

    /* VIEWS */

    /// @notice Time in which an attestation can be refuted.
    /// @return In seconds.
    function window() external view returns (uint40);

    /// @notice What an attestation or a batch locks however many its units: half of it pays for the gas of a refutation.
    /// @return In wei.
    function bondPerAttestation() external view returns (uint128);

    /// @notice What an attestation or a batch locks for each unit, beside `bondPerAttestation`.
    /// @return In wei.
    function bondPerUnit() external view returns (uint128);

    /// @notice What an attestation or a batch locks in all.
    /// @param count Number of its units; 1 for a single attestation.
    /// @return In wei.
    function bondFor(uint32 count) external view returns (uint128);
}
