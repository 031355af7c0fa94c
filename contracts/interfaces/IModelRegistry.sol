// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What a publisher says of a model beside its layout and rows; the rest is computed.
/// @param artifactHash sha256 of the ONNX file.
/// @param runtimeId Identity of the runtime that defines the model's arithmetic.
/// @param verifyingKeyHash Hash of the Groth16 verifying key, or zero.
/// @param measurement Measurement of the enclave image, or zero.
struct Publication {
    bytes32 artifactHash;
    bytes32 runtimeId;
    bytes32 verifyingKeyHash;
    bytes32 measurement;
}

/// @notice What a contract needs to know of a published model; everything else is in `ModelPublished`.
/// @param layoutHash keccak256 of the layout bytes; never zero for a published model.
/// @param weightsRoot Ordered tree over the rows of an integer model; zero for a float model.
/// @param verifyingKeyHash Hash of the Groth16 verifying key; zero where the model has no circuit.
/// @param measurement Measurement of the enclave image; zero where the model has none.
struct Model {
    bytes32 layoutHash;
    bytes32 weightsRoot;
    bytes32 verifyingKeyHash;
    bytes32 measurement;
}

/// @title Which models exist
/// @notice Permissionless: a model is named by its content, so publishing one twice, or a worthless one, harms nobody.
interface IModelRegistry {
    /// @notice A model was published. `layout` and `rows` are the bytes themselves, so weights can't be withheld.
    event ModelPublished(
        bytes32 indexed modelId,
        address indexed publisher,
        bytes32 artifactHash,
        bytes32 runtimeId,
        bytes32 weightsRoot,
        bytes32 verifyingKeyHash,
        bytes32 measurement,
        bytes layout,
        bytes rows,
        string uri
    );

    /// @notice Somebody says that the model's file can be found at `uri`: a hint, readers go by the CID.
    event UriAdded(bytes32 indexed modelId, address indexed by, string uri);

    error ModelAlreadyPublished(bytes32 modelId);
    error UnknownModel(bytes32 modelId);
    /// @notice The artifact's sha256 or the runtime's id is zero.
    error MissingIdentity(bytes32 artifactHash, bytes32 runtimeId);
    /// @notice A publication is at most 120 KB of layout, rows and uri.
    error PublicationTooLarge(uint256 length, uint256 maximum);
    /// @notice The layout stops making sense at byte `offset`.
    error MalformedLayout(uint256 offset);
    /// @notice A layer is empty or wider than 4096, or all layers together are wider than 32768.
    error LayerOutOfBounds(uint256 layer, uint256 width);
    /// @notice An integer model's tensors are int8 and as long as its first and last layer.
    error TensorDoesNotFitLayer(uint256 layer, uint256 byteLength, uint256 width);
    error RowsLengthMismatch(uint256 given, uint256 expected);
    /// @notice Row `row` (counted over all layers from 0) has a shift outside 1..30, a `lo` other than -128 and 0, or
    /// a bias with which the sum could leave 30 bits.
    error RowOutOfBounds(uint256 row, uint8 shift, int8 lo, int32 bias);

    /// @notice Publishes a model. Checks the layout and, for an integer model, every row's bounds, and computes
    /// `weightsRoot` from the rows.
    /// @param layoutBytes Bytes as `Layouts` reads them.
    /// @param rows All rows of all layers in order; empty for a float model.
    /// @param uri Where the file may be found; emitted, never read.
    /// @return modelId The model's name.
    function publish(
        Publication calldata publication,
        bytes calldata layoutBytes,
        bytes calldata rows,
        string calldata uri
    ) external returns (bytes32 modelId);

    /// @notice Adds a hint where a published model's file may be found.
    function addUri(bytes32 modelId, string calldata uri) external;

    /// @notice Whether `modelId` has been published.
    function isPublished(bytes32 modelId) external view returns (bool);

    /// @notice The model's parts; reverts with `UnknownModel`.
    function modelOf(bytes32 modelId) external view returns (Model memory);
}
