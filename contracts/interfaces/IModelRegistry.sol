// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What a publisher says of a model beside its layout and rows; the rest is computed.
/// @param artifactHash sha256 of the ONNX file; zero for a model that only its enclave has.
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
/// @param weightsRoot Ordered tree over the rows of an integer model, or over the roots of a graph's operators; zero for a
/// float model.
/// @param verifyingKeyHash Hash of the Groth16 verifying key; zero where the model has no circuit.
/// @param measurement Measurement of the enclave image; zero where the model has none.
struct Model {
    bytes32 layoutHash;
    bytes32 weightsRoot;
    bytes32 verifyingKeyHash;
    bytes32 measurement;
}

/// @notice The first rule of `docs/graph-profile.md` that an operator breaks.
enum Refusal {
    None,
    Kind,
    Reads,
    Shape,
    Constants,
    Parameters,
    Time
}

/// @notice Rows of one operator of a graph, to be put on chain.
/// @param operator The operator.
/// @param first The first row's number, a multiple of `size`.
/// @param size A power of two: how many rows, fewer only at the end.
/// @param rows The rows, one after another.
/// @param proof Siblings of the node above them in the tree over all rows of the operator, from below.
struct RowChunk {
    uint256 operator;
    uint256 first;
    uint256 size;
    bytes rows;
    bytes32[] proof;
}

/// @title The published models
/// @notice Anyone may publish: a model is named by its content, so publishing one twice, or a useless one, harms nobody.
interface IModelRegistry {
    /* EVENTS */

    /// @notice A model was published. The event carries its layout and rows, so weights can't be withheld.
    /// @param modelId The model's name.
    /// @param publisher Who published it.
    /// @param artifactHash sha256 of the ONNX file; zero for a model that only its enclave has.
    /// @param runtimeId Identity of the runtime that defines the model's arithmetic.
    /// @param weightsRoot Ordered tree over the rows; zero for a float model.
    /// @param verifyingKeyHash Hash of the Groth16 verifying key, or zero.
    /// @param measurement Measurement of the enclave image, or zero.
    /// @param layout Bytes as `Layouts` reads them.
    /// @param rows All rows of all layers in order; empty for a float model.
    /// @param uri Where the file may be found.
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

    /// @notice A hint was added where a model's file may be found; readers check the file by its CID.
    /// @param modelId The model.
    /// @param by Who added it.
    /// @param uri Where.
    event UriAdded(bytes32 indexed modelId, address indexed by, string uri);

    /// @notice Parameter rows of a graph model's operator were put on chain, where nobody can withhold them.
    /// @param modelId The model.
    /// @param operator The operator.
    /// @param first The first row's number.
    /// @param rows The rows, one after another.
    event RowsPublished(bytes32 indexed modelId, uint256 indexed operator, uint256 first, bytes rows);

    /* ERRORS */

    /// @notice Thrown when a model of exactly this content is published already.
    /// @param modelId Its name.
    error ModelAlreadyPublished(bytes32 modelId);
    /// @notice Thrown when nobody has published such a model.
    /// @param modelId The name.
    error UnknownModel(bytes32 modelId);
    /// @notice Thrown when the runtime's id is zero, or the artifact's sha256 where the model names no enclave either.
    /// @param artifactHash What was given.
    /// @param runtimeId What was given.
    error MissingIdentity(bytes32 artifactHash, bytes32 runtimeId);
    /// @notice Thrown when layout, rows and uri are longer together than 120 KB.
    /// @param length Their length.
    /// @param maximum The bound.
    error PublicationTooLarge(uint256 length, uint256 maximum);
    /// @notice Thrown when a layout can't be read.
    /// @param offset The byte where it stops making sense.
    error MalformedLayout(uint256 offset);
    /// @notice Thrown when an integer model has more layers than always fit a transaction's gas.
    /// @param layers Their number.
    /// @param maximum The bound.
    error TooManyLayers(uint256 layers, uint256 maximum);
    /// @notice Thrown when an integer model has more rows than always fit a transaction's gas.
    /// @param rows Their number, of all layers.
    /// @param maximum The bound.
    error TooManyRows(uint256 rows, uint256 maximum);
    /// @notice Thrown when a tensor's name is empty or has a byte other than 0x21 to 0x7e: printable ASCII, no space. Of a
    /// graph also when its output has its input's name.
    /// @param offset The byte of the layout: the wrong one, or where the name's length stands.
    error InvalidTensorName(uint256 offset);
    /// @notice Thrown when a layer is empty or wider than 4096, or all layers together are wider than 32768.
    /// @param layer The layer, 0 being the input.
    /// @param width Its width.
    error LayerOutOfBounds(uint256 layer, uint256 width);
    /// @notice Thrown when an integer or graph model's tensor is not int8, or not as long as its first or last layer or
    /// operator, or a graph's has more than 8 dims.
    /// @param layer The layer or operator.
    /// @param byteLength The tensor's length.
    /// @param width The length that fits.
    error TensorDoesNotFitLayer(uint256 layer, uint256 byteLength, uint256 width);
    /// @notice Thrown when the rows are not as long as the layout says.
    /// @param given Their length.
    /// @param expected The layout's.
    error RowsLengthMismatch(uint256 given, uint256 expected);
    /// @notice Thrown when a row has a shift outside 1..30, a `lo` other than -128 and 0, or a bias with which the sum
    /// could leave 30 bits.
    /// @param row The row, counted over all layers from 0.
    /// @param shift Its shift.
    /// @param lo Its lower bound.
    /// @param bias Its bias.
    error RowOutOfBounds(uint256 row, uint8 shift, int8 lo, int32 bias);

    /// @notice Thrown when a graph has fewer than 2 operators, or more than 1,024.
    /// @param count Their number.
    error OperatorCountOutOfBounds(uint256 count);
    /// @notice Thrown when a graph's operator breaks a rule; those before it break none.
    /// @param operator The operator.
    /// @param why The first rule that it breaks.
    error OperatorRefused(uint256 operator, Refusal why);
    /// @notice Thrown when the outputs of a graph's operators are longer together than a trace may be.
    /// @param length Their length.
    /// @param maximum The bound.
    error TraceTooLarge(uint256 length, uint256 maximum);
    /// @notice Thrown when the bytes that are said to be a model's graph aren't: the model has another layout, or no graph.
    /// @param modelId The model.
    error NotTheGraph(bytes32 modelId);
    /// @notice Thrown when rows are no chunk of an operator: it has no such rows, they have another length, `size` is no
    /// power of two, or `first` no multiple of it.
    /// @param operator The operator.
    /// @param first The first row's number.
    /// @param size How many there should be.
    /// @param length Bytes of the rows given.
    error NotAChunk(uint256 operator, uint256 first, uint256 size, uint256 length);
    /// @notice Thrown when an operator's parameter row is malformed, so that its elements are 0.
    /// @param operator The operator.
    /// @param row The row.
    error MalformedRow(uint256 operator, uint256 row);
    /// @notice Thrown when rows are not those of the graph's root.
    /// @param operator The operator.
    /// @param first The first row's number.
    error WrongRows(uint256 operator, uint256 first);

    /* PUBLISHING */

    /// @notice Publishes a model. Checks the layout and, for an integer model, every row's bounds, and computes
    /// `weightsRoot` from the rows. Of a graph model it checks every operator; `weightsRoot` follows from their roots.
    /// @param publication What the publisher says of it.
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
    /// @param modelId The model.
    /// @param uri Where.
    function addUri(bytes32 modelId, string calldata uri) external;

    /// @notice Puts parameter rows of a graph model on chain, in chunks of any size and order, each any number of times.
    /// @param modelId The model.
    /// @param graph Its graph.
    /// @param chunk The rows.
    function publishRows(bytes32 modelId, bytes calldata graph, RowChunk calldata chunk) external;

    /* VIEWS */

    /// @notice Whether a model is published.
    /// @param modelId The name.
    /// @return True if it is.
    function isPublished(bytes32 modelId) external view returns (bool);

    /// @notice The model's parts; reverts with `UnknownModel`.
    /// @param modelId The name.
    /// @return The parts.
    function modelOf(bytes32 modelId) external view returns (Model memory);

    /// @notice Measurement of the enclave image that a model is bound to.
    /// @param modelId The name.
    /// @return The measurement; zero for a model without one, or one that nobody has published.
    function measurementOf(bytes32 modelId) external view returns (bytes32);
}
