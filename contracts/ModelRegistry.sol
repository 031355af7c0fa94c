// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IModelRegistry, Model, Publication, RowChunk} from "./interfaces/IModelRegistry.sol";
import {Commitments, ModelParts} from "./libraries/Commitments.sol";
import {IntegerProfile} from "./libraries/IntegerProfile.sol";
import {LayoutParts, Layouts} from "./libraries/Layouts.sol";
import {OrderedTree} from "./libraries/OrderedTree.sol";
import {Graphs} from "./operators/Graphs.sol";
import {Operator} from "./operators/Operator.sol";
import {Operators} from "./operators/Operators.sol";

/// @title ModelRegistry
/// @notice See `IModelRegistry`.
contract ModelRegistry is IModelRegistry {
    uint256 private constant MAX_PUBLICATION = 120_000;
    /// @dev With these two bounds, every model within all bounds can be published within a transaction's gas.
    uint256 private constant MAX_LAYERS = 2048;
    uint256 private constant MAX_ROWS = 8192;
    uint256 private constant MAX_WIDTH = 4096;
    uint256 private constant MAX_TOTAL_WIDTH = 32_768;

    mapping(bytes32 modelId => Model) private _models;

    /* PUBLISHING */

    /// @inheritdoc IModelRegistry
    function publish(
        Publication calldata publication,
        bytes calldata layoutBytes,
        bytes calldata rows,
        string calldata uri
    ) external returns (bytes32 modelId) {
        require(
            (publication.artifactHash != 0 || publication.measurement != 0) && publication.runtimeId != 0,
            MissingIdentity(publication.artifactHash, publication.runtimeId)
        );
        // A model that only its enclave has is no integer model: that one's file follows from its rows.
        require(publication.artifactHash != 0 || rows.length == 0, RowsLengthMismatch(rows.length, 0));
        uint256 length = layoutBytes.length + rows.length + bytes(uri).length;
        require(length <= MAX_PUBLICATION, PublicationTooLarge(length, MAX_PUBLICATION));

        ModelParts memory parts = ModelParts({
            artifactHash: publication.artifactHash,
            runtimeId: publication.runtimeId,
            layoutHash: keccak256(layoutBytes),
            weightsRoot: _weightsRoot(layoutBytes, rows),
            verifyingKeyHash: publication.verifyingKeyHash,
            measurement: publication.measurement
        });
        modelId = Commitments.modelId(parts);
        require(!isPublished(modelId), ModelAlreadyPublished(modelId));

        _models[modelId] = Model(parts.layoutHash, parts.weightsRoot, parts.verifyingKeyHash, parts.measurement);

        _emitPublished(modelId, parts, layoutBytes, rows, uri);
    }

    /// @inheritdoc IModelRegistry
    function addUri(bytes32 modelId, string calldata uri) external {
        require(isPublished(modelId), UnknownModel(modelId));

        emit UriAdded(modelId, msg.sender, uri);
    }

    /// @inheritdoc IModelRegistry
    function publishRows(bytes32 modelId, bytes calldata graph, RowChunk calldata chunk) external {
        require(isPublished(modelId), UnknownModel(modelId));
        require(keccak256(graph) == _models[modelId].layoutHash, NotTheGraph(modelId));
        uint256 operators = Layouts.parse(graph).operators;
        require(operators != 0, NotTheGraph(modelId));
        _checkChunk(graph, operators, chunk);

        emit RowsPublished(modelId, chunk.operator, chunk.first, chunk.rows);
    }

    /* VIEWS */

    /// @inheritdoc IModelRegistry
    function isPublished(bytes32 modelId) public view returns (bool) {
        return _models[modelId].layoutHash != 0;
    }

    /// @inheritdoc IModelRegistry
    function modelOf(bytes32 modelId) external view returns (Model memory) {
        require(isPublished(modelId), UnknownModel(modelId));
        return _models[modelId];
    }

    /// @inheritdoc IModelRegistry
    function measurementOf(bytes32 modelId) external view returns (bytes32) {
        return _models[modelId].measurement;
    }

    /* CHECKS */

    function _emitPublished(
        bytes32 modelId,
        ModelParts memory parts,
        bytes calldata layoutBytes,
        bytes calldata rows,
        string calldata uri
    ) private {
        emit ModelPublished(
            modelId,
            msg.sender,
            parts.artifactHash,
            parts.runtimeId,
            parts.weightsRoot,
            parts.verifyingKeyHash,
            parts.measurement,
            layoutBytes,
            rows,
            uri
        );
    }

    /// @dev Checks rows of a graph's operator: that they are a chunk of its rows, well-formed, and those of its root.
    function _checkChunk(bytes calldata graph, uint256 operators, RowChunk calldata chunk) private pure {
        Operator op = chunk.operator < operators ? Graphs.operatorAt(graph, chunk.operator) : Operator.wrap(0);
        uint256 count = Operators.parameterCount(op);
        bytes32[] memory leaves = _leavesOf(graph, op, count, chunk);
        require(
            OrderedTree.verifyChunk(
                Graphs.rootAt(graph, chunk.operator),
                count,
                chunk.first,
                chunk.size,
                leaves,
                chunk.proof
            ),
            WrongRows(chunk.operator, chunk.first)
        );
    }

    /// @dev Hashes of a chunk's rows, each of which is well-formed.
    function _leavesOf(
        bytes calldata graph,
        Operator op,
        uint256 count,
        RowChunk calldata chunk
    ) private pure returns (bytes32[] memory leaves) {
        (uint256 first, uint256 size, bytes calldata rows) = (chunk.first, chunk.size, chunk.rows);
        bool isAligned = size != 0 && size & (size - 1) == 0 && first % size == 0;
        require(isAligned && first < count, NotAChunk(chunk.operator, first, size, rows.length));
        leaves = new bytes32[](size < count - first ? size : count - first);
        uint256 length = Operators.parameterLength(op, _firstRead(graph, op));
        require(rows.length == leaves.length * length, NotAChunk(chunk.operator, first, size, rows.length));
        for (uint256 i = 0; i < leaves.length; ++i) {
            bytes calldata row = rows[i * length:(i + 1) * length];
            require(Operators.isWellFormed(op, row), MalformedRow(chunk.operator, first + i));
            leaves[i] = OrderedTree.leaf(first + i, row);
        }
    }

    /// @dev The first operator that an operator reads; itself if it reads none.
    function _firstRead(bytes calldata graph, Operator op) private pure returns (Operator) {
        return Operators.reads(op) == 0 ? op : Graphs.operatorAt(graph, op.first());
    }

    /// @dev Checks layout and rows against the integer profile's bounds; zero for a float model, which has no rows.
    /// Unchecked: the widths are bounded by then, and the rows as long as the widths say.
    function _weightsRoot(bytes calldata layoutBytes, bytes calldata rows) private pure returns (bytes32) {
        LayoutParts memory parts = Layouts.parse(layoutBytes);
        Layouts.checkNames(layoutBytes, parts);
        if (parts.layers == 0) {
            require(rows.length == 0, RowsLengthMismatch(rows.length, 0));
            return bytes32(layoutBytes) == Layouts.GRAPH ? Graphs.admit(layoutBytes, parts) : bytes32(0);
        }
        bytes32[] memory leaves = new bytes32[](_checkWidths(layoutBytes, parts, rows.length));
        uint256 row = 0;
        uint256 at = 0;
        uint256 inputs = Layouts.width(layoutBytes, 0);
        unchecked {
            for (uint256 layer = 1; layer <= parts.layers; ++layer) {
                uint256 outputs = Layouts.width(layoutBytes, layer);
                uint256 size = IntegerProfile.ROW_PREFIX + inputs;
                for (uint256 end = row + outputs; row < end; ++row) {
                    bytes calldata data = rows[at:at + size];
                    _checkRow(row, inputs, data);
                    leaves[row] = OrderedTree.leaf(row, data);
                    at += size;
                }
                inputs = outputs;
            }
        }
        return OrderedTree.root(leaves);
    }

    /// @dev Returns the number of rows of all layers. Unchecked: no sum of 2^11 widths of 32 bits comes near 256 bits.
    function _checkWidths(
        bytes calldata layoutBytes,
        LayoutParts memory parts,
        uint256 rowsLength
    ) private pure returns (uint256 rowCount) {
        require(parts.layers <= MAX_LAYERS, TooManyLayers(parts.layers, MAX_LAYERS));
        uint256 inputs = 0;
        uint256 total = 0;
        uint256 expected = 0;
        unchecked {
            for (uint256 layer = 0; layer <= parts.layers; ++layer) {
                uint256 width = Layouts.width(layoutBytes, layer);
                total += width;
                require(width != 0 && width <= MAX_WIDTH && total <= MAX_TOTAL_WIDTH, LayerOutOfBounds(layer, width));
                if (layer == 0) {
                    _checkTensor(layoutBytes, parts.inputHeaderAt, parts.inputHeaderLength, 0, width);
                } else {
                    rowCount += width;
                    expected += width * (IntegerProfile.ROW_PREFIX + inputs);
                }
                inputs = width;
            }
        }
        require(rowCount <= MAX_ROWS, TooManyRows(rowCount, MAX_ROWS));
        _checkTensor(layoutBytes, parts.outputHeaderAt, parts.outputHeaderLength, parts.layers, inputs);
        require(rowsLength == expected, RowsLengthMismatch(rowsLength, expected));
    }

    function _checkTensor(
        bytes calldata layoutBytes,
        uint256 begin,
        uint256 length,
        uint256 layer,
        uint256 width
    ) private pure {
        (uint8 dtype, uint256 byteLength) = Layouts.tensor(layoutBytes[begin:begin + length]);
        require(dtype == Layouts.INT8 && byteLength == width, TensorDoesNotFitLayer(layer, byteLength, width));
    }

    function _checkRow(uint256 row, uint256 inputs, bytes calldata data) private pure {
        uint48 prefix = uint48(bytes6(data));
        require(
            IntegerProfile.isBounded(prefix, inputs),
            RowOutOfBounds(row, uint8(prefix >> 40), int8(uint8(prefix >> 32)), int32(uint32(prefix)))
        );
    }
}
