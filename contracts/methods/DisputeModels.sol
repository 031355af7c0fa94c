// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {GameModel, IDisputeGame} from "../interfaces/IDisputeGame.sol";
import {IFraudProof} from "../interfaces/IFraudProof.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";
import {Graphs} from "../operators/Graphs.sol";
import {Input} from "../operators/Input.sol";
import {Operator} from "../operators/Operator.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title The models of `DisputeGame`
/// @notice A graph is looked at once; moves then need no more of it than the operators that they are about.
abstract contract DisputeModels is IDisputeGame, VerificationMethod {
    /// @dev With these two bounds, input and output can always be shown in one move.
    uint256 private constant MAX_BYTES = 12_288;
    uint256 private constant MAX_ROWS = 768;

    mapping(bytes32 modelId => GameModel) private _models;

    /// @notice Binds the method to its campaign for ever.
    /// @param campaign_ Whose units this method verifies.
    /// @param bonds The contract with the bonds of both sides.
    constructor(ICampaign campaign_, IBonds bonds) VerificationMethod(campaign_, bonds) {} // solhint-disable-line no-empty-blocks

    /// @inheritdoc IDisputeGame
    function admit(bytes32 modelId, bytes calldata graph) external {
        require(!_isAdmitted(modelId), ModelAlreadyAdmitted(modelId));
        bytes32 layoutHash = _registry.models().modelOf(modelId).layoutHash;
        bytes32 given = keccak256(graph);
        require(given == layoutHash, IFraudProof.WrongLayout(given, layoutHash));
        LayoutParts memory parts = Layouts.parse(graph);
        uint256 count = parts.operators;
        require(count != 0, NotAGraphModel(modelId));
        (Operator first, Operator last) = (Graphs.operatorAt(graph, 0), Graphs.operatorAt(graph, count - 1));
        _checkSize(first, last);

        bytes calldata operators = graph[Layouts.BODY_AT:Layouts.BODY_AT + Layouts.OPERATOR_BYTES * count];
        GameModel memory model = GameModel({
            operatorsRoot: OrderedTree.root(OrderedTree.leavesOf(operators, Layouts.OPERATOR_BYTES)),
            inputHeaderHash: keccak256(graph[parts.inputHeaderAt:parts.inputHeaderAt + parts.inputHeaderLength]),
            outputHeaderHash: keccak256(graph[parts.outputHeaderAt:parts.outputHeaderAt + parts.outputHeaderLength]),
            operators: uint16(count),
            inputRows: uint16(first.rows()),
            inputWidth: uint16(first.width()),
            fed: uint16(Input.fed(first)),
            outputRows: uint16(last.rows()),
            outputWidth: uint16(last.width())
        });
        _models[modelId] = model;

        emit ModelAdmitted(modelId, model.operatorsRoot);
    }

    /// @inheritdoc IDisputeGame
    function modelOf(bytes32 modelId) public view returns (GameModel memory) {
        return _models[modelId];
    }

    /// @inheritdoc IVerificationMethod
    /// @dev The graph is checked when the model is admitted.
    function requireModel(
        bytes32 modelId,
        bytes calldata
    ) external view override(IVerificationMethod, VerificationMethod) {
        _requireAdmitted(modelId);
    }

    /// @inheritdoc IVerificationMethod
    /// @dev A model is published when it is admitted, and when a task asks for it.
    function admitsModels() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return true;
    }

    function _requireAdmitted(bytes32 modelId) internal view {
        require(_isAdmitted(modelId), ModelNotAdmitted(modelId));
    }

    function _isAdmitted(bytes32 modelId) private view returns (bool) {
        return _models[modelId].operatorsRoot != 0;
    }

    function _checkSize(Operator first, Operator last) private pure {
        uint256 length = first.rows() * first.width() + last.rows() * last.width();
        uint256 rows = first.rows() + last.rows();
        require(length <= MAX_BYTES && rows <= MAX_ROWS, TensorsTooLarge(length, rows));
    }
}
