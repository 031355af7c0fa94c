// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, IAttestationRegistry} from "./IAttestationRegistry.sol";
import {ICover} from "./ICover.sol";
import {IPullPayments} from "./IPullPayments.sol";

/// @notice How settled an answer is.
/// @param Covered The attestation is pending, and its prover's money is at stake for the request's beneficiary.
/// @param Verified The attestation's method found it right.
enum Finality {
    Covered,
    Verified
}

/// @notice Where a request stands.
/// @param None Nobody asked.
/// @param Open Waits for a prover.
/// @param Accepted One prover may answer until its time is over.
/// @param Answered The answer waits for its method; nothing was paid.
/// @param Covered The answer was delivered as covered and paid; its method hasn't decided.
/// @param Verified The answer is right, and paid.
/// @param Fallen The answer had been delivered as covered, and is wrong.
/// @param Cancelled The fee went back.
enum RequestState {
    None,
    Open,
    Accepted,
    Answered,
    Covered,
    Verified,
    Fallen,
    Cancelled
}

/// @notice What is asked. Every call shows it again; only its hash is kept.
/// @param requester Who asks and pays.
/// @param modelId The model.
/// @param inputHash Hash of the input's tensor.
/// @param methods Accepted methods: bit m is method m.
/// @param finality When the answer is paid and delivered.
/// @param token What fee and cover are paid in; zero for ETH.
/// @param fee What the prover gets.
/// @param cover What the prover locks for the beneficiary: where `finality` is Covered at least the fee and not zero, else zero.
/// @param beneficiary Who gets the cover of a wrong answer; zero unless `finality` is Covered.
/// @param deadline Until when an answer may come, unix seconds.
/// @param answerWindow Seconds from acceptance to answer.
/// @param callback The contract that is told, or zero.
/// @param callbackGas Gas that it is given.
/// @param nonce Any number that the requester hasn't used with the same fields.
/// @param provers Who may answer; empty for anybody.
struct Request {
    address requester;
    bytes32 modelId;
    bytes32 inputHash;
    uint256 methods;
    Finality finality;
    address token;
    uint128 fee;
    uint128 cover;
    address beneficiary;
    uint40 deadline;
    uint32 answerWindow;
    address callback;
    uint32 callbackGas;
    uint256 nonce;
    address[] provers;
}

/// @notice What is kept of a request.
/// @param state Where it stands.
/// @param prover Who accepted it; zero while nobody has.
/// @param until End of the prover's time to answer, unix seconds.
/// @param answer keccak256(uid ‖ outputHash) of the answer; zero while there is none.
struct RequestRecord {
    RequestState state;
    address prover;
    uint40 until;
    bytes32 answer;
}

/// @title Requests for inferences
/// @notice Anyone asks and pays the fee in. A prover accepts, with a deposit, and alone may answer within its window. The
/// answer is an attestation whose context is this request. When the wanted finality is reached, the fee is the
/// prover's and the callback is called. No owner, no upgrade.
interface IInferenceRequests is IPullPayments {
    /* EVENTS */

    /// @notice An inference was asked for.
    /// @param requestId The request's name.
    /// @param requester Who asks.
    /// @param modelId The model.
    /// @param request All of it: `abi.encode(Request)`.
    /// @param input The input's tensor, header and data; empty where it is content under its hash.
    event Requested(
        bytes32 indexed requestId,
        address indexed requester,
        bytes32 indexed modelId,
        bytes request,
        bytes input
    );

    /// @notice A prover accepted a request.
    /// @param requestId The request.
    /// @param prover Who will answer.
    /// @param until End of its time, unix seconds.
    event RequestAccepted(bytes32 indexed requestId, address indexed prover, uint40 until);

    /// @notice A prover let its time pass: its deposit goes to the requester.
    /// @param requestId The request.
    /// @param prover Who didn't answer; it can't accept this request again.
    event AcceptanceLapsed(bytes32 indexed requestId, address indexed prover);

    /// @notice An answer was given.
    /// @param requestId The request.
    /// @param uid The attestation.
    /// @param prover Who answered.
    /// @param output The output's tensor, header and data.
    event RequestAnswered(bytes32 indexed requestId, bytes32 indexed uid, address indexed prover, bytes output);

    /// @notice The wanted finality was reached: the fee is the prover's.
    /// @param requestId The request.
    /// @param uid The attestation.
    /// @param prover Who is paid.
    /// @param finality The finality reached, number of its `Finality`.
    /// @param fee What it is paid.
    event AnswerDelivered(
        bytes32 indexed requestId,
        bytes32 indexed uid,
        address indexed prover,
        uint8 finality,
        uint256 fee
    );

    /// @notice An answer's attestation is final, and the request knows.
    /// @param requestId The request.
    /// @param uid The attestation.
    /// @param status Number of its `Status`.
    /// @param state Number of the request's state from here on.
    event AnswerSettled(bytes32 indexed requestId, bytes32 indexed uid, uint8 indexed status, uint8 state);

    /// @notice The callback was called.
    /// @param requestId The request.
    /// @param callback The contract.
    /// @param succeeded Whether it returned.
    event CalledBack(bytes32 indexed requestId, address indexed callback, bool succeeded);

    /// @notice A request ended without an answer; the fee is the requester's again.
    /// @param requestId The request.
    event RequestCancelled(bytes32 indexed requestId);

    /* ERRORS */

    /// @notice Thrown when the sender isn't the request's requester.
    /// @param caller Who called.
    /// @param requester Whose request it is.
    error NotTheRequester(address caller, address requester);
    /// @notice Thrown when a field of a request is out of its bounds.
    /// @param field Its name.
    error InvalidRequest(string field);
    /// @notice Thrown when the input given isn't the one asked about.
    /// @param given Its hash.
    /// @param expected The request's `inputHash`.
    error InputMismatch(bytes32 given, bytes32 expected);
    /// @notice Thrown when a request can't take a call where it stands.
    /// @param requestId The request.
    /// @param state Where it stands.
    error WrongState(bytes32 requestId, RequestState state);
    /// @notice Thrown when an account isn't among those that may answer, or is out.
    /// @param requestId The request.
    /// @param prover The account.
    error MayNotAnswer(bytes32 requestId, address prover);
    /// @notice Thrown when there is too little time left to answer.
    /// @param deadline The request's deadline, unix seconds.
    /// @param needed When the prover's time would end, unix seconds.
    error TooLate(uint256 deadline, uint256 needed);
    /// @notice Thrown when a prover still has time to answer.
    /// @param until Its end, unix seconds.
    error StillAnswering(uint256 until);
    /// @notice Thrown when an attestation doesn't answer a request.
    /// @param uid The attestation.
    /// @param field What is wrong about it: a field of `Attestation` or of its record.
    error NotAnAnswer(bytes32 uid, string field);
    /// @notice Thrown when the output given isn't the attested one.
    /// @param given Its hash.
    /// @param attested The attested hash.
    error WrongOutput(bytes32 given, bytes32 attested);
    /// @notice Thrown when a prover locked less than the request asks for.
    /// @param uid The attestation.
    /// @param locked The cover.
    /// @param expected What is asked for.
    error CoverTooSmall(bytes32 uid, uint256 locked, uint256 expected);
    /// @notice Thrown when too little gas is left to give the callback what it was promised.
    /// @param left Gas left.
    /// @param needed Gas needed.
    error NotEnoughGas(uint256 left, uint256 needed);

    /* REQUESTERS */

    /// @notice Asks for an inference and pays the fee in: ETH sent along, or an approved token.
    /// @param asked The request; its requester is the sender.
    /// @param input The input's tensor, header and data; empty where provers get it as content.
    /// @return requestId Its name.
    function request(Request calldata asked, bytes calldata input) external payable returns (bytes32 requestId);

    /// @notice Ends a request that nobody has accepted, or whose prover let its time pass: the requester at any time, anyone
    /// from the deadline on. The fee is the requester's again.
    /// @param asked The request.
    function cancel(Request calldata asked) external;

    /* PROVERS */

    /// @notice Accepts a request, and says thereby that the sender has its input. Brings the deposit.
    /// @param asked The request.
    function accept(Request calldata asked) external payable;

    /// @notice Answers a request; only the prover that accepted it, in time. The deposit is the prover's again. Where the
    /// wanted finality is reached, the fee too, and the callback is called.
    /// @param asked The request.
    /// @param attestation The prover's attestation of this request, made after it accepted; a committed one is revealed first.
    /// @param opened Its answer.
    /// @param output The output's tensor, header and data.
    function answer(
        Request calldata asked,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata output
    ) external;

    /* ANYONE */

    /// @notice Takes the deposit of a prover that let its time pass, and opens the request again.
    /// @param asked The request.
    function lapse(Request calldata asked) external;

    /// @notice Draws the consequences of a final attestation: pays and delivers, opens the request again, or tells the
    /// callback that what it acted on has fallen, once its cover is paid.
    /// @param asked The request.
    /// @param uid The attestation.
    /// @param output The output's tensor, header and data.
    function settle(Request calldata asked, bytes32 uid, bytes calldata output) external;

    /* VIEWS */

    /// @notice Whose attestations answer.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice Where provers lock cover.
    /// @return The contract.
    function cover() external view returns (ICover);

    /// @notice The least deposit, in wei.
    /// @return The amount.
    function depositFloor() external view returns (uint128);

    /// @notice Names a request.
    /// @param asked The request.
    /// @return keccak256(abi.encode("REQUEST_V1", chain, this contract, keccak256(abi.encode(request)))).
    function requestIdOf(Request calldata asked) external view returns (bytes32);

    /// @notice What a prover brings to accept a request: a tenth of its cover, or the floor if that is more. Where the request
    /// is paid in a token, both: a tenth of the cover in the token, and the floor in ETH.
    /// @param asked The request.
    /// @return wei_ ETH, in wei.
    /// @return amount What is taken in the request's token; zero for ETH.
    function depositOf(Request calldata asked) external view returns (uint256 wei_, uint256 amount);

    /// @notice What is kept of a request; all zero for an unknown one.
    /// @param requestId The request.
    /// @return The record.
    function recordOf(bytes32 requestId) external view returns (RequestRecord memory);

    /// @notice Whether a prover can't accept a request any more: it let its time pass, or its answer was refuted.
    /// @param requestId The request.
    /// @param prover The account.
    /// @return True if it is out.
    function isOut(bytes32 requestId, address prover) external view returns (bool);

    /// @notice Whether an output answers a request, now, with at least this finality: for contracts that act without a
    /// callback.
    /// @param requestId The request.
    /// @param uid The attestation.
    /// @param output The output's tensor, header and data.
    /// @param finality The least that will do.
    /// @return True if it does.
    function isAnswer(
        bytes32 requestId,
        bytes32 uid,
        bytes calldata output,
        Finality finality
    ) external view returns (bool);
}
