// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IModelRegistry, Refusal} from "../interfaces/IModelRegistry.sol";
import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";
import {Input} from "./Input.sol";
import {Operator, OperatorBytes, State, Time} from "./Operator.sol";
import {Operators} from "./Operators.sol";

/// @title Which graphs are admitted
/// @notice A graph is looked at once, when it is published. Twin of `inference/graphModel/admit.ts`: both refuse the same
/// graphs, for the same operator and the same reason.
library Graphs {
    uint256 private constant MAX_OPERATORS = 1024;
    uint256 private constant MAX_TRACE = 1 << 28;
    uint256 private constant MAX_DIMS = 8;

    /// @notice Checks a graph by every rule; reverts with what it breaks.
    /// @param layoutBytes The graph, parsed.
    /// @param parts Where its parts stand.
    /// @return weightsRoot Ordered tree over its operators' roots of parameter rows.
    function admit(bytes calldata layoutBytes, LayoutParts memory parts) internal pure returns (bytes32 weightsRoot) {
        uint256 count = parts.operators;
        require(count >= 2 && count <= MAX_OPERATORS, IModelRegistry.OperatorCountOutOfBounds(count));
        Operator[] memory operators = new Operator[](count);
        State[] memory states = new State[](count);
        bytes32[] memory leaves = new bytes32[](count);
        uint256 trace = 0;
        for (uint256 k = 0; k < count; ++k) {
            Operator op = operatorAt(layoutBytes, k);
            operators[k] = op;
            bytes calldata parameters = _parametersAt(layoutBytes, k);
            Refusal why = _refusalOf(operators, states, k, bytes32(parameters));
            require(why == Refusal.None, IModelRegistry.OperatorRefused(k, why));
            leaves[k] = OrderedTree.leaf(k, parameters);
            trace += op.rows() * op.width();
        }
        require(trace <= MAX_TRACE, IModelRegistry.TraceTooLarge(trace, MAX_TRACE));
        _checkTensors(layoutBytes, parts, operators[0], operators[count - 1]);
        return OrderedTree.root(leaves);
    }

    /// @notice An operator of a graph.
    /// @param layoutBytes The graph, parsed.
    /// @param k Its number, below the graph's count.
    /// @return The operator.
    function operatorAt(bytes calldata layoutBytes, uint256 k) internal pure returns (Operator) {
        return Operator.wrap(uint256(bytes32(layoutBytes[Layouts.BODY_AT + Layouts.OPERATOR_BYTES * k:])));
    }

    /// @notice The root of an operator's parameter rows.
    /// @param layoutBytes The graph, parsed.
    /// @param k The operator's number, below the graph's count.
    /// @return The root; zero for a kind without any.
    function rootAt(bytes calldata layoutBytes, uint256 k) internal pure returns (bytes32) {
        return bytes32(_parametersAt(layoutBytes, k));
    }

    function _parametersAt(bytes calldata layoutBytes, uint256 k) private pure returns (bytes calldata) {
        uint256 at = Layouts.BODY_AT + Layouts.OPERATOR_BYTES * k + 32;
        return layoutBytes[at:at + 32];
    }

    /// @dev The first rule that operator k breaks, those before it being admitted. Fills in its state.
    function _refusalOf(
        Operator[] memory operators,
        State[] memory states,
        uint256 k,
        bytes32 parameters
    ) private pure returns (Refusal) {
        Operator op = operators[k];
        bool isLast = k == operators.length - 1;
        if (op.kind() >= Operators.KINDS || (k == 0) != (op.kind() == Operators.INPUT)) return Refusal.Kind;
        if (isLast && op.kind() == Operators.CONSTANT) return Refusal.Kind;
        uint256 reads = Operators.reads(op);
        if (!_isRead(op.first(), k, reads > 0) || !_isRead(op.second(), k, reads > 1)) return Refusal.Reads;
        Operator a = reads > 0 ? operators[op.first()] : op;
        if (op.rows() == 0 || op.width() == 0 || op.width() > OperatorBytes.MAX_WIDTH) return Refusal.Shape;
        if (!Operators.fits(op, a, reads > 1 ? operators[op.second()] : op)) return Refusal.Shape;
        if (!Operators.isBounded(op, a)) return Refusal.Constants;
        if ((Operators.parameterCount(op) != 0) != (parameters != 0)) return Refusal.Parameters;
        if (Input.fed(operators[0]) == 0) return Refusal.None;
        states[k] = _stateOf(op, states, reads);
        return _isTimely(op, states[k], isLast, operators[0]) ? Refusal.None : Refusal.Time;
    }

    function _stateOf(Operator op, State[] memory states, uint256 reads) private pure returns (State memory) {
        State memory still = State(Time.Still, 0);
        State memory a = reads > 0 ? states[op.first()] : still;
        return Operators.stateOf(op, a, reads > 1 ? states[op.second()] : still);
    }

    /// @dev Whether an operator of a generation looks at nothing ahead, and the last one gives each byte from those before it.
    function _isTimely(Operator op, State memory state, bool isLast, Operator input) private pure returns (bool) {
        if (!isLast) return state.time != Time.Ahead;
        uint256 fed = Input.fed(input);
        if (op.kind() != Operators.ARGMAX || op.rows() != fed + 1) return false;
        return state.time == Time.Still || (state.time == Time.Rows && state.late < int256(input.rows() - fed));
    }

    /// @dev Whether a number names an operator before k, or none where none is read.
    function _isRead(uint256 number, uint256 k, bool expected) private pure returns (bool) {
        return expected ? number < k : number == OperatorBytes.READS_NONE;
    }

    function _checkTensors(
        bytes calldata layoutBytes,
        LayoutParts memory parts,
        Operator first,
        Operator last
    ) private pure {
        bytes calldata input = layoutBytes[parts.inputHeaderAt:parts.inputHeaderAt + parts.inputHeaderLength];
        bytes calldata output = layoutBytes[parts.outputHeaderAt:parts.outputHeaderAt + parts.outputHeaderLength];
        _checkTensor(input, 0, (first.rows() - Input.fed(first)) * first.width());
        _checkTensor(output, parts.operators - 1, last.rows() * last.width());
        require(
            keccak256(Layouts.nameOf(input)) != keccak256(Layouts.nameOf(output)),
            IModelRegistry.InvalidTensorName(parts.outputHeaderAt + 32)
        );
    }

    function _checkTensor(bytes calldata header, uint256 k, uint256 expected) private pure {
        (uint8 dtype, uint256 byteLength) = Layouts.tensor(header);
        require(
            dtype == Layouts.INT8 && byteLength == expected && Layouts.rankOf(header) <= MAX_DIMS,
            IModelRegistry.TensorDoesNotFitLayer(k, byteLength, expected)
        );
    }
}
