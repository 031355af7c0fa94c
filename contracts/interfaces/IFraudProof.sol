// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, Batch} from "./IAttestationRegistry.sol";
import {AssignedInput} from "./ICampaign.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice The one value said to be wrong, with what is needed to recompute it.
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
/// @notice The activations of every layer are in calldata, and this contract hashes them: nothing can be withheld. The one
/// way to be wrong is a wrong row, and whoever shows one refutes the attestation in one transaction. What nobody refuted
/// within the window is Verified.
interface IFraudProof is IVerificationMethod {
    /// @notice An attestation's activations A_0 ‖ … ‖ A_L.
    event Traced(bytes32 indexed uid, bytes trace);
    /// @notice A row was shown wrong: the attestation claimed one value where the model gives another.
    event RowRefuted(
        bytes32 indexed id,
        address indexed challenger,
        uint256 unit,
        uint256 layer,
        uint256 row,
        int8 claimed,
        int8 correct
    );

    error NotAnIntegerModel(bytes32 modelId);
    /// @notice Refuting must fit into one transaction, so a model's layout is at most 8 KB here.
    error LayoutTooLarge(uint256 length, uint256 maximum);
    error WrongLayout(bytes32 given, bytes32 expected);
    error WrongTraceLength(uint256 given, uint256 expected);
    /// @notice The trace is not the one attested, or its first or last activations are not the input or output attested.
    error WrongTrace(bytes32 uid);
    /// @notice Nothing of that name is pending under this method.
    error NotOpen(bytes32 id);
    error WindowOver(bytes32 id, uint64 until);
    error WindowOpen(bytes32 id, uint64 until);
    error NoSuchRow(uint256 layer, uint256 row);
    error WrongRowProof(uint256 layer, uint256 row);
    error WrongUnitProof(uint256 index);
    /// @notice The claimed value is what the model gives: an honest attestation can't be refuted.
    error RowIsRight(uint256 layer, uint256 row, int8 value);

    /// @notice Refutes a single attestation; the sender gets half of the bond, the other half is burned.
    /// @param trace Activations A_0 ‖ … ‖ A_L as attested.
    function refute(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata trace,
        DisputedRow calldata disputed
    ) external;

    /// @notice Refutes a batch by one row of one unit.
    function refuteBatch(Batch calldata batch, DisputedUnit calldata unit, DisputedRow calldata disputed) external;

    /// @notice Settles what nobody refuted within the window as Verified and returns the bond; anyone.
    function settle(bytes32 id) external;

    /// @notice Time in which an attestation can be refuted, in seconds.
    function window() external view returns (uint40);

    /// @notice What an attestation locks for each unit, in wei.
    function bondPerUnit() external view returns (uint128);
}
