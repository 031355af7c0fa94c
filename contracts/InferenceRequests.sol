// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PullPayments} from "./PullPayments.sol";
import {Answer, Attestation, IAttestationRegistry, Record, Status} from "./interfaces/IAttestationRegistry.sol";
import {ICover} from "./interfaces/ICover.sol";
import {IInferenceConsumer} from "./interfaces/IInferenceConsumer.sol";
import {Finality, IInferenceRequests, Request, RequestRecord, RequestState} from "./interfaces/IInferenceRequests.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Contexts} from "./libraries/Contexts.sol";

/// @title InferenceRequests
/// @notice See `IInferenceRequests`.
contract InferenceRequests is IInferenceRequests, PullPayments {
    uint256 private constant DEPOSIT_DIVISOR = 10;
    uint256 private constant MAX_PROVERS = 32;
    uint256 private constant MAX_INPUT = 32 * 1024;
    uint256 private constant MAX_ANSWER_WINDOW = 30 days;
    /// @dev With all else that its call does, this fits a transaction's 2^24.
    uint256 private constant MAX_CALLBACK_GAS = 8_000_000;
    /// @dev Spent from the check of the gas that is left to the callback's first instruction, and after its last.
    uint256 private constant CALLBACK_OVERHEAD = 40_000;

    /// @inheritdoc IInferenceRequests
    IAttestationRegistry public immutable registry;

    /// @inheritdoc IInferenceRequests
    ICover public immutable cover;

    /// @inheritdoc IInferenceRequests
    uint128 public immutable depositFloor;

    mapping(bytes32 requestId => RequestRecord) private _records;

    /// @inheritdoc IInferenceRequests
    mapping(bytes32 requestId => mapping(address prover => bool)) public isOut;

    /// @notice Starts without requests.
    /// @param cover_ Where provers lock cover; its registry is this contract's.
    /// @param depositFloor_ The least deposit, in wei.
    constructor(ICover cover_, uint128 depositFloor_) {
        cover = cover_;
        registry = cover_.registry();
        depositFloor = depositFloor_;
    }

    /* REQUESTERS */

    /// @inheritdoc IInferenceRequests
    function request(Request calldata asked, bytes calldata input) external payable returns (bytes32 requestId) {
        require(msg.sender == asked.requester, NotTheRequester(msg.sender, asked.requester));
        _checkRequest(asked);
        require(input.length <= MAX_INPUT, InvalidRequest("input"));
        bytes32 given = input.length == 0 ? asked.inputHash : keccak256(input);
        require(given == asked.inputHash, InputMismatch(given, asked.inputHash));
        bytes memory encoded = abi.encode(asked);
        requestId = _requestIdOf(encoded);
        RequestRecord storage record = _records[requestId];
        require(record.state == RequestState.None, WrongState(requestId, record.state));

        record.state = RequestState.Open;

        emit Requested(requestId, msg.sender, asked.modelId, encoded, input);

        _take(asked.token, asked.fee, 0);
    }

    /// @inheritdoc IInferenceRequests
    function cancel(Request calldata asked) external {
        bytes32 requestId = requestIdOf(asked);
        RequestRecord storage record = _opened(requestId, asked);
        require(
            msg.sender == asked.requester || block.timestamp >= asked.deadline,
            NotTheRequester(msg.sender, asked.requester)
        );

        record.state = RequestState.Cancelled;

        emit RequestCancelled(requestId);

        _credit(asked.token, asked.requester, asked.fee);
    }

    /* PROVERS */

    /// @inheritdoc IInferenceRequests
    function accept(Request calldata asked) external payable {
        bytes32 requestId = requestIdOf(asked);
        RequestRecord storage record = _opened(requestId, asked);
        require(_mayAnswer(requestId, asked.provers, msg.sender), MayNotAnswer(requestId, msg.sender));
        uint256 until = block.timestamp + asked.answerWindow;
        require(until <= asked.deadline, TooLate(asked.deadline, until));

        record.state = RequestState.Accepted;
        record.prover = msg.sender;
        record.until = uint40(until);

        emit RequestAccepted(requestId, msg.sender, uint40(until));

        (uint256 wei_, uint256 amount) = depositOf(asked);
        _take(asked.token, amount, wei_);
    }

    /// @inheritdoc IInferenceRequests
    function answer(
        Request calldata asked,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata output
    ) external {
        bytes32 requestId = requestIdOf(asked);
        RequestRecord storage record = _records[requestId];
        require(record.state == RequestState.Accepted, WrongState(requestId, record.state));
        require(msg.sender == record.prover, MayNotAnswer(requestId, msg.sender));
        require(block.timestamp < record.until, TooLate(record.until, block.timestamp));
        bytes32 uid = registry.uidOf(attestation);
        Status status = _checkAnswer(uid, requestId, asked, attestation, record.until - asked.answerWindow);
        bytes32 outputHash = keccak256(output);
        require(outputHash == opened.outputHash, WrongOutput(outputHash, opened.outputHash));
        require(
            Commitments.answer(msg.sender, outputHash, opened.traceHash, opened.salt) == attestation.answer,
            NotAnAnswer(uid, "answer")
        );
        if (status == Status.Pending && asked.finality == Finality.Covered) {
            uint256 locked = cover.coverOf(uid, asked.beneficiary, asked.token);
            require(locked >= asked.cover, CoverTooSmall(uid, locked, asked.cover));
        }

        record.answer = keccak256(abi.encode(uid, outputHash));
        if (status == Status.Verified) record.state = RequestState.Verified;
        else record.state = asked.finality == Finality.Covered ? RequestState.Covered : RequestState.Answered;

        emit RequestAnswered(requestId, uid, msg.sender, output);

        _creditDeposit(asked, msg.sender);
        if (record.state != RequestState.Answered) {
            Finality reached = status == Status.Verified ? Finality.Verified : Finality.Covered;
            _deliver(requestId, asked, uid, msg.sender, reached, output);
        }
    }

    /* ANYONE */

    /// @inheritdoc IInferenceRequests
    function lapse(Request calldata asked) external {
        bytes32 requestId = requestIdOf(asked);
        RequestState state = _records[requestId].state;
        require(state == RequestState.Accepted, WrongState(requestId, state));
        _opened(requestId, asked);
    }

    /// @inheritdoc IInferenceRequests
    function settle(Request calldata asked, bytes32 uid, bytes calldata output) external {
        bytes32 requestId = requestIdOf(asked);
        RequestRecord storage record = _records[requestId];
        RequestState state = record.state;
        require(state == RequestState.Answered || state == RequestState.Covered, WrongState(requestId, state));
        bytes32 outputHash = keccak256(output);
        require(record.answer == keccak256(abi.encode(uid, outputHash)), NotAnAnswer(uid, "answer"));
        Status status = Status(registry.statusOf(uid));
        require(status > Status.Pending, ICover.AttestationNotFinal(uid));
        address prover = record.prover;

        RequestState next;
        if (status == Status.Verified) next = RequestState.Verified;
        else next = state == RequestState.Covered ? RequestState.Fallen : RequestState.Open;
        record.state = next;
        if (next == RequestState.Open) {
            record.prover = address(0);
            record.answer = 0;
            if (status == Status.Refuted) isOut[requestId][prover] = true;
        }

        emit AnswerSettled(requestId, uid, uint8(status), uint8(next));

        if (next == RequestState.Fallen) _fall(requestId, asked, uid);
        else if (state == RequestState.Answered && next == RequestState.Verified)
            _deliver(requestId, asked, uid, prover, Finality.Verified, output);
    }

    /* VIEWS */

    /// @inheritdoc IInferenceRequests
    function requestIdOf(Request calldata asked) public view returns (bytes32) {
        return _requestIdOf(abi.encode(asked));
    }

    /// @inheritdoc IInferenceRequests
    function depositOf(Request calldata asked) public view returns (uint256 wei_, uint256 amount) {
        uint256 share = asked.cover / DEPOSIT_DIVISOR;
        if (asked.token != ETH) return (depositFloor, share);
        return (share > depositFloor ? share : depositFloor, 0);
    }

    /// @inheritdoc IInferenceRequests
    function recordOf(bytes32 requestId) external view returns (RequestRecord memory) {
        return _records[requestId];
    }

    /// @inheritdoc IInferenceRequests
    function isAnswer(
        bytes32 requestId,
        bytes32 uid,
        bytes calldata output,
        Finality finality
    ) external view returns (bool) {
        RequestRecord memory record = _records[requestId];
        if (record.answer != keccak256(abi.encode(uid, keccak256(output)))) return false;
        Status status = Status(registry.statusOf(uid));
        if (status == Status.Verified) return true;
        return finality == Finality.Covered && record.state == RequestState.Covered && status == Status.Pending;
    }

    /* CHECKS */

    function _requestIdOf(bytes memory encoded) private view returns (bytes32) {
        return keccak256(abi.encode(bytes32("REQUEST_V1"), block.chainid, address(this), keccak256(encoded)));
    }

    /// @dev Checks what can be known of a request when it is made.
    function _checkRequest(Request calldata asked) private view {
        bool covered = asked.finality == Finality.Covered;
        // A lie never pays by its fee, and nothing but a covered answer has cover.
        require(covered == (asked.cover != 0) && (!covered || asked.cover >= asked.fee), InvalidRequest("cover"));
        require(covered == (asked.beneficiary != address(0)), InvalidRequest("beneficiary"));
        require(asked.answerWindow != 0 && asked.answerWindow <= MAX_ANSWER_WINDOW, InvalidRequest("answerWindow"));
        require(block.timestamp + asked.answerWindow <= asked.deadline, InvalidRequest("deadline"));
        require(asked.callbackGas <= MAX_CALLBACK_GAS, InvalidRequest("callbackGas"));
        require((asked.callback != address(0)) == (asked.callbackGas != 0), InvalidRequest("callback"));
        require(asked.provers.length <= MAX_PROVERS, InvalidRequest("provers"));
        require(registry.models().isPublished(asked.modelId), IModelRegistry.UnknownModel(asked.modelId));
        _checkMethods(asked.methods, covered);
    }

    /// @dev Checks that methods are on the list, and that none ends Void where the answer may be acted on before it is final.
    function _checkMethods(uint256 methods, bool covered) private view {
        uint256 count = registry.methodCount();
        require(methods != 0 && methods & 1 == 0 && methods >> (count + 1) == 0, InvalidRequest("methods"));
        if (!covered) return;
        for (uint8 method = 1; method <= count; ++method) {
            if ((methods >> method) & 1 == 0) continue;
            require(!registry.methodAt(method).canVoid(), ICover.MethodCanVoid(0, method));
        }
    }

    /// @dev Checks an attestation against the request that it answers, and returns its status: Pending or Verified.
    function _checkAnswer(
        bytes32 uid,
        bytes32 requestId,
        Request calldata asked,
        Attestation calldata attestation,
        uint256 acceptedAt
    ) private view returns (Status) {
        require(attestation.prover == msg.sender, NotAnAnswer(uid, "prover"));
        require((asked.methods >> attestation.method) & 1 == 1, NotAnAnswer(uid, "method"));
        require(attestation.modelId == asked.modelId, NotAnAnswer(uid, "modelId"));
        require(attestation.inputHash == asked.inputHash, NotAnAnswer(uid, "inputHash"));
        require(attestation.context == Contexts.bound(Contexts.REQUEST, requestId), NotAnAnswer(uid, "context"));
        Record memory attested = registry.recordOf(uid);
        require(attested.status == Status.Pending || attested.status == Status.Verified, NotAnAnswer(uid, "status"));
        // An answer shown here must not tell those who vote on it what to vote.
        require(attested.open, NotAnAnswer(uid, "open"));
        require(attested.attestedAt >= acceptedAt, NotAnAnswer(uid, "attestedAt"));
        return attested.status;
    }

    function _mayAnswer(bytes32 requestId, address[] calldata provers, address prover) private view returns (bool) {
        if (isOut[requestId][prover]) return false;
        for (uint256 i = 0; i < provers.length; ++i) {
            if (provers[i] == prover) return true;
        }
        return provers.length == 0;
    }

    /* CONSEQUENCES */

    /// @dev An open request; one whose prover let its time pass is opened first.
    function _opened(bytes32 requestId, Request calldata asked) private returns (RequestRecord storage record) {
        record = _records[requestId];
        if (record.state == RequestState.Open) return record;
        require(record.state == RequestState.Accepted, WrongState(requestId, record.state));
        require(block.timestamp >= record.until, StillAnswering(record.until));
        address prover = record.prover;

        record.state = RequestState.Open;
        record.prover = address(0);
        isOut[requestId][prover] = true;

        emit AcceptanceLapsed(requestId, prover);

        _creditDeposit(asked, asked.requester);
    }

    function _creditDeposit(Request calldata asked, address account) private {
        (uint256 wei_, uint256 amount) = depositOf(asked);
        _credit(ETH, account, wei_);
        _credit(asked.token, account, amount);
    }

    function _deliver(
        bytes32 requestId,
        Request calldata asked,
        bytes32 uid,
        address prover,
        Finality reached,
        bytes calldata output
    ) private {
        emit AnswerDelivered(requestId, uid, prover, uint8(reached), asked.fee);

        _credit(asked.token, prover, asked.fee);
        if (asked.callback != address(0))
            _callBack(requestId, asked, abi.encodeCall(IInferenceConsumer.onAnswer, (requestId, uid, reached, output)));
    }

    /// @dev The cover is the beneficiary's before the callback learns why.
    function _fall(bytes32 requestId, Request calldata asked, bytes32 uid) private {
        if (cover.coverOf(uid, asked.beneficiary, asked.token) != 0) cover.settle(uid, asked.beneficiary, asked.token);
        if (asked.callback != address(0))
            _callBack(requestId, asked, abi.encodeCall(IInferenceConsumer.onRefuted, (requestId, uid)));
    }

    /// @dev Calls with all the gas that was promised, or not at all, and copies nothing that is returned. Last of all, so
    /// whatever it calls in turn finds the books in order; and not from within a pull, where it couldn't pay in.
    function _callBack(bytes32 requestId, Request calldata asked, bytes memory data) private {
        require(!_reentrancyGuardEntered(), ReentrancyGuardReentrantCall());
        address callback = asked.callback;
        uint256 gas_ = asked.callbackGas;
        // EIP-150: of the gas that is left, a call gets 63 of 64 parts at most.
        uint256 needed = (gas_ * 64) / 63 + CALLBACK_OVERHEAD;
        require(gasleft() >= needed, NotEnoughGas(gasleft(), needed));
        bool succeeded;
        assembly ("memory-safe") {
            succeeded := call(gas_, callback, 0, add(data, 0x20), mload(data), 0, 0)
        }
        emit CalledBack(requestId, callback, succeeded);
    }
}
