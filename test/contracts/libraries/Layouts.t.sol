// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {LayoutParts} from "../../../contracts/libraries/Layouts.sol";
import {CommitmentsHarness} from "../../../contracts/mocks/CommitmentsHarness.sol";

contract LayoutsTest {
    CommitmentsHarness private immutable _library = new CommitmentsHarness();

    function testFuzz_RefusesAnyCut(uint256 length) external view {
        bytes memory layout = _layout();
        length %= layout.length;
        assembly ("memory-safe") {
            mstore(layout, length)
        }

        require(!_parses(layout), "a cut layout");
    }

    function testFuzz_ReadsOrRefusesAnyChange(uint256 at, bytes1 value, uint256 at2, bytes1 value2) external view {
        bytes memory layout = _layout();
        layout[at % layout.length] = value;
        layout[at2 % layout.length] = value2;

        _parses(layout);
    }

    function testFuzz_ReadsOrRefusesAnyBytes(uint8 layers, bytes calldata rest) external view {
        _parses(abi.encodePacked(bytes32("LAYOUT_V1"), uint16(layers % 3), rest));
    }

    function testFuzz_ReadsOrRefusesAnyHeader(uint16 nameLength, bytes calldata rest) external view {
        bytes memory header = abi.encodePacked(bytes32("TENSOR_V1"), nameLength % 16, rest);

        _parses(abi.encodePacked(bytes32("LAYOUT_V1"), uint16(0), uint16(header.length), header));
    }

    function testFuzz_ReadsBackEveryTensor(uint8 type_, uint16[3] calldata dims, uint256 rank) external view {
        uint8[12] memory types = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13];
        uint8[12] memory sizes = [4, 1, 1, 2, 2, 4, 8, 1, 2, 8, 4, 8];
        rank %= 4;
        uint256 expected = sizes[type_ % 12];
        bytes memory packed = "";
        for (uint256 i = 0; i < rank; ++i) {
            uint32 dim = 1 + uint32(dims[i] % 700);
            expected *= dim;
            packed = bytes.concat(packed, bytes4(dim));
        }
        bytes memory header = abi.encodePacked(
            bytes32("TENSOR_V1"),
            uint16(3),
            "abc",
            types[type_ % 12],
            uint8(rank),
            packed,
            uint32(expected)
        );
        bytes memory prefixed = bytes.concat(bytes2(uint16(header.length)), header);

        require(_parses(bytes.concat(bytes32("LAYOUT_V1"), bytes2(0), prefixed, prefixed)), "a good layout");
        (uint8 dtype, uint256 byteLength) = _library.tensorOf(header);
        require(dtype == types[type_ % 12] && byteLength == expected, "another tensor");
    }

    /// @dev Whether a layout is read; it must be refused with `MalformedLayout` and nothing else, at one of its bytes
    /// or where it should have gone on, and its parts must lie within it.
    function _parses(bytes memory layout) private view returns (bool) {
        try _library.parseLayout(layout) returns (LayoutParts memory parts) {
            uint256 widths = parts.layers == 0 ? 0 : 4 * (parts.layers + 1);
            require(parts.inputHeaderAt == 36 + widths, "input header elsewhere");
            require(
                parts.outputHeaderAt == parts.inputHeaderAt + parts.inputHeaderLength + 2,
                "output header elsewhere"
            );
            require(parts.outputHeaderAt + parts.outputHeaderLength == layout.length, "another end");
            return true;
        } catch (bytes memory reason) {
            require(
                reason.length == 36 && bytes4(reason) == IModelRegistry.MalformedLayout.selector,
                "refused, but not as malformed"
            );
            return false;
        }
    }

    /// @dev Widths 2 and 1; tensors "x" of dims [1, 2] and "y" of dims [1].
    function _layout() private pure returns (bytes memory) {
        bytes memory input = abi.encodePacked(
            bytes32("TENSOR_V1"),
            uint16(1),
            "x",
            uint8(3),
            uint8(2),
            uint32(1),
            uint32(2),
            uint32(2)
        );
        bytes memory output = abi.encodePacked(
            bytes32("TENSOR_V1"),
            uint16(1),
            "y",
            uint8(3),
            uint8(1),
            uint32(1),
            uint32(1)
        );
        return
            abi.encodePacked(
                bytes32("LAYOUT_V1"),
                uint16(1),
                uint32(2),
                uint32(1),
                uint16(input.length),
                input,
                uint16(output.length),
                output
            );
    }
}
