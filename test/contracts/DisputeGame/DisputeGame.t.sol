// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Bonds} from "../../../contracts/Bonds.sol";
import {Answer, Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {AssignedInput} from "../../../contracts/interfaces/ICampaign.sol";
import {
    Challenge,
    Element,
    IDisputeGame,
    ProvenOperator,
    Stage,
    UnitEnds
} from "../../../contracts/interfaces/IDisputeGame.sol";
import {Publication} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Protocol} from "../Protocol.sol";
import {createFrom, vm} from "../Vm.sol";

/// @notice One prover and two challengers who do anything, in any order, about runs of a model that adds 1 to a byte. The
/// prover's side answers rightly, or not at all; challengers play as they like.
contract DisputeHandler is Protocol {
    struct Made {
        Attestation attestation;
        Answer opened;
        bytes32 id;
        uint8 output;
        uint32 challenges;
        bool isRight;
        bool isLate;
    }

    uint40 private constant WINDOW = 300;
    uint24 private constant CLOCK = 100;
    uint256 private constant MOST = 4;

    Bonds public immutable bonds = new Bonds();
    IDisputeGame public immutable game;
    address public constant PROVER = address(0xa1);
    address[2] public challengers = [address(0xb1), address(0xb2)];
    uint256 public paidIn;

    Made[] private _made;
    bytes private _inputHeader = _header("x");
    bytes private _outputHeader = _header("y");
    bytes private _table = new bytes(256);
    bytes private _first = _operator(0, 0xffff, 0);
    bytes private _second;
    bytes32 private immutable _graphModel;

    constructor() {
        for (uint256 i = 0; i < 256; ++i) _table[i] = bytes1(uint8(i + 1));
        _second = _operator(4, 0, _root(_leaf(0, _table)));
        bytes memory arguments = abi.encode(campaign, bonds, WINDOW, CLOCK, 10, 1000);
        game = IDisputeGame(createFrom("DisputeGame.sol:DisputeGame", arguments));
        registry.addMethod(game);
        bytes memory graph = abi.encodePacked(bytes32("GRAPH_V1"), uint16(2), _first, _second);
        graph = abi.encodePacked(graph, uint16(_inputHeader.length), _inputHeader);
        graph = abi.encodePacked(graph, uint16(_outputHeader.length), _outputHeader);
        _graphModel = registry.models().publish(Publication("artifact", "runtime", 0, 0), graph, "", "");
        game.admit(_graphModel, graph);
        vm.deal(address(this), 1000 ether);
        for (uint256 i = 0; i < 3; ++i) {
            bonds.deposit{value: 100 ether}(address(game), i == 0 ? PROVER : challengers[i - 1]);
            paidIn += 100 ether;
        }
    }

    function attest(uint8 input, uint8 error, bool isRight) external {
        if (_made.length == MOST) return;
        Made storage made = _made.push();
        made.isRight = isRight || error == 0;
        unchecked {
            made.output = input + 1 + (isRight ? 0 : error);
        }
        bytes32 inputHash = keccak256(abi.encodePacked(_inputHeader, input));
        bytes32 outputHash = keccak256(abi.encodePacked(_outputHeader, made.output));
        bytes32 traceHash = _traceOf(input, made.output);
        made.opened = Answer(outputHash, traceHash, bytes32(_made.length));
        bytes32 hidden = keccak256(abi.encode(bytes32("ANSWER_V1"), PROVER, outputHash, traceHash, made.opened.salt));
        made.attestation = Attestation(PROVER, 1, _graphModel, inputHash, 0, hidden);
        vm.prank(PROVER);
        made.id = registry.attest(1, _graphModel, inputHash, 0, made.opened, "");
    }

    function challenge(uint256 which, uint256 who, uint256 baseFee) external {
        if (_made.length == 0) return;
        Made storage made = _pick(which);
        if (made.challenges == 3 || _status(made) != Status.Pending) return;
        if (block.timestamp >= registry.recordOf(made.id).attestedAt + WINDOW) return;
        vm.fee(baseFee % 30);
        vm.prank(challengers[who % 2]);
        game.challenge(made.attestation, made.opened);
        ++made.challenges;
    }

    /// @notice The prover's side opens or shows what it has to.
    function answer(uint256 which, uint256 number, uint8 input) external {
        (Made storage made, uint32 n, Stage stage) = _played(which, number);
        if (stage == Stage.None || !_isTurn(made, n, true)) return;
        input = _inputOf(made, input);
        if (stage == Stage.Operators) game.openUnit(made.id, n, _ends(made, input), _nodes(made, input));
        else if (stage == Stage.Rows) game.openRows(made.id, n, abi.encodePacked(made.output));
        else game.show(made.id, n, _element(made, input));
    }

    /// @notice The challenger picks the one operator, and then demands, or shows what is wrong.
    function reply(uint256 which, uint256 number, bool isDemanding) external {
        (Made storage made, uint32 n, Stage stage) = _played(which, number);
        if (stage == Stage.None || !_isTurn(made, n, false)) return;
        uint8 input = _inputOf(made, 0);
        vm.prank(game.challengeOf(made.id, n).challenger);
        if (stage == Stage.Operators) {
            bytes32[] memory siblings = new bytes32[](1);
            siblings[0] = _leafOfHash(0, _node(input));
            game.pickOperator(made.id, n, 1, _node(made.output), siblings, _proven());
        } else if (isDemanding || made.isRight) {
            game.demand(made.id, n, 0, 0);
        } else {
            game.show(made.id, n, _element(made, input));
        }
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % (2 * CLOCK)));
    }

    function timeout(uint256 which, uint256 number) external {
        (Made storage made, uint32 n, Stage stage) = _played(which, number);
        if (stage == Stage.None) return;
        (bool isProvers, uint256 until) = game.turnOf(made.id, n);
        if (block.timestamp <= until) return;
        if (isProvers) made.isLate = true;
        game.timeout(made.id, n);
    }

    function release(uint256 which, uint256 number) external {
        if (_made.length == 0) return;
        Made storage made = _pick(which);
        if (made.challenges == 0 || _status(made) != Status.Refuted) return;
        uint32 n = uint32(number % made.challenges);
        if (game.challengeOf(made.id, n).stage != Stage.None) game.release(made.id, n);
    }

    function settle(uint256 which) external {
        if (_made.length == 0) return;
        Made storage made = _pick(which);
        if (_status(made) != Status.Pending || game.disputeOf(made.id).open != 0) return;
        uint256 until = registry.recordOf(made.id).attestedAt + WINDOW;
        if (block.timestamp >= until) game.settle(made.id);
    }

    /// @notice What the prover's and the challengers' attestations and challenges should have locked.
    function locks() external view returns (uint256 prover, uint256 byChallengers, bool isFair) {
        isFair = true;
        for (uint256 i = 0; i < _made.length; ++i) {
            Made storage made = _made[i];
            if (_status(made) == Status.Pending) prover += game.bondFor(1);
            else if (game.disputeOf(made.id).open != 0) prover += game.disputeOf(made.id).left;
            byChallengers += game.disputeOf(made.id).open * game.challengeBond(1);
            if (_status(made) == Status.Refuted && made.isRight && !made.isLate) isFair = false;
        }
    }

    function _pick(uint256 which) private view returns (Made storage) {
        return _made[which % _made.length];
    }

    function _status(Made storage made) private view returns (Status) {
        return registry.recordOf(made.id).status;
    }

    /// @dev A challenge of a pending attestation, and what is in question in it.
    function _played(uint256 which, uint256 number) private view returns (Made storage made, uint32 n, Stage stage) {
        if (_made.length == 0) {
            assembly {
                made.slot := 0
            }
            return (made, 0, Stage.None);
        }
        made = _pick(which);
        if (made.challenges == 0 || _status(made) != Status.Pending) return (made, 0, Stage.None);
        n = uint32(number % made.challenges);
        stage = game.challengeOf(made.id, n).stage;
    }

    function _isTurn(Made storage made, uint32 n, bool isProvers) private view returns (bool) {
        (bool turn, uint256 until) = game.turnOf(made.id, n);
        return turn == isProvers && block.timestamp <= until;
    }

    /// @dev The byte that hashes to the attestation's input.
    function _inputOf(Made storage made, uint8 from) private view returns (uint8) {
        while (keccak256(abi.encodePacked(_inputHeader, from)) != made.attestation.inputHash) {
            unchecked {
                ++from;
            }
        }
        return from;
    }

    function _ends(Made storage made, uint8 input) private view returns (UnitEnds memory) {
        bytes32[] memory above = new bytes32[](1);
        bytes32[] memory below = new bytes32[](1);
        above[0] = _leafOfHash(1, _node(made.output));
        below[0] = _leafOfHash(0, _node(input));
        AssignedInput memory shown = AssignedInput(_inputHeader, abi.encodePacked(input), new bytes32[](0));
        return UnitEnds(shown, _outputHeader, abi.encodePacked(made.output), above, below);
    }

    function _nodes(Made storage made, uint8 input) private view returns (bytes32[] memory nodes) {
        nodes = new bytes32[](2);
        (nodes[0], nodes[1]) = (_node(input), _node(made.output));
    }

    function _element(Made storage made, uint8 input) private view returns (Element memory element) {
        element.operator = _proven();
        element.data = abi.encodePacked(made.output);
        element.first.count = 1;
        element.first.data = abi.encodePacked(input);
        element.first.node = _node(input);
        element.first.nodeProof = new bytes32[](1);
        element.first.nodeProof[0] = _leafOfHash(1, _node(made.output));
        element.parameters = _table;
    }

    function _proven() private view returns (ProvenOperator memory operator) {
        operator.data = _second;
        operator.proof = new bytes32[](1);
        operator.proof[0] = _leaf(0, _first);
    }

    function _traceOf(uint8 input, uint8 output) private pure returns (bytes32) {
        bytes32 top = keccak256(
            abi.encodePacked(uint8(1), _leafOfHash(0, _node(input)), _leafOfHash(1, _node(output)))
        );
        return keccak256(abi.encodePacked(uint8(4), uint32(2), top));
    }

    function _node(uint8 element) private pure returns (bytes32) {
        return _root(_leaf(0, abi.encodePacked(element)));
    }

    function _root(bytes32 top) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(4), uint32(1), top));
    }

    function _leaf(uint32 i, bytes memory data) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0), i, data));
    }

    function _leafOfHash(uint32 i, bytes32 data) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0), i, data));
    }

    function _header(string memory name) private pure returns (bytes memory) {
        return abi.encodePacked(bytes32("TENSOR_V1"), uint16(1), name, uint8(3), uint8(1), uint32(1), uint32(1));
    }

    function _operator(uint8 kind, uint16 first, bytes32 parameters) private pure returns (bytes memory) {
        return abi.encodePacked(kind, first, uint16(0xffff), uint16(1), uint16(1), new bytes(23), parameters);
    }
}

/// @notice What holds of the money of both sides, and of right attestations, whatever anyone does.
contract DisputeInvariants {
    DisputeHandler private _handler;
    Bonds private _bonds;
    address private _game;

    function setUp() external {
        _handler = new DisputeHandler();
        _bonds = _handler.bonds();
        _game = address(_handler.game());
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_lockedIsWhatIsAtStake() external view {
        (uint256 prover, uint256 byChallengers, ) = _handler.locks();
        uint256 found = _bonds.bondOf(_game, _handler.challengers(0)).locked;
        found += _bonds.bondOf(_game, _handler.challengers(1)).locked;

        require(_bonds.bondOf(_game, _handler.PROVER()).locked == prover, "another sum is locked for the prover");
        require(found == byChallengers, "another sum is locked for challengers");
    }

    function invariant_moneyInIsHeldOrBurned() external view {
        require(_handler.paidIn() == _bonds.held() + _bonds.burned(), "money is lost or made");
    }

    function invariant_rightAttestationsAreRefutedByTheClockAlone() external view {
        (, , bool isFair) = _handler.locks();

        require(isFair, "a right attestation was refuted");
    }
}
