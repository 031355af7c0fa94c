// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Answer, Attestation, Batch, Record, Status} from "../interfaces/IAttestationRegistry.sol";
import {IBonds} from "../interfaces/IBonds.sol";
import {ICampaign} from "../interfaces/ICampaign.sol";
import {
    Challenge,
    Dispute,
    Element,
    GameModel,
    IDisputeGame,
    Outcome,
    ProvenOperator,
    Stage,
    UnitEnds
} from "../interfaces/IDisputeGame.sol";
import {IFraudProof} from "../interfaces/IFraudProof.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {IZkProof} from "../interfaces/IZkProof.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {OrderedTree} from "../libraries/OrderedTree.sol";
import {Place, TreeNode} from "../libraries/TreeNode.sol";
import {Elements, Grounds, operatorOf} from "../operators/Elements.sol";
import {Operator} from "../operators/Operator.sol";
import {DisputeModels} from "./DisputeModels.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title DisputeGame
/// @notice See `IDisputeGame`.
contract DisputeGame is DisputeModels, Multicall {
    using TreeNode for Place;

    /// @dev Operators with at most so many rows and bytes are opened at once.
    uint256 private constant ROWS_AT_ONCE = 256;
    uint256 private constant BYTES_AT_ONCE = 8192;

    /// @dev The most that a side's moves cost, of any admitted model; tests measure them.
    uint256 private constant REFUTING_GAS = 1_500_000;
    uint256 private constant REFUTING_LEVEL_GAS = 100_000;
    uint256 private constant ANSWERING_GAS = 3_000_000;
    uint256 private constant ANSWERING_LEVEL_GAS = 400_000;

    /// @dev Less than a challenge and a pick or a demand cost: what a challenger gets for them is never a gain.
    uint256 private constant CHALLENGE_GAS = 100_000;
    uint256 private constant PICK_GAS = 40_000;

    Elements private immutable _elements = new Elements();

    mapping(bytes32 id => Dispute) private _disputes;
    mapping(bytes32 id => mapping(uint32 number => Challenge)) private _challenges;

    /// @inheritdoc IDisputeGame
    mapping(bytes32 id => mapping(uint256 position => uint40)) public openedAt;

    /// @inheritdoc IDisputeGame
    uint40 public immutable window;

    /// @inheritdoc IDisputeGame
    uint24 public immutable clock;

    /// @inheritdoc IDisputeGame
    uint64 public immutable gasPrice;

    /// @inheritdoc IDisputeGame
    uint64 public immutable bondPerUnit;

    /// @notice Sets the times and the bonds for ever.
    /// @param campaign_ Whose units this method verifies; its registry is this method's.
    /// @param bonds The contract with the bonds of both sides.
    /// @param window_ 1 second to 30 days.
    /// @param clock_ 1 second to 30 days.
    /// @param gasPrice_ 1 to 2^40 wei.
    /// @param bondPerUnit_ 2 to 2^63 wei: then every bond fits 96 bits.
    constructor(
        ICampaign campaign_,
        IBonds bonds,
        uint40 window_,
        uint24 clock_,
        uint64 gasPrice_,
        uint64 bondPerUnit_
    ) DisputeModels(campaign_, bonds) {
        _checkRange("window", window_, 1, MAX_WINDOW);
        _checkRange("clock", clock_, 1, MAX_WINDOW);
        _checkRange("gasPrice", gasPrice_, 1, 1 << 40);
        _checkRange("bondPerUnit", bondPerUnit_, 2, 1 << 63);
        window = window_;
        clock = clock_;
        gasPrice = gasPrice_;
        bondPerUnit = bondPerUnit_;
    }

    /* HOOKS */

    /// @inheritdoc IVerificationMethod
    /// @dev There is no evidence.
    function onAttest(
        bytes32 uid,
        Attestation calldata attestation,
        Answer calldata,
        bytes calldata evidence
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        if (Contexts.kind(attestation.context) == Contexts.UNIT) {
            _requireUnits(attestation.modelId, attestation.method, attestation.context, 1);
        }
        _requireAdmitted(attestation.modelId);
        require(evidence.length == 0, UnexpectedEvidence(uid));

        _bonds.lock(attestation.prover, bondFor(1));
    }

    /// @inheritdoc IVerificationMethod
    function onAttestRoot(
        bytes32,
        Batch calldata batch
    ) external override(IVerificationMethod, VerificationMethod) onlyRegistry {
        _requireUnits(batch.modelId, batch.method, batch.context, batch.count);

        _bonds.lock(batch.prover, bondFor(batch.count));
    }

    /* CHALLENGER'S MOVES */

    /// @inheritdoc IDisputeGame
    function challenge(Attestation calldata attestation, Answer calldata opened) external returns (uint32 number) {
        bytes32 id = _registry.uidOf(attestation);
        Record memory record = _challengeable(id);
        bytes32 answer = Commitments.answer(attestation.prover, opened.outputHash, opened.traceHash, opened.salt);
        require(answer == attestation.answer, WrongAnswer(id));

        Dispute storage dispute = _disputes[id];
        if (dispute.challenges == 0) {
            dispute.modelId = attestation.modelId;
            dispute.root = opened.traceHash;
            dispute.subject = attestation.inputHash;
            dispute.outputHash = opened.outputHash;
        }
        Challenge storage game;
        (number, game) = _begin(id, dispute, record.count);
        game.trace = opened.traceHash;
        _descend(game, Stage.Operators, opened.traceHash, modelOf(attestation.modelId).operators);
    }

    /// @inheritdoc IDisputeGame
    function challengeBatch(Batch calldata batch) external returns (uint32 number) {
        bytes32 id = _registry.batchIdOf(batch);
        Record memory record = _challengeable(id);

        Dispute storage dispute = _disputes[id];
        if (dispute.challenges == 0) {
            dispute.modelId = batch.modelId;
            dispute.root = batch.root;
            dispute.subject = batch.context;
        }
        Challenge storage game;
        (number, game) = _begin(id, dispute, record.count);
        _descend(game, Stage.Units, batch.root, record.count);
    }

    /// @inheritdoc IDisputeGame
    function pick(bytes32 id, uint32 number, uint256 index, bytes32 child, bytes32[] calldata siblings) external {
        Challenge storage game = _challengerMoves(id, number);
        Dispute storage dispute = _disputes[id];
        Place memory place = _placeOf(id, dispute, game);
        (Stage stage, uint256 level) = (game.stage, place.below());
        bool isOther = stage == Stage.Operators ? level == 0 : stage == Stage.Rows && _isAtOnce(game);
        require(!isOther && stage <= Stage.Rows, WrongMove(id, number, stage));
        _checkChild(game, place, index, child, siblings);

        if (stage == Stage.Units && level == 0) {
            game.unit = uint32(index);
            game.trace = child;
            _descend(game, Stage.Operators, child, modelOf(dispute.modelId).operators);
        } else {
            if (level == 0) game.stage = Stage.Row;
            game.node = child;
            game.level = uint8(level);
            game.index = uint32(index);
        }

        emit Picked(id, number, _positionOf(game), child);
    }

    /// @inheritdoc IDisputeGame
    function pickOperator(
        bytes32 id,
        uint32 number,
        uint256 index,
        bytes32 child,
        bytes32[] calldata siblings,
        ProvenOperator calldata operator
    ) external {
        Challenge storage game = _challengerMoves(id, number);
        Dispute storage dispute = _disputes[id];
        Place memory place = _placeOf(id, dispute, game);
        require(game.stage == Stage.Operators && place.below() == 0, WrongMove(id, number, game.stage));
        require(index != 0, WrongChild(index));
        _checkChild(game, place, index, child, siblings);
        GameModel memory model = modelOf(dispute.modelId);
        (Operator op, ) = operatorOf(model.operatorsRoot, model.operators, index, operator);

        game.operator = uint16(index);
        game.rows = uint16(op.rows());
        game.width = uint16(op.width());
        _descend(game, Stage.Rows, child, op.rows());

        emit Picked(id, number, _positionOf(game), child);
    }

    /// @inheritdoc IDisputeGame
    function demand(bytes32 id, uint32 number, uint256 row, uint256 column) external {
        Challenge storage game = _challengerMoves(id, number);
        _requireBytes(id, number, game);
        _requireElement(game, row, column);

        game.stage = Stage.Element;
        game.index = uint32(row);
        game.column = uint16(column);

        emit Demanded(id, number, row, column);
    }

    /* MOVES OF THE PROVER'S SIDE */

    /// @inheritdoc IDisputeGame
    function open(bytes32 id, uint32 number, bytes32[] calldata children) external {
        Challenge storage game = _proverMoves(id, number);
        Stage stage = game.stage;
        Place memory place = _placeOf(id, _disputes[id], game);
        bool isOther = stage == Stage.Operators ? place.isRoot() : stage == Stage.Rows && _isAtOnce(game);
        require(!isOther && stage <= Stage.Rows, WrongMove(id, number, stage));

        _open(id, number, game, place, children);
    }

    /// @inheritdoc IDisputeGame
    function openUnit(bytes32 id, uint32 number, UnitEnds calldata ends, bytes32[] calldata children) external {
        Challenge storage game = _proverMoves(id, number);
        Dispute storage dispute = _disputes[id];
        Place memory place = _placeOf(id, dispute, game);
        require(game.stage == Stage.Operators && place.isRoot(), WrongMove(id, number, game.stage));

        bytes memory input = _checkEnds(id, dispute, game, ends);
        emit UnitOpened(id, number, _positionOf(game), input, ends.output);
        _open(id, number, game, place, children);
    }

    /// @inheritdoc IDisputeGame
    function openRows(bytes32 id, uint32 number, bytes calldata data) external {
        Challenge storage game = _proverMoves(id, number);
        _requireBytes(id, number, game);
        uint256 position = _positionOf(game);
        (uint256 width, bytes32 node) = (game.width, 0);
        if (game.stage == Stage.Row) {
            if (data.length == width) node = OrderedTree.leaf(game.index, data);
        } else if (data.length == width * game.rows) {
            node = OrderedTree.root(OrderedTree.leavesOf(data, width));
        }
        require(node == game.node, WrongOpening(id, position));

        openedAt[id][position] = uint40(block.timestamp);

        emit RowsOpened(id, number, position, data);
    }

    /* ENDS */

    /// @inheritdoc IDisputeGame
    function show(bytes32 id, uint32 number, Element calldata element) external {
        Challenge storage game = _gameOf(id, number);
        (bool isProvers, uint256 until) = _turn(id, game);
        bool isDemanded = game.stage == Stage.Element;
        require(isProvers == isDemanded, OutOfTurn(id, number));
        require(block.timestamp <= until, OutOfTime(id, number, until));
        if (!isDemanded) {
            _requireBytes(id, number, game);
            _requireElement(game, element.row, element.column);
        }
        (int8 claimed, int8 correct) = _compute(id, game, element);
        require(isDemanded || claimed != correct, ElementIsRight(element.row, element.column, claimed));

        emit ElementShown(id, number, _positionOf(game), element.row, element.column, claimed, correct);

        if (claimed == correct) _challengerLost(id, number, game);
        else _proverLost(id, number, game);
    }

    /// @inheritdoc IDisputeGame
    function timeout(bytes32 id, uint32 number) external {
        Challenge storage game = _gameOf(id, number);
        (bool isProvers, uint256 until) = _turn(id, game);
        require(block.timestamp > until, TimeLeft(id, number, until));

        if (isProvers) _proverLost(id, number, game);
        else _challengerLost(id, number, game);
    }

    /// @inheritdoc IDisputeGame
    function release(bytes32 id, uint32 number) external {
        Challenge storage game = _existing(id, number);
        Record memory record = _registry.recordOf(id);
        require(record.status == Status.Refuted, NotRefuted(id));
        Dispute storage dispute = _disputes[id];
        address challenger = game.challenger;
        uint256 half = _otherHalf(record.count);
        uint96 paid = game.spent;
        if (dispute.spent > half) paid = uint96((paid * half) / dispute.spent);

        _close(id, number, dispute, Outcome.Released);
        dispute.left -= paid;
        _bonds.unlock(challenger, challengeBond(record.count));
        if (paid != 0) _bonds.pay(record.prover, challenger, paid);
        if (dispute.open == 0) _bonds.burn(record.prover, dispute.left);
    }

    /// @inheritdoc IDisputeGame
    function settle(bytes32 id) external {
        (Record memory record, uint64 until) = _pending(id);
        require(block.timestamp >= until, IFraudProof.WindowOpen(id, until));
        uint32 count = _disputes[id].open;
        require(count == 0, ChallengesOpen(id, count));

        _registry.settle(id, Status.Verified, msg.sender);
        _bonds.unlock(record.prover, bondFor(record.count));
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function longest() external view returns (uint64) {
        return window + 2 * uint64(clock);
    }

    /// @inheritdoc IVerificationMethod
    /// @dev Every attestation under this method ends Verified or Refuted.
    function canVoid() external pure override(IVerificationMethod, VerificationMethod) returns (bool) {
        return false;
    }

    /// @inheritdoc IDisputeGame
    function bondFor(uint32 count) public view returns (uint128) {
        return uint128(_sized(count, REFUTING_GAS, REFUTING_LEVEL_GAS) + uint256(bondPerUnit) * count);
    }

    /// @inheritdoc IDisputeGame
    function challengeBond(uint32 count) public view returns (uint128) {
        return uint128(_sized(count, ANSWERING_GAS, ANSWERING_LEVEL_GAS));
    }

    /// @inheritdoc IDisputeGame
    function disputeOf(bytes32 id) external view returns (Dispute memory) {
        return _disputes[id];
    }

    /// @inheritdoc IDisputeGame
    function challengeOf(bytes32 id, uint32 number) external view returns (Challenge memory) {
        return _challenges[id][number];
    }

    /// @inheritdoc IDisputeGame
    function turnOf(bytes32 id, uint32 number) external view returns (bool isProvers, uint256 until) {
        return _turn(id, _existing(id, number));
    }

    /// @inheritdoc IDisputeGame
    function isVerifiedOutput(
        Batch calldata batch,
        uint256 unit,
        bytes calldata output,
        bytes32[] calldata outputProof,
        bytes32 trace,
        bytes32[] calldata traceProof
    ) external view returns (bool) {
        Record memory record = _registry.recordOf(_registry.batchIdOf(batch));
        if (record.status != Status.Verified || address(_registry.methodAt(record.method)) != address(this)) {
            return false;
        }
        GameModel memory model = modelOf(batch.modelId);
        return
            output.length == uint256(model.outputRows) * model.outputWidth &&
            _isNode(trace, model.operators, model.operators - 1, output, model.outputRows, outputProof) &&
            OrderedTree.verify(batch.root, batch.count, unit, OrderedTree.leafOfHash(unit, trace), traceProof);
    }

    /* ATTESTATIONS */

    /// @dev A pending attestation under this method, and the end of its window.
    function _pending(bytes32 id) private view returns (Record memory record, uint64 until) {
        record = _registry.recordOf(id);
        require(
            record.status == Status.Pending && address(_registry.methodAt(record.method)) == address(this),
            IFraudProof.NotOpen(id)
        );
        until = record.attestedAt + window;
    }

    function _challengeable(bytes32 id) private view returns (Record memory record) {
        uint64 until;
        (record, until) = _pending(id);
        require(block.timestamp < until, IFraudProof.WindowOver(id, until));
    }

    /* CHALLENGES */

    /// @dev Opens a challenge of the sender.
    function _begin(
        bytes32 id,
        Dispute storage dispute,
        uint32 count
    ) private returns (uint32 number, Challenge storage game) {
        number = dispute.challenges++;
        ++dispute.open;
        game = _challenges[id][number];
        game.challenger = msg.sender;
        game.since = uint40(block.timestamp);
        (game.proverLeft, game.challengerLeft) = (clock, clock);
        _count(dispute, game, CHALLENGE_GAS);

        emit Challenged(id, msg.sender, number);

        _bonds.lock(msg.sender, challengeBond(count));
    }

    /// @dev Puts the root of another tree in question.
    function _descend(Challenge storage game, Stage stage, bytes32 root, uint256 count) private {
        game.stage = stage;
        game.node = root;
        game.level = uint8(OrderedTree.depth(count));
        game.index = 0;
    }

    /// @dev A challenge that is open.
    function _existing(bytes32 id, uint32 number) private view returns (Challenge storage game) {
        game = _challenges[id][number];
        require(game.stage != Stage.None, NoSuchChallenge(id, number));
    }

    /// @dev A challenge that is open, of a pending attestation.
    function _gameOf(bytes32 id, uint32 number) private view returns (Challenge storage) {
        _pending(id);
        return _existing(id, number);
    }

    /// @dev Whose turn it is, and until when. An opening that came too late counts as none.
    function _turn(bytes32 id, Challenge storage game) private view returns (bool isProvers, uint256 until) {
        uint256 since = game.since;
        until = since + game.proverLeft;
        if (game.stage == Stage.Element) return (true, until);
        uint256 opened = openedAt[id][_positionOf(game)];
        if (opened == 0 || opened > until) return (true, until);
        return (false, (opened > since ? opened : since) + game.challengerLeft);
    }

    /// @dev The sender's challenge, in which it is its turn; the clocks are set for what comes after its move.
    function _challengerMoves(bytes32 id, uint32 number) private returns (Challenge storage game) {
        game = _gameOf(id, number);
        require(msg.sender == game.challenger, NotTheChallenger(msg.sender, game.challenger));
        (bool isProvers, uint256 until) = _turn(id, game);
        require(!isProvers, OutOfTurn(id, number));
        require(block.timestamp <= until, OutOfTime(id, number, until));

        uint256 began = until - game.challengerLeft;
        game.proverLeft -= uint24(began - game.since);
        game.challengerLeft = uint24(until - block.timestamp);
        game.since = uint40(block.timestamp);
        _count(_disputes[id], game, PICK_GAS);
    }

    /// @dev A challenge in which it is the prover's side's turn to open.
    function _proverMoves(bytes32 id, uint32 number) private view returns (Challenge storage game) {
        game = _gameOf(id, number);
        (bool isProvers, uint256 until) = _turn(id, game);
        require(isProvers, OutOfTurn(id, number));
        require(block.timestamp <= until, OutOfTime(id, number, until));
    }

    /// @dev Counts what so much gas costs now, or at the stated price if that is less. Fits: a price has 40 bits.
    function _count(Dispute storage dispute, Challenge storage game, uint256 gas) private {
        uint96 spent = uint96(gas * (block.basefee < gasPrice ? block.basefee : gasPrice));
        game.spent += spent;
        dispute.spent += spent;
    }

    /* NODES */

    function _positionOf(Challenge storage game) private view returns (uint256) {
        return
            (uint256(game.stage) << 88) |
            (uint256(game.unit) << 56) |
            (uint256(game.operator) << 40) |
            (uint256(game.level) << 32) |
            game.index;
    }

    /// @dev Where the node in question stands in its tree.
    function _placeOf(bytes32 id, Dispute storage dispute, Challenge storage game) private view returns (Place memory) {
        uint256 count = game.rows;
        if (game.stage == Stage.Units) count = _registry.recordOf(id).count;
        else if (game.stage == Stage.Operators) count = modelOf(dispute.modelId).operators;
        return Place(count, game.level, game.index);
    }

    /// @dev Whether the operator in question is opened by all its bytes.
    function _isAtOnce(Challenge storage game) private view returns (bool) {
        return game.rows <= ROWS_AT_ONCE && uint256(game.rows) * game.width <= BYTES_AT_ONCE;
    }

    /// @dev Checks that bytes are in question: of a row, or of an operator that is opened at once.
    function _requireBytes(bytes32 id, uint32 number, Challenge storage game) private view {
        Stage stage = game.stage;
        require(stage == Stage.Row || (stage == Stage.Rows && _isAtOnce(game)), WrongMove(id, number, stage));
    }

    /// @dev Checks that an element is one of the bytes in question.
    function _requireElement(Challenge storage game, uint256 row, uint256 column) private view {
        bool isRow = game.stage == Stage.Row ? row == game.index : row < game.rows;
        require(isRow && column < game.width, NoSuchElement(row, column));
    }

    function _checkChild(
        Challenge storage game,
        Place memory place,
        uint256 index,
        bytes32 child,
        bytes32[] calldata siblings
    ) private view {
        bytes32 node = place.aboveChild(index, child, siblings, game.stage != Stage.Rows);
        require(node == game.node && node != 0, WrongChild(index));
    }

    function _open(
        bytes32 id,
        uint32 number,
        Challenge storage game,
        Place memory place,
        bytes32[] calldata children
    ) private {
        uint256 position = _positionOf(game);
        bytes32 node = place.above(children, game.stage != Stage.Rows);
        require(node == game.node && node != 0, WrongOpening(id, position));

        openedAt[id][position] = uint40(block.timestamp);

        emit NodeOpened(id, number, position, children);
    }

    /// @dev Checks a unit's input and output: that they are the attestation's, and the trace's. Returns the input.
    function _checkEnds(
        bytes32 id,
        Dispute storage dispute,
        Challenge storage game,
        UnitEnds calldata ends
    ) private view returns (bytes memory input) {
        GameModel memory model = modelOf(dispute.modelId);
        Record memory record = _registry.recordOf(id);
        if (record.open) {
            input = ends.input.base;
            _checkTensor(ends.input.header, model.inputHeaderHash, input, dispute.subject);
            _checkTensor(ends.outputHeader, model.outputHeaderHash, ends.output, dispute.outputHash);
        } else {
            bytes32 context = bytes32(uint256(dispute.subject) + game.unit);
            input = campaign.assignedInput(record.prover, context, ends.input);
        }
        (uint256 last, bytes32 trace) = (model.operators - 1, game.trace);
        uint256 position = _positionOf(game);
        // The tensors' lengths are the model's: their headers say so, or the campaign does.
        require(
            ends.output.length == uint256(model.outputRows) * model.outputWidth &&
                _isNode(trace, model.operators, last, ends.output, model.outputRows, ends.outputProof),
            WrongOpening(id, position)
        );
        bytes memory rows = bytes.concat(input, ends.output[:model.fed]);
        require(
            rows.length == uint256(model.inputRows) * model.inputWidth &&
                _isNode(trace, model.operators, 0, rows, model.inputRows, ends.inputProof),
            WrongOpening(id, position)
        );
    }

    function _checkTensor(bytes calldata header, bytes32 headerHash, bytes memory data, bytes32 attested) private pure {
        require(keccak256(header) == headerHash, IZkProof.WrongTensor(keccak256(header), headerHash));
        bytes32 hash = Commitments.tensor(header, data);
        require(hash == attested, IZkProof.WrongTensor(hash, attested));
    }

    /// @dev Whether an operator's output is the one in a trace.
    function _isNode(
        bytes32 trace,
        uint256 operators,
        uint256 k,
        bytes memory output,
        uint256 rows,
        bytes32[] calldata proof
    ) private pure returns (bool) {
        bytes32 leaf = OrderedTree.leafOfHash(k, OrderedTree.rootOf(output, rows));
        return OrderedTree.verify(trace, operators, k, leaf, proof);
    }

    /// @dev An element's attested value, and the one that the model gives.
    function _compute(
        bytes32 id,
        Challenge storage game,
        Element calldata element
    ) private view returns (int8 claimed, int8 correct) {
        (uint256 row, uint256 column, uint256 k) = (element.row, element.column, game.operator);
        if (game.stage == Stage.Element) {
            require(row == game.index && column == game.column, NoSuchElement(row, column));
        }
        bytes32 leaf = OrderedTree.leaf(row, element.data);
        bool isTraced =
            _isAtOnce(game) ? OrderedTree.verify(game.node, game.rows, row, leaf, element.proof) : leaf == game.node;
        require(isTraced, IDisputeGame.WrongTraceRow(k, row));
        GameModel memory model = modelOf(_disputes[id].modelId);
        // The row was opened with all its bytes, so the column is one of them.
        claimed = int8(uint8(element.data[column]));
        correct = _elements.valueOf(Grounds(game.trace, model.operatorsRoot, model.operators, k), element);
    }

    /* OUTCOMES */

    /// @dev Twice what a side's moves cost at the stated price.
    function _sized(uint32 count, uint256 gas, uint256 levelGas) private view returns (uint256) {
        uint256 levels = (OrderedTree.depth(count) + 7) / 8;
        return 2 * uint256(gasPrice) * (gas + levels * levelGas);
    }

    /// @dev What of a refuted attestation's bond the winner doesn't get.
    function _otherHalf(uint32 count) private view returns (uint128) {
        uint128 bond = bondFor(count);
        return bond - bond / 2;
    }

    function _close(bytes32 id, uint32 number, Dispute storage dispute, Outcome outcome) private {
        address challenger = _challenges[id][number].challenger;
        delete _challenges[id][number];
        --dispute.open;

        emit ChallengeClosed(id, challenger, number, uint8(outcome));
    }

    function _challengerLost(bytes32 id, uint32 number, Challenge storage game) private {
        address challenger = game.challenger;
        Record memory record = _registry.recordOf(id);
        uint128 bond = challengeBond(record.count);
        uint128 half = bond / 2;
        Dispute storage dispute = _disputes[id];

        dispute.spent -= game.spent;
        _close(id, number, dispute, Outcome.Lost);
        _bonds.pay(challenger, record.prover, half);
        _bonds.burn(challenger, bond - half);
    }

    function _proverLost(bytes32 id, uint32 number, Challenge storage game) private {
        address challenger = game.challenger;
        Record memory record = _registry.recordOf(id);
        Dispute storage dispute = _disputes[id];
        uint128 left = _otherHalf(record.count);

        dispute.spent -= game.spent;
        _close(id, number, dispute, Outcome.Won);
        _registry.settle(id, Status.Refuted, challenger);
        _bonds.unlock(challenger, challengeBond(record.count));
        _bonds.pay(record.prover, challenger, bondFor(record.count) - left);
        if (dispute.open == 0) _bonds.burn(record.prover, left);
        else dispute.left = uint96(left);
    }
}
