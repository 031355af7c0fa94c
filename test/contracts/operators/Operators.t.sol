// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Element, OperatorsHarness} from "../../../contracts/mocks/OperatorsHarness.sol";
import {Operator} from "../../../contracts/operators/Operator.sol";
import {Operators} from "../../../contracts/operators/Operators.sol";

/// @notice Evaluators of operators that a graph may have, whatever bytes they are shown.
contract OperatorsTest {
    /// @notice An operator with an element of it, and how many rows it may read of each that it reads.
    struct Picked {
        Operator op;
        uint256 row;
        uint256 column;
        uint256 firstRows;
        uint256 secondRows;
    }

    uint256 private constant MOST = 12;
    uint256 private constant NO_ROW = type(uint256).max;

    OperatorsHarness private immutable _library = new OperatorsHarness();

    function testFuzz_AnElementHasAValueWhateverItIsShown(
        bytes32 seed,
        bytes calldata a,
        bytes calldata b,
        bytes calldata parameters
    ) external view {
        for (uint256 kind = Operators.CONSTANT; kind < Operators.KINDS; ++kind) {
            Picked memory picked = _pick(kind, seed);
            _value(picked, a, b, parameters);
        }
    }

    function testFuzz_AnElementHasAValueOfRowsThatFit(bytes32 seed, bytes32 elements) external view {
        for (uint256 kind = Operators.CONSTANT; kind < Operators.KINDS; ++kind) {
            Picked memory picked = _pick(kind, seed);
            uint256 width = picked.op.width() * (1 + (uint256(seed) % 3));
            bytes memory row = _bytes(elements, width);
            _value(picked, row, _bytes(keccak256(abi.encode(elements)), width), _bytes(elements, 256));
            _value(picked, row, row, _bytes(elements, 6 + width));
        }
    }

    function testFuzz_AnElementRestsOnRowsThatThereAre(bytes32 seed, bytes calldata a) external view {
        for (uint256 kind = Operators.CONSTANT; kind < Operators.KINDS; ++kind) {
            Picked memory picked = _pick(kind, seed);
            (uint256 first, uint256 second, uint256 parameter) = _library.readsOf(
                picked.op,
                picked.row,
                picked.column,
                a
            );

            require(first < picked.firstRows || first == NO_ROW, "a first row that there isn't");
            require(second < picked.secondRows || second == NO_ROW, "a second row that there isn't");
            uint256 count = Operators.parameterCount(picked.op);
            require(count == 0 ? parameter == NO_ROW : parameter < count, "a parameter row that there isn't");
        }
    }

    function testFuzz_AMalformedParameterRowGivesZero(bytes32 seed, bytes32 elements, uint256 length) external view {
        for (uint256 kind = Operators.CONSTANT; kind <= Operators.EXPONENTS; ++kind) {
            Picked memory picked = _pick(kind, seed);
            if (Operators.parameterCount(picked.op) == 0) continue;
            bytes memory a = _bytes(elements, picked.op.width());
            uint256 fitting = Operators.parameterLength(picked.op, picked.op);
            uint256 other = length % 300;
            if (other == fitting) ++other;

            require(_value(picked, a, a, _bytes(elements, other)) == 0, "a row of another length has a value");
        }
    }

    function testFuzz_ACausalHeadDoesNotSeeWhatComesLater(
        bytes32 seed,
        bytes calldata a,
        bytes calldata b
    ) external view {
        uint256 width = 2 + (uint256(seed) % MOST);
        uint256 moment = uint256(keccak256(abi.encode(seed))) % (width - 1);
        for (uint256 kind = Operators.SCORES; kind <= Operators.EXPONENTS; ++kind) {
            Picked memory picked = Picked(_operator(kind, width, width, hex"0001010a"), moment, moment + 1, 0, 0);

            require(_value(picked, a, b, _bytes(seed, 256)) == 0, "a hidden element has a value");
        }
    }

    /// @dev An operator that is admitted behind some others, with one of its elements.
    function _pick(uint256 kind, bytes32 seed) private pure returns (Picked memory picked) {
        uint256 rows = 1 + (_draw(seed, 0) % MOST);
        uint256 width = 1 + (_draw(seed, 1) % MOST);
        uint256 heads = 1 + (_draw(seed, 2) % 3);
        uint256 causal = _draw(seed, 3) % 2;
        bytes memory constants = "";
        (picked.firstRows, picked.secondRows) = (rows, rows);
        if (kind == Operators.ADD) {
            constants = abi.encodePacked(uint32(_draw(seed, 4)), uint8(1 + (_draw(seed, 5) % 22)));
        } else if (kind == Operators.GATHER) {
            (constants, rows, width) = _window(seed, rows, width);
        } else if (kind == Operators.TRANSPOSE) {
            picked.firstRows = width;
        } else if (kind == Operators.SCORES) {
            constants = abi.encodePacked(uint16(heads), uint8(causal), uint8(1 + (_draw(seed, 5) % 26)));
            (picked.firstRows, picked.secondRows, rows) = (width, width, heads * width);
        } else if (kind == Operators.EXPONENTS) {
            constants = abi.encodePacked(uint16(heads), uint8(causal));
            rows = heads * width;
            picked.firstRows = rows;
        } else if (kind == Operators.MIX) {
            constants = abi.encodePacked(uint16(heads), uint8(_draw(seed, 5) % 8));
            width *= heads;
            (picked.firstRows, picked.secondRows) = (heads * rows, width);
        } else if (kind == Operators.ARGMAX) {
            constants = causal == 1 ? abi.encodePacked(uint8(1), uint8(_draw(seed, 4))) : constants;
            width = 1;
        }
        picked.op = _operator(kind, rows, width, constants);
        picked.row = _draw(seed, 6) % rows;
        picked.column = _draw(seed, 7) % width;
    }

    /// @dev Constants of a gather over an image of so many rows, and its shape.
    function _window(
        bytes32 seed,
        uint256 imageRows,
        uint256 channels
    ) private pure returns (bytes memory constants, uint256 rows, uint256 width) {
        uint256 kh = 1 + (_draw(seed, 8) % 3);
        uint256 kw = 1 + (_draw(seed, 9) % 3);
        uint256 outAcross = 1 + (_draw(seed, 10) % 4);
        uint256 height = imageRows % 2 == 0 ? 2 : 1;
        (rows, width) = (outAcross * (1 + (_draw(seed, 11) % 4)), kh * kw * channels);
        constants = abi.encodePacked(uint16(height), uint16(imageRows / height), uint16(outAcross));
        constants = bytes.concat(constants, bytes1(uint8(kh)), bytes1(uint8(kw)), _moves(seed));
    }

    /// @dev How far a gather's windows are apart, and where the first one stands.
    function _moves(bytes32 seed) private pure returns (bytes memory) {
        (uint256 sy, uint256 sx) = (1 + (_draw(seed, 12) % 2), 1 + (_draw(seed, 13) % 2));
        (int256 top, int256 left) = (int256(_draw(seed, 14) % 5) - 3, int256(_draw(seed, 15) % 5) - 3);
        return abi.encodePacked(uint8(sy), uint8(sx), int16(top), int16(left));
    }

    function _operator(
        uint256 kind,
        uint256 rows,
        uint256 width,
        bytes memory constants
    ) private pure returns (Operator) {
        bytes memory head = abi.encodePacked(uint8(kind), uint32(0), uint16(rows), uint16(width));
        return Operator.wrap(uint256(bytes32(bytes.concat(head, constants))));
    }

    function _value(
        Picked memory picked,
        bytes memory a,
        bytes memory b,
        bytes memory parameters
    ) private view returns (int8) {
        Element[] memory elements = new Element[](1);
        elements[0] = Element(picked.op, picked.row, picked.column, a, b, parameters);
        return _library.valuesOf(elements)[0];
    }

    function _draw(bytes32 seed, uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    function _bytes(bytes32 seed, uint256 length) private pure returns (bytes memory result) {
        result = new bytes(length);
        for (uint256 i = 0; i < length; ++i) result[i] = bytes1(uint8(_draw(seed, 100 + i)));
    }
}
