// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @notice Where the parts of a well-formed layout are.
/// @param layers Number of integer layers L; 0 for any other model.
/// @param operators Number of a graph's operators; 0 for any other model.
/// @param inputHeaderAt Offset of the input tensor's header within the layout.
/// @param inputHeaderLength Its length.
/// @param outputHeaderAt Offset of the output tensor's header within the layout.
/// @param outputHeaderLength Its length.
struct LayoutParts {
    uint256 layers;
    uint256 operators;
    uint256 inputHeaderAt;
    uint256 inputHeaderLength;
    uint256 outputHeaderAt;
    uint256 outputHeaderLength;
}

/// @title Layouts and tensor headers
/// @notice layout = "LAYOUT_V1" ‖ u16 L ‖ u32 d_0 … d_L ‖ u16 len ‖ header_in ‖ u16 len ‖ header_out, no widths for a float
/// model; a graph = "GRAPH_V1" ‖ u16 n ‖ n operators of 64 bytes ‖ the same two headers; header = "TENSOR_V1" ‖ u16 len ‖
/// name ‖ u8 onnxDtype ‖ u8 rank ‖ u32 dims… ‖ u32 byteLength; tags are bytes32.
library Layouts {
    /// @notice ONNX's number for int8 elements.
    uint8 internal constant INT8 = 3;

    /// @notice What a graph begins with.
    bytes32 internal constant GRAPH = "GRAPH_V1";
    /// @notice Where the widths of a layout begin, or the operators of a graph.
    uint256 internal constant BODY_AT = 34;
    /// @notice Bytes of an operator.
    uint256 internal constant OPERATOR_BYTES = 64;

    /// @dev 0x01 in each byte of a word.
    uint256 private constant ONES = type(uint256).max / 255;
    uint256 private constant TOP_BITS = 0x80 * ONES;

    /// @notice Splits a layout; reverts with `MalformedLayout` at the byte where it stops making sense.
    /// @param layoutBytes The layout.
    /// @return parts Where its parts stand.
    function parse(bytes calldata layoutBytes) internal pure returns (LayoutParts memory parts) {
        bytes32 tag = layoutBytes.length >= BODY_AT ? bytes32(layoutBytes) : bytes32(0);
        require(tag == "LAYOUT_V1" || tag == GRAPH, IModelRegistry.MalformedLayout(0));
        uint256 count = uint16(bytes2(layoutBytes[32:]));
        uint256 cursor = BODY_AT;
        if (tag == GRAPH) {
            parts.operators = count;
            cursor += OPERATOR_BYTES * count;
        } else if (count != 0) {
            parts.layers = count;
            cursor += 4 * (count + 1);
        }
        (parts.inputHeaderAt, parts.inputHeaderLength) = _header(layoutBytes, cursor);
        (parts.outputHeaderAt, parts.outputHeaderLength) = _header(
            layoutBytes,
            parts.inputHeaderAt + parts.inputHeaderLength
        );
        cursor = parts.outputHeaderAt + parts.outputHeaderLength;
        require(cursor == layoutBytes.length, IModelRegistry.MalformedLayout(cursor));
    }

    /// @notice A layer's width.
    /// @param layoutBytes A parsed layout of an integer model.
    /// @param layer From 0, the input, to L.
    /// @return d_layer.
    function width(bytes calldata layoutBytes, uint256 layer) internal pure returns (uint256) {
        return uint32(bytes4(layoutBytes[BODY_AT + 4 * layer:]));
    }

    /// @notice What a header says of its tensor.
    /// @param header A header of a parsed layout.
    /// @return dtype ONNX's number for its elements' type.
    /// @return byteLength Length of its data.
    function tensor(bytes calldata header) internal pure returns (uint8 dtype, uint256 byteLength) {
        uint256 nameLength = uint16(bytes2(header[32:]));
        return (uint8(header[34 + nameLength]), uint32(bytes4(header[header.length - 4:])));
    }

    /// @notice A tensor's name.
    /// @param header A header of a parsed layout.
    /// @return Its bytes.
    function nameOf(bytes calldata header) internal pure returns (bytes calldata) {
        return header[34:34 + uint16(bytes2(header[32:]))];
    }

    /// @notice How many dims a tensor has.
    /// @param header A header of a parsed layout.
    /// @return Their number.
    function rankOf(bytes calldata header) internal pure returns (uint256) {
        return uint8(header[35 + uint16(bytes2(header[32:]))]);
    }

    /// @notice Checks the names of both tensors: one word of printable ASCII, so that every reader can show it, write it
    /// back, and distinguish it from others. Reverts with `InvalidTensorName` at the first byte that is wrong.
    /// @param layoutBytes The layout.
    /// @param parts Where its parts stand.
    function checkNames(bytes calldata layoutBytes, LayoutParts memory parts) internal pure {
        _checkName(layoutBytes, parts.inputHeaderAt + 32);
        _checkName(layoutBytes, parts.outputHeaderAt + 32);
    }

    /// @dev Checks the length-prefixed name at `cursor`, within a well-formed header, a word of 32 bytes at a time: a byte's
    /// top bit in `wrong` is set where it is above 0x7e or below 0x21. Unchecked: no byte carries into another.
    function _checkName(bytes calldata layoutBytes, uint256 cursor) private pure {
        uint256 length = uint16(bytes2(layoutBytes[cursor:]));
        require(length != 0, IModelRegistry.InvalidTensorName(cursor));
        unchecked {
            for (uint256 i = 0; i < length; i += 32) {
                uint256 word = uint256(bytes32(layoutBytes[cursor + 2 + i:]));
                uint256 beyond = length - i < 32 ? type(uint256).max >> (8 * (length - i)) : 0;
                uint256 wrong = word | ((word & ~TOP_BITS) + ONES) | ~((word | TOP_BITS) - 0x21 * ONES);
                wrong &= TOP_BITS & ~beyond;
                if (wrong == 0) continue;
                uint256 offset = cursor + 2 + i;
                for (; wrong >> 255 == 0; wrong <<= 8) ++offset;
                revert IModelRegistry.InvalidTensorName(offset);
            }
        }
    }

    /// @dev Checks the length-prefixed header at `cursor` and returns where it begins and how long it is.
    function _header(bytes calldata layoutBytes, uint256 cursor) private pure returns (uint256 begin, uint256 length) {
        require(layoutBytes.length >= cursor + 2, IModelRegistry.MalformedLayout(cursor));
        length = uint16(bytes2(layoutBytes[cursor:]));
        begin = cursor + 2;
        require(layoutBytes.length >= begin + length, IModelRegistry.MalformedLayout(cursor));
        bytes calldata header = layoutBytes[begin:begin + length];
        require(length >= 40 && bytes32(header) == "TENSOR_V1", IModelRegistry.MalformedLayout(begin));
        uint256 nameLength = uint16(bytes2(header[32:]));
        require(length >= 40 + nameLength, IModelRegistry.MalformedLayout(begin + 32));
        uint256 rank = uint8(header[35 + nameLength]);
        require(length == 40 + nameLength + 4 * rank, IModelRegistry.MalformedLayout(begin + 35 + nameLength));
        uint256 expected = _elementSize(uint8(header[34 + nameLength]));
        require(expected != 0, IModelRegistry.MalformedLayout(begin + 34 + nameLength));
        for (uint256 i = 0; i < rank; ++i) {
            expected *= uint32(bytes4(header[36 + nameLength + 4 * i:]));
            require(
                expected != 0 && expected <= type(uint32).max,
                IModelRegistry.MalformedLayout(begin + 36 + nameLength + 4 * i)
            );
        }
        require(uint32(bytes4(header[length - 4:])) == expected, IModelRegistry.MalformedLayout(begin + length - 4));
    }

    /// @dev Bytes an element of ONNX's fixed-size numeric types takes; 0 for any other type.
    function _elementSize(uint8 dtype) private pure returns (uint256) {
        // ONNX TensorProto.DataType: 1 float, 2 uint8, 3 int8, 4 uint16, 5 int16, 6 int32, 7 int64, 9 bool,
        // 10 float16, 11 double, 12 uint32, 13 uint64. One hex digit each, from the right.
        return (0x84821084_221140 >> (4 * uint256(dtype))) & 0xf;
    }
}
