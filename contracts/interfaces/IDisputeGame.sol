// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, Batch} from "./IAttestationRegistry.sol";
import {AssignedInput} from "./ICampaign.sol";
import {IVerificationMethod} from "./IVerificationMethod.sol";

/// @notice What is in question in a challenge. None: it isn't open. Units: a node of a batch's tree. Operators: of a unit's
/// trace. Rows: of an operator's output. Row: the bytes of one row. Element: one element that the challenger demanded.
enum Stage {
    None,
    Units,
    Operators,
    Rows,
    Row,
    Element
}

/// @notice How a challenge ended. Lost: the challenger lost. Won: it won, and the attestation is Refuted. Released: another
/// challenge had won.
enum Outcome {
    None,
    Lost,
    Won,
    Released
}

/// @notice What moves need of an admitted model.
/// @param operatorsRoot Ordered tree whose leaf k is operator k's 64 bytes.
/// @param inputHeaderHash keccak256 of the input tensor's header.
/// @param outputHeaderHash keccak256 of the output tensor's header.
/// @param operators Number of its operators.
/// @param inputRows Rows of operator 0.
/// @param inputWidth Width of operator 0.
/// @param fed How many of operator 0's last rows are the output's first bytes.
/// @param outputRows Rows of the last operator.
/// @param outputWidth Width of the last operator.
struct GameModel {
    bytes32 operatorsRoot;
    bytes32 inputHeaderHash;
    bytes32 outputHeaderHash;
    uint16 operators;
    uint16 inputRows;
    uint16 inputWidth;
    uint16 fed;
    uint16 outputRows;
    uint16 outputWidth;
}

/// @notice What is kept of an attestation that was challenged.
/// @param modelId The model.
/// @param root The run's trace, or the batch's root.
/// @param subject A single attestation's `inputHash`; a batch's `context`.
/// @param outputHash A single attestation's; zero for a batch.
/// @param challenges How many challenges there were.
/// @param open How many of them are open.
/// @param spent What the moves of the open ones cost together, in wei; fixed once one has won.
/// @param left What is left of the prover's bond for the other challengers once one has won, in wei.
struct Dispute {
    bytes32 modelId;
    bytes32 root;
    bytes32 subject;
    bytes32 outputHash;
    uint32 challenges;
    uint32 open;
    uint96 spent;
    uint96 left;
}

/// @notice A challenge that is open.
/// @param challenger Whose it is.
/// @param since When the prover's side began to think about the present node, unix seconds.
/// @param proverLeft What the prover's side had left then, in seconds.
/// @param challengerLeft What the challenger has left, in seconds.
/// @param stage What is in question.
/// @param node The node in question.
/// @param trace Root of the unit's trace; zero until the unit is known.
/// @param unit The unit's position in its batch.
/// @param operator The operator, once it is known.
/// @param level The node's level in its tree, from the leaves.
/// @param index The node's index on its level; the row, once it is known.
/// @param rows Rows of the operator's output.
/// @param width Width of the operator's output.
/// @param column The element's column, once it is demanded.
/// @param spent What the challenger's moves cost, in wei, as far as they may be paid for.
struct Challenge {
    address challenger;
    uint40 since;
    uint24 proverLeft;
    uint24 challengerLeft;
    Stage stage;
    bytes32 node;
    bytes32 trace;
    uint32 unit;
    uint16 operator;
    uint8 level;
    uint32 index;
    uint16 rows;
    uint16 width;
    uint16 column;
    uint96 spent;
}

/// @notice Input and output of a unit, with what ties them to its trace.
/// @param input Of a single attestation the model's input header and the input's bytes, without a proof; of a batch the
/// unit's base input.
/// @param outputHeader The model's output header; ignored in a batch.
/// @param output The output's bytes.
/// @param inputProof Proof of operator 0's node in the trace.
/// @param outputProof Proof of the last operator's node in the trace.
struct UnitEnds {
    AssignedInput input;
    bytes outputHeader;
    bytes output;
    bytes32[] inputProof;
    bytes32[] outputProof;
}

/// @notice An operator of the model.
/// @param data Its 64 bytes.
/// @param proof Their proof in the operators' root.
struct ProvenOperator {
    bytes data;
    bytes32[] proof;
}

/// @notice A row of an operator's output that an element rests on, proven up to the unit's trace; all empty where it rests
/// on none.
/// @param count Rows of that operator; its node binds them.
/// @param data The row's bytes.
/// @param proof Their proof in the operator's node.
/// @param node The operator's node.
/// @param nodeProof Its proof in the trace.
struct ProvenRow {
    uint256 count;
    bytes data;
    bytes32[] proof;
    bytes32 node;
    bytes32[] nodeProof;
}

/// @notice An element of the operator in question, with all that it rests on.
/// @param row Its row.
/// @param column Its column.
/// @param operator The operator.
/// @param data The row's bytes, as attested.
/// @param proof Their proof in the operator's node, if it was opened at once; else empty.
/// @param first The row of the first operator that it rests on.
/// @param second The row of the second operator that it rests on.
/// @param parameters The parameter row that it rests on; empty for none.
/// @param parametersProof Its proof in the operator's root of parameter rows.
struct Element {
    uint256 row;
    uint256 column;
    ProvenOperator operator;
    bytes data;
    bytes32[] proof;
    ProvenRow first;
    ProvenRow second;
    bytes parameters;
    bytes32[] parametersProof;
}

/// @title Verification by a root, a window, and a short game
/// @notice A run is attested by the root of its trace. Who disagrees walks down the trace with the prover's side, which opens
/// the node in question, and picks the child that is wrong, until one element is left, which this contract computes. What
/// nobody challenges within the window is Verified. `docs/methods/dispute-game.md` is the specification.
interface IDisputeGame is IVerificationMethod {
    /* EVENTS */

    /// @notice A model was admitted: from now on it can be attested.
    /// @param modelId The model.
    /// @param operatorsRoot Ordered tree over its operators' bytes.
    event ModelAdmitted(bytes32 indexed modelId, bytes32 operatorsRoot);
    /// @notice A challenge began.
    /// @param id The attestation's name.
    /// @param challenger Who challenges it.
    /// @param number The challenge's number, from 0.
    event Challenged(bytes32 indexed id, address indexed challenger, uint32 number);
    /// @notice A node was opened.
    /// @param id The attestation's name.
    /// @param number The challenge through which it was.
    /// @param position u8 stage ‖ u32 unit ‖ u16 operator ‖ u8 level ‖ u32 index.
    /// @param children Its children; at level 0 of a batch or a trace, the leaves' data.
    event NodeOpened(bytes32 indexed id, uint32 number, uint256 position, bytes32[] children);
    /// @notice A unit's input and output were shown; its trace's `NodeOpened` follows.
    /// @param id The attestation's name.
    /// @param number The challenge through which they were.
    /// @param position As in `NodeOpened`.
    /// @param input The input's bytes.
    /// @param output The output's bytes.
    event UnitOpened(bytes32 indexed id, uint32 number, uint256 position, bytes input, bytes output);
    /// @notice The bytes of one row, or of all rows of an operator, were shown.
    /// @param id The attestation's name.
    /// @param number The challenge through which they were.
    /// @param position As in `NodeOpened`.
    /// @param data The bytes.
    event RowsOpened(bytes32 indexed id, uint32 number, uint256 position, bytes data);
    /// @notice The challenger picked a child.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param position What is in question now.
    /// @param child Its node.
    event Picked(bytes32 indexed id, uint32 number, uint256 position, bytes32 child);
    /// @notice The challenger demands that the prover's side shows an element.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param row The element's row.
    /// @param column Its column.
    event Demanded(bytes32 indexed id, uint32 number, uint256 row, uint256 column);
    /// @notice An element was computed, and decides the challenge.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param position What was in question.
    /// @param row The element's row.
    /// @param column Its column.
    /// @param claimed The value that was attested.
    /// @param correct The value that the model gives.
    event ElementShown(
        bytes32 indexed id,
        uint32 number,
        uint256 position,
        uint256 row,
        uint256 column,
        int8 claimed,
        int8 correct
    );
    /// @notice A challenge ended.
    /// @param id The attestation's name.
    /// @param challenger Whose it was.
    /// @param number The challenge.
    /// @param outcome Number of its `Outcome`.
    event ChallengeClosed(bytes32 indexed id, address indexed challenger, uint32 number, uint8 outcome);

    /* ERRORS */

    /// @notice Thrown when a model is no graph.
    /// @param modelId The model.
    error NotAGraphModel(bytes32 modelId);
    /// @notice Thrown when nobody has admitted the model yet.
    /// @param modelId The model.
    error ModelNotAdmitted(bytes32 modelId);
    /// @notice Thrown when the model is admitted already.
    /// @param modelId The model.
    error ModelAlreadyAdmitted(bytes32 modelId);
    /// @notice Thrown when input and output of a model are too large to be shown in one move.
    /// @param length Their bytes together.
    /// @param rows Rows of the first and the last operator together.
    error TensorsTooLarge(uint256 length, uint256 rows);
    /// @notice Thrown when an attestation comes with evidence: the root is all.
    /// @param uid The attestation's name.
    error UnexpectedEvidence(bytes32 uid);
    /// @notice Thrown when an answer is not the attestation's.
    /// @param uid The attestation's name.
    error WrongAnswer(bytes32 uid);
    /// @notice Thrown when no challenge with this number is open.
    /// @param id The attestation's name.
    /// @param number The number.
    error NoSuchChallenge(bytes32 id, uint32 number);
    /// @notice Thrown when an account makes a move in another's challenge.
    /// @param caller Who called.
    /// @param challenger Whose challenge it is.
    error NotTheChallenger(address caller, address challenger);
    /// @notice Thrown when it is the other side's turn.
    /// @param id The attestation's name.
    /// @param number The challenge.
    error OutOfTurn(bytes32 id, uint32 number);
    /// @notice Thrown when the side whose turn it is has no time left.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param until When its time ended, unix seconds.
    error OutOfTime(bytes32 id, uint32 number, uint256 until);
    /// @notice Thrown when a challenge is to be closed whose sides have time left.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param until When the time of the side to move ends, unix seconds.
    error TimeLeft(bytes32 id, uint32 number, uint256 until);
    /// @notice Thrown when a move is not the one for what is in question.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param stage What is in question.
    error WrongMove(bytes32 id, uint32 number, Stage stage);
    /// @notice Thrown when what is shown doesn't hash to the node in question.
    /// @param id The attestation's name.
    /// @param position The node's position.
    error WrongOpening(bytes32 id, uint256 position);
    /// @notice Thrown when a child isn't one of the node in question, or can't be picked: operator 0 is checked when a unit is
    /// opened.
    /// @param index The child's index.
    error WrongChild(uint256 index);
    /// @notice Thrown when bytes are not those of the model's operator.
    /// @param operator The operator's number.
    error WrongOperator(uint256 operator);
    /// @notice Thrown when the operator in question has no such element.
    /// @param row The row.
    /// @param column The column.
    error NoSuchElement(uint256 row, uint256 column);
    /// @notice Thrown when the row of an operator is not the trace's.
    /// @param operator The operator's number.
    /// @param row The row.
    error WrongTraceRow(uint256 operator, uint256 row);
    /// @notice Thrown when a parameter row is not the model's.
    /// @param operator The operator's number.
    /// @param row The parameter row.
    error WrongParameterRow(uint256 operator, uint256 row);
    /// @notice Thrown when a shown element has the value that was attested, and nobody demanded it.
    /// @param row The row.
    /// @param column The column.
    /// @param value The value.
    error ElementIsRight(uint256 row, uint256 column, int8 value);
    /// @notice Thrown when an attestation is to be settled while challenges are open.
    /// @param id The attestation's name.
    /// @param open How many.
    error ChallengesOpen(bytes32 id, uint256 open);
    /// @notice Thrown when a challenger wants its bond back while its attestation isn't refuted.
    /// @param id The attestation's name.
    error NotRefuted(bytes32 id);

    /* MODELS */

    /// @notice Admits a published graph model, once; anyone may.
    /// @param modelId The model.
    /// @param graph Its graph.
    function admit(bytes32 modelId, bytes calldata graph) external;

    /* CHALLENGER'S MOVES */

    /// @notice Challenges a single attestation and locks the sender's bond.
    /// @param attestation The attestation.
    /// @param opened Its answer.
    /// @return number The challenge's number.
    function challenge(Attestation calldata attestation, Answer calldata opened) external returns (uint32 number);

    /// @notice Challenges a root-only batch and locks the sender's bond.
    /// @param batch The batch.
    /// @return number The challenge's number.
    function challengeBatch(Batch calldata batch) external returns (uint32 number);

    /// @notice Picks the child that is wrong: of a batch's tree, of a trace above its operators, or of an operator's rows.
    /// @param id The attestation's name.
    /// @param number The sender's challenge.
    /// @param index The child's index on its level.
    /// @param child The child, as it was opened.
    /// @param siblings What stands beside it on the way up to the node in question.
    function pick(bytes32 id, uint32 number, uint256 index, bytes32 child, bytes32[] calldata siblings) external;

    /// @notice Picks the operator that is wrong.
    /// @param id The attestation's name.
    /// @param number The sender's challenge.
    /// @param index The operator's number.
    /// @param child Its node.
    /// @param siblings What stands beside it on the way up to the node in question.
    /// @param operator The operator.
    function pickOperator(
        bytes32 id,
        uint32 number,
        uint256 index,
        bytes32 child,
        bytes32[] calldata siblings,
        ProvenOperator calldata operator
    ) external;

    /// @notice Demands that the prover's side shows an element of the rows that are open.
    /// @param id The attestation's name.
    /// @param number The sender's challenge.
    /// @param row The element's row.
    /// @param column Its column.
    function demand(bytes32 id, uint32 number, uint256 row, uint256 column) external;

    /* MOVES OF THE PROVER'S SIDE */

    /// @notice Opens the node in question; anyone.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param children The node's children; at level 0 of a batch or a trace, the leaves' data.
    function open(bytes32 id, uint32 number, bytes32[] calldata children) external;

    /// @notice Opens a unit's trace, with its input and output; anyone.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param ends Input and output.
    /// @param children As in `open`.
    function openUnit(bytes32 id, uint32 number, UnitEnds calldata ends, bytes32[] calldata children) external;

    /// @notice Opens the row in question, or all rows of an operator that fits; anyone.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param data The bytes.
    function openRows(bytes32 id, uint32 number, bytes calldata data) external;

    /* ENDS */

    /// @notice Shows an element of the rows that are open; anyone. If it differs from what was attested, the attestation is
    /// Refuted; if it was demanded and doesn't, the challenger has lost.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @param element The element.
    function show(bytes32 id, uint32 number, Element calldata element) external;

    /// @notice Closes a challenge in which the side to move has no time left; anyone.
    /// @param id The attestation's name.
    /// @param number The challenge.
    function timeout(bytes32 id, uint32 number) external;

    /// @notice Gives the challenger of a refuted attestation its bond back, and its gas as far as the prover's bond goes;
    /// anyone.
    /// @param id The attestation's name.
    /// @param number The challenge.
    function release(bytes32 id, uint32 number) external;

    /// @notice Settles an attestation as Verified once its window is over and no challenge is open; anyone.
    /// @param id The attestation's uid, or the batch's id.
    function settle(bytes32 id) external;

    /* VIEWS */

    /// @notice Time in which an attestation can be challenged.
    /// @return In seconds.
    function window() external view returns (uint40);

    /// @notice Time that a side has for all its moves in a challenge.
    /// @return In seconds.
    function clock() external view returns (uint24);

    /// @notice The price by which bonds are sized.
    /// @return Wei for a gas.
    function gasPrice() external view returns (uint64);

    /// @notice What an attestation locks for each unit, beside what a refutation costs.
    /// @return In wei.
    function bondPerUnit() external view returns (uint64);

    /// @notice What an attestation or a batch locks.
    /// @param count Number of its units; 1 for a single attestation.
    /// @return In wei.
    function bondFor(uint32 count) external view returns (uint128);

    /// @notice What a challenge locks.
    /// @param count Number of the attestation's units.
    /// @return In wei.
    function challengeBond(uint32 count) external view returns (uint128);

    /// @notice What moves need of a model; all zero if it isn't admitted.
    /// @param modelId The model.
    /// @return The model.
    function modelOf(bytes32 modelId) external view returns (GameModel memory);

    /// @notice What is kept of an attestation; all zero if it wasn't challenged.
    /// @param id The attestation's name.
    /// @return The dispute.
    function disputeOf(bytes32 id) external view returns (Dispute memory);

    /// @notice A challenge; all zero if it isn't open.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @return The challenge.
    function challengeOf(bytes32 id, uint32 number) external view returns (Challenge memory);

    /// @notice Whose turn it is in a challenge that is open.
    /// @param id The attestation's name.
    /// @param number The challenge.
    /// @return isProvers Whether it is the prover's side's.
    /// @return until When its time ends, unix seconds.
    function turnOf(bytes32 id, uint32 number) external view returns (bool isProvers, uint256 until);

    /// @notice When a node was opened.
    /// @param id The attestation's name.
    /// @param position As in `NodeOpened`.
    /// @return In unix seconds; 0 if it wasn't.
    function openedAt(bytes32 id, uint256 position) external view returns (uint40);

    /// @notice Whether a root-only batch is Verified and an output its unit's.
    /// @param batch The batch.
    /// @param unit The unit's position in it.
    /// @param output The output's bytes.
    /// @param outputProof Proof of the last operator's node in the unit's trace.
    /// @param trace The unit's trace.
    /// @param traceProof Its proof in the batch's root.
    /// @return True if all hold.
    function isVerifiedOutput(
        Batch calldata batch,
        uint256 unit,
        bytes calldata output,
        bytes32[] calldata outputProof,
        bytes32 trace,
        bytes32[] calldata traceProof
    ) external view returns (bool);
}
