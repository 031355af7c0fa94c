// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {IModelRegistry, Publication} from "../../../contracts/interfaces/IModelRegistry.sol";

contract ModelRegistryTest {
    ModelRegistry private immutable _models = new ModelRegistry();

    function testFuzz_TakesARowWithinItsBoundsAndNoOther(
        uint8 shift,
        uint8 lo,
        int32 bias,
        uint16 width,
        bool nearBound
    ) external {
        width = 1 + (width % 4096);
        shift %= 34;
        if (lo & 2 == 0) lo = lo & 1 == 0 ? 0 : 0x80;
        if (nearBound) {
            int256 limit = 2 ** 30 - 16_384 * int256(uint256(width)) - int256(2 ** shift) / 2;
            bias = int32(bias < 0 ? -limit - (bias % 3) : limit + (bias % 3));
        }
        bytes memory row = abi.encodePacked(shift, lo, bias, new bytes(width));
        int256 most = 16_384 * int256(uint256(width)) + (bias < 0 ? -int256(bias) : int256(bias));

        bool fits = shift >= 1 && shift <= 30 && (lo == 0 || lo == 0x80);
        if (fits) fits = most + int256(2 ** shift) / 2 < 2 ** 30;

        require(_publishes(_layout(width, 1), row) == fits, "published against the bounds, or refused within");
    }

    function testFuzz_PublishesOrRefusesAnyChange(uint256 at, bytes1 value, uint256 rowAt, bytes1 rowValue) external {
        bytes memory layout = _layout(2, 3);
        bytes memory row = abi.encodePacked(uint8(7), uint8(0x80), int32(5), int8(-1), int8(1));
        bytes memory rows = bytes.concat(row, row, row);
        layout[at % layout.length] = value;
        rows[rowAt % rows.length] = rowValue;

        _publishes(layout, rows);
    }

    function testFuzz_RefusesAnyOtherLengthOfRows(uint256 length) external {
        length %= 100;
        bytes memory rows = new bytes(length);
        for (uint256 i = 0; i < length; i += 8) rows[i] = 0x01;

        require(_publishes(_layout(2, 3), rows) == (length == 3 * 8), "rows of another length");
    }

    /// @dev Whether a model is published; it must be refused with an error of the registry, and never a panic.
    function _publishes(bytes memory layout, bytes memory rows) private returns (bool) {
        Publication memory publication = Publication(bytes32(uint256(1)), bytes32(uint256(2)), 0, 0);
        try _models.publish(publication, layout, rows, "") returns (bytes32 modelId) {
            require(_models.isPublished(modelId), "not published");
            require(_models.modelOf(modelId).layoutHash == keccak256(layout), "another layout");
            return true;
        } catch (bytes memory reason) {
            bytes4 error = bytes4(reason);
            require(
                error == IModelRegistry.MalformedLayout.selector ||
                    error == IModelRegistry.InvalidTensorName.selector ||
                    error == IModelRegistry.LayerOutOfBounds.selector ||
                    error == IModelRegistry.TensorDoesNotFitLayer.selector ||
                    error == IModelRegistry.RowsLengthMismatch.selector ||
                    error == IModelRegistry.RowOutOfBounds.selector,
                "refused without a reason of its own"
            );
            return false;
        }
    }

    function _layout(uint32 inputs, uint32 outputs) private pure returns (bytes memory) {
        return
            abi.encodePacked(
                bytes32("LAYOUT_V1"),
                uint16(1),
                inputs,
                outputs,
                uint16(45),
                _header("x", inputs),
                uint16(45),
                _header("y", outputs)
            );
    }

    function _header(bytes1 name, uint32 length) private pure returns (bytes memory) {
        return abi.encodePacked(bytes32("TENSOR_V1"), uint16(1), name, uint8(3), uint8(1), length, length);
    }
}
