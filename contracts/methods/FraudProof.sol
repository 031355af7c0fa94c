// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Answer, Attestation, Batch, IAttestationRegistry, Record, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {AssignedInput, ICampaign} from "../interfaces/ICampaign.sol";
import {DisputedRow, DisputedUnit, IFraudProof} from "../interfaces/IFraudProof.sol";
import {Model} from "../interfaces/IModelRegistry.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {IntegerProfile} from "../libraries/IntegerProfile.sol";
import {LayoutParts, Layouts} from "../libraries/Layouts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title FraudProof
/// @notice See `IFraudProof`.
contract FraudProof is IFraudProof, VerificationMethod {
    /// @dev Where a disputed row is: within a trace, and among all rows of the model.
    struct RowPosition {
        uint256 inputs;
        uint256 inputAt;
        uint256 outputAt;
        uint256 rowIndex;
        uint256 rowCount;
    }

    /// @dev A run that was shown for an attestation under another method; `at` is zero for none.
    struct Shown {
        bytes32 traceHash;
        uint40 at;
    }

    /// @dev With widths and rows bounded by the profile, this keeps every refutation within a transaction's gas and size.
    uint256 private constant MAX_LAYOUT = 8192;

    mapping(bytes32 uid => Shown) private _shown;

    /// @inheritdoc IFraudProof
    uint40 public immutable window;

    /// @inheritdoc IFraudProof
    uint128 public immutable bondPerAttestation;

    /// @inheritdoc IFraudProof
    uint128 public immutable bondPerUnit;

    /// @notice Sets the window and the bonds for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds The contract with provers' bonds.
    /// @param window_ 1 second to 30 days.
    /// @param bondPerAttestation_ 2 wei to 2^96 - 1: half goes to the challenger.
    /// @param bondPerUnit_ 2 wei to 2^96 - 1: half goes to the challenger.
    constructor(
        ICampaign campaign_,
        IBonds bonds,
        uint40 window_,
        uint128 bondPerAttestation_,
        uint128 bondPerUnit_
    ) VerificationMethod(campaign_, bonds) {
        _checkRange("window", window_, 1, MAX_WINDOW);
        _checkRange("bondPerAttestation", bondPerAttestation_, 2, MAX_AMOUNT);
        _checkRange("bondPerUnit", bondPerUnit_, 2, MAX_AMOUNT);
        window = window_;
        bondPerAttestation = bondPerAttestation_;
        bondPerUnit = bondPerUnit_;
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    /// @dev `evidence` is u16 length ‖ layout ‖ trace.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata evidence
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        if (Contexts.kind(attestation.context) == Contexts.UNIT) {
            _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);
        }
        require(evidence.length >= 2, WrongTrace(uid));
        uint256 traceAt = 2 + uint16(bytes2(evidence));
        require(evidence.length >= traceAt, WrongTrace(uid));
        bytes calldata trace = evidence[traceAt:];
        require(keccak256(trace) == opened.traceHash, WrongTrace(uid));
        _checkTrace(uid, attestation, opened, evidence[2:traceAt], trace);

        emit Traced(uid, trace);

        _bonds.lock(attestation.prover, bondFor(1));
    }

    /// @inheritdoc IVerificationMethod
    /// @dev `evidence` is the model's layout.
    function onAttestBatch(
        bytes32,
        Batch calldata batch,
        uint256 leafBytes,
        bytes calldata evidence
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        _requireUnits(batch.modelId, batch.method, batch.context, batch.count);
        LayoutParts memory parts = _layoutOf(batch.modelId, evidence);
        uint256 expected = _traceBytes(evidence, parts.layers) - Layouts.width(evidence, 0);
        require(leafBytes == expected, WrongTraceLength(leafBytes, expected));

        _bonds.lock(batch.prover, bondFor(batch.count));
    }

    /* SHOWING */

    /// @inheritdoc IFraudProof
    function show(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata layoutBytes,
        bytes calldata trace,
        AssignedInput calldata input
    ) external {
        require(msg.sender == attestation.prover, IAttestationRegistry.NotTheProver(msg.sender, attestation.prover));
        bytes32 uid = _registry.uidOf(attestation);
        require(_answerOf(attestation.prover, opened) == attestation.answer, WrongTrace(uid));
        _checkTrace(uid, attestation, opened, layoutBytes, trace);
        if (Contexts.kind(attestation.context) == Contexts.UNIT) {
            bytes memory assigned = campaign.assignedInput(attestation.prover, attestation.context, input);
            require(keccak256(assigned) == keccak256(trace[:assigned.length]), WrongTrace(uid));
        }

        _shown[uid] = Shown(keccak256(trace), uint40(block.timestamp));

        _registry.methodAt(attestation.method).onShown(uid, uint64(block.timestamp) + window, trace);
        _bonds.lock(attestation.prover, bondFor(1));
    }

    /* REFUTING AND SETTLING */

    /// @inheritdoc IFraudProof
    function refute(
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata trace,
        DisputedRow calldata disputed
    ) external {
        bytes32 uid = _registry.uidOf(attestation);
        Record memory record = _disputable(uid);
        bytes32 traceHash = _shown[uid].at == 0 ? opened.traceHash : _shown[uid].traceHash;
        require(
            _answerOf(attestation.prover, opened) == attestation.answer && keccak256(trace) == traceHash,
            WrongTrace(uid)
        );
        RowPosition memory position = _positionOf(attestation.modelId, disputed);

        int8 attested = int8(uint8(trace[position.outputAt]));
        bytes memory x = trace[position.inputAt:position.inputAt + position.inputs];
        _refute(uid, record, 0, disputed, attested, x);
    }

    /// @inheritdoc IFraudProof
    function refuteBatch(Batch calldata batch, DisputedUnit calldata unit, DisputedRow calldata disputed) external {
        bytes32 id = _registry.batchIdOf(batch);
        Record memory record = _disputable(id);
        require(
            OrderedTree.verify(
                batch.root,
                batch.count,
                unit.index,
                OrderedTree.leaf(unit.index, unit.activations),
                unit.proof
            ),
            WrongUnitProof(unit.index)
        );
        RowPosition memory position = _positionOf(batch.modelId, disputed);

        // A unit's leaf begins with A_1: A_0 is its assigned input.
        uint256 skipped = Layouts.width(disputed.layoutBytes, 0);
        int8 attested = int8(uint8(unit.activations[position.outputAt - skipped]));
        bytes memory x =
            disputed.layer == 0
                ? campaign.assignedInput(batch.prover, bytes32(uint256(batch.context) + unit.index), unit.input)
                : unit.activations[position.inputAt - skipped:position.inputAt - skipped + position.inputs];
        _refute(id, record, unit.index, disputed, attested, x);
    }

    /// @inheritdoc IFraudProof
    function settle(bytes32 id) external {
        (Record memory record, uint64 until) = _pending(id);
        require(block.timestamp >= until, WindowOpen(id, until));

        _settle(id, record, Status.Verified);
        _bonds.unlock(record.prover, bondFor(record.count));
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function requireModel(
        bytes32 modelId,
        bytes calldata layoutBytes
    ) external view override(IVerificationMethod, VerificationMethod) {
        _layoutOf(modelId, layoutBytes);
    }

    /// @inheritdoc IVerificationMethod
    function longest() external view returns (uint64) {
        return window;
    }

    /// @inheritdoc IVerificationMethod
    /// @dev Every attestation under this method ends Verified or Refuted.
    function canVoid() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return false;
    }

    /// @inheritdoc IFraudProof
    function bondFor(uint32 count) public view returns (uint128) {
        return bondPerAttestation + bondPerUnit * count;
    }

    /* ATTESTATIONS */

    /// @dev Settles as Refuted if the model gives another value than was attested, and shares out the bond.
    function _refute(
        bytes32 id,
        Record memory record,
        uint256 unit,
        DisputedRow calldata disputed,
        int8 attested,
        bytes memory x
    ) private {
        int8 correct = IntegerProfile.evaluate(disputed.data, x);
        require(correct != attested, RowIsRight(disputed.layer, disputed.row, attested));

        emit RowRefuted(id, msg.sender, unit, disputed.layer, disputed.row, attested, correct);

        _settle(id, record, Status.Refuted);
        uint128 bond = bondFor(record.count);
        uint128 reward = bond / 2;
        _bonds.pay(record.prover, msg.sender, reward);
        _bonds.burn(record.prover, bond - reward);
    }

    /// @dev Settles an attestation, or has the method that it is under do so.
    function _settle(bytes32 id, Record memory record, Status status) private {
        if (_shown[id].at == 0) _registry.settle(id, status, msg.sender);
        else _registry.methodAt(record.method).onShownSettled(id, status, msg.sender);
    }

    function _answerOf(address prover, Answer calldata opened) private pure returns (bytes32) {
        return Commitments.answer(prover, opened.outputHash, opened.traceHash, opened.salt);
    }

    /// @dev Checks a trace against the attestation: its first activations and the input, its last and the output.
    function _checkTrace(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata layoutBytes,
        bytes calldata trace
    ) private view {
        LayoutParts memory parts = _layoutOf(attestation.modelId, layoutBytes);
        uint256 expected = _traceBytes(layoutBytes, parts.layers);
        require(trace.length == expected, WrongTraceLength(trace.length, expected));
        bytes calldata inputHeader = layoutBytes[parts.inputHeaderAt:parts.inputHeaderAt + parts.inputHeaderLength];
        bytes calldata outputHeader = layoutBytes[parts.outputHeaderAt:parts.outputHeaderAt + parts.outputHeaderLength];
        uint256 inputs = Layouts.width(layoutBytes, 0);
        uint256 outputs = Layouts.width(layoutBytes, parts.layers);
        require(
            Commitments.tensor(inputHeader, trace[:inputs]) == attestation.inputHash &&
                Commitments.tensor(outputHeader, trace[expected - outputs:]) == opened.outputHash,
            WrongTrace(uid)
        );
    }

    /// @dev An attestation that waits for this contract, and until when: one under this method, or one whose run was shown.
    function _pending(bytes32 id) private view returns (Record memory record, uint64 until) {
        record = _registry.recordOf(id);
        uint64 shownAt = _shown[id].at;
        bool isOwn = record.method != 0 && address(_registry.methodAt(record.method)) == address(this);
        require(record.status == Status.Pending && (isOwn || shownAt != 0), NotOpen(id));
        until = (isOwn ? record.attestedAt : shownAt) + window;
    }

    function _disputable(bytes32 id) private view returns (Record memory record) {
        uint64 until;
        (record, until) = _pending(id);
        require(block.timestamp < until, WindowOver(id, until));
    }

    /* MODELS */

    /// @dev The parts of an integer model's layout.
    function _layoutOf(bytes32 modelId, bytes calldata layoutBytes) private view returns (LayoutParts memory) {
        Model memory model = _registry.models().modelOf(modelId);
        return _checkLayout(modelId, model, layoutBytes);
    }

    function _checkLayout(
        bytes32 modelId,
        Model memory model,
        bytes calldata layoutBytes
    ) private pure returns (LayoutParts memory) {
        require(model.weightsRoot != 0, NotAnIntegerModel(modelId));
        require(layoutBytes.length <= MAX_LAYOUT, LayoutTooLarge(layoutBytes.length, MAX_LAYOUT));
        bytes32 layoutHash = keccak256(layoutBytes);
        require(layoutHash == model.layoutHash, WrongLayout(layoutHash, model.layoutHash));
        LayoutParts memory parts = Layouts.parse(layoutBytes);
        require(parts.layers != 0, NotAnIntegerModel(modelId));
        return parts;
    }

    /// @dev Finds the disputed row in the model and checks that its bytes are the model's.
    function _positionOf(
        bytes32 modelId,
        DisputedRow calldata disputed
    ) private view returns (RowPosition memory position) {
        Model memory model = _registry.models().modelOf(modelId);
        LayoutParts memory parts = _checkLayout(modelId, model, disputed.layoutBytes);
        require(disputed.layer < parts.layers, NoSuchRow(disputed.layer, disputed.row));
        _locate(position, parts.layers, disputed);
        require(
            OrderedTree.verify(
                model.weightsRoot,
                position.rowCount,
                position.rowIndex,
                OrderedTree.leaf(position.rowIndex, disputed.data),
                disputed.proof
            ),
            WrongRowProof(disputed.layer, disputed.row)
        );
    }

    /// @dev Fills in where a row of a layer below `layers` is. Unchecked: a published model's widths are small.
    function _locate(RowPosition memory position, uint256 layers, DisputedRow calldata disputed) private pure {
        bytes calldata layoutBytes = disputed.layoutBytes;
        uint256 inputs = Layouts.width(layoutBytes, 0);
        unchecked {
            for (uint256 layer = 0; layer < layers; ++layer) {
                uint256 outputs = Layouts.width(layoutBytes, layer + 1);
                if (layer < disputed.layer) {
                    position.inputAt += inputs;
                    position.rowIndex += outputs;
                } else if (layer == disputed.layer) {
                    require(disputed.row < outputs, NoSuchRow(disputed.layer, disputed.row));
                    position.inputs = inputs;
                    position.outputAt = position.inputAt + inputs + disputed.row;
                    position.rowIndex += disputed.row;
                }
                position.rowCount += outputs;
                inputs = outputs;
            }
        }
    }

    /// @dev Length of A_0 ‖ … ‖ A_L.
    function _traceBytes(bytes calldata layoutBytes, uint256 layers) private pure returns (uint256 length) {
        for (uint256 layer = 0; layer <= layers; ++layer) {
            length += Layouts.width(layoutBytes, layer);
        }
    }
}
