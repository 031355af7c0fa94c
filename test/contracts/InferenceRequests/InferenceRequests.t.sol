// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Bonds} from "../../../contracts/Bonds.sol";
import {Cover} from "../../../contracts/Cover.sol";
import {InferenceRequests} from "../../../contracts/InferenceRequests.sol";
import {Answer, Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {DisputedRow} from "../../../contracts/interfaces/IFraudProof.sol";
import {Finality, Request, RequestRecord, RequestState} from "../../../contracts/interfaces/IInferenceRequests.sol";
import {Publication} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {Contexts} from "../../../contracts/libraries/Contexts.sol";
import {IntegerProfile} from "../../../contracts/libraries/IntegerProfile.sol";
import {FraudProof} from "../../../contracts/methods/FraudProof.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Protocol} from "../Protocol.sol";
import {vm} from "../Vm.sol";

/// @notice Four requests in ETH and a token, to be covered under FraudProof or verified under a method that may end Void,
/// which requesters, provers and strangers push on in any order. The model has one neuron of one input.
contract InferenceRequestsTest is Protocol {
    uint256 private constant REQUESTS = 4;
    uint256 private constant PROVERS = 3;
    uint256 private constant STEPS = 60;
    uint8 private constant FRAUD = 1;
    uint8 private constant MOCK = 2;
    uint40 private constant WINDOW = 100;
    uint128 private constant FLOOR = 50;
    bytes4 private constant PANIC = 0x4e487b71;
    address private constant ETH = address(0);
    address private constant REQUESTER = address(0x2000);
    address private constant BENEFICIARY = address(0x3000);
    bytes private constant ROW =
        hex"070000000000"
        hex"7f";
    bytes private constant INPUT = hex"40";

    /// @dev One that a prover made, right or wrong.
    struct Made {
        Attestation attestation;
        Answer opened;
        bytes output;
        bytes trace;
        bytes32 uid;
    }

    FraudProof private _fraud;
    MockMethod private _method;
    MockToken private _token;
    Cover private _cover;
    InferenceRequests private _requests;
    bytes32 private _model;
    bytes private _layout;
    bytes private _header;
    Request[REQUESTS] private _asked;
    Made[][REQUESTS] private _made;
    uint256 private _seed;

    // What the books must say: by token.
    mapping(address token => uint256) private _feesIn;
    mapping(address token => uint256) private _feesPaid;
    mapping(address token => uint256) private _feesRefunded;
    mapping(address token => uint256) private _depositsIn;
    mapping(address token => uint256) private _depositsReturned;
    mapping(address token => uint256) private _depositsLost;
    mapping(address token => uint256) private _coverIn;
    mapping(address token => uint256) private _coverReturned;
    mapping(address token => uint256) private _coverPaid;
    mapping(address token => mapping(address account => uint256)) private _owed;
    mapping(address token => mapping(address account => uint256)) private _owedByCover;

    /// @notice After every step, of ETH and of the token: fees in = paid + refunded + held, deposits in = returned + lost + held,
    /// cover in = returned + paid out + held; each account is owed what it earned; and each contract has what it holds and
    /// owes. In the end whoever was to be covered has got it.
    function testFuzz_moneyInIsPaidReturnedOrHeld(uint256 seed) external {
        _seed = seed;
        _deploy();
        for (uint256 i = 0; i < REQUESTS; ++i) _ask(i);
        for (uint256 i = 0; i < STEPS; ++i) {
            _step(_draw(REQUESTS));
            _check(ETH);
            _check(address(_token));
        }
        _end();
        _check(ETH);
        _check(address(_token));
    }

    /* STEPS */

    function _step(uint256 i) private {
        uint256 kind = _draw(12);
        if (kind == 0) vm.warp(block.timestamp + _draw(60));
        else if (kind == 1) _accept(i);
        else if (kind == 2) _attest(i);
        else if (kind == 3) _lock(i);
        else if (kind == 4) _answer(i);
        else if (kind == 5) _conclude(i);
        else if (kind == 6) _settle(i);
        else if (kind == 7) _settleCover(i);
        else if (kind == 8) _lapse(i);
        else if (kind == 9) _cancel(i);
        else if (kind == 10) _withdraw(i);
        else {
            _attest(i);
            _lock(i);
            _answer(i);
        }
    }

    function _ask(uint256 i) private {
        bool covered = _draw(3) != 0;
        Request storage asked = _asked[i];
        asked.requester = REQUESTER;
        asked.modelId = _model;
        asked.inputHash = Commitments.tensor(_header, INPUT);
        asked.methods = 1 << (covered ? FRAUD : MOCK);
        asked.finality = covered ? Finality.Covered : Finality.Verified;
        asked.token = _draw(2) == 0 ? ETH : address(_token);
        asked.fee = uint128(_draw(1_000));
        asked.cover = covered ? asked.fee + 1 + uint128(_draw(1_000)) : 0;
        asked.beneficiary = covered ? BENEFICIARY : address(0);
        asked.answerWindow = uint32(20 + _draw(100));
        asked.deadline = uint40(block.timestamp + asked.answerWindow + _draw(500));
        asked.nonce = i;
        vm.prank(REQUESTER);
        _requests.request{value: asked.token == ETH ? asked.fee : 0}(asked, "");
        _feesIn[asked.token] += asked.fee;
    }

    function _accept(uint256 i) private {
        Request memory asked = _asked[i];
        address prover = _prover();
        RequestRecord memory before = _recordOf(asked);
        (uint256 inEth, uint256 amount) = _requests.depositOf(asked);
        bool done = _try(prover, inEth, abi.encodeCall(_requests.accept, (asked)));
        if (!done) return;
        if (before.state == RequestState.Accepted) _loseDeposit(asked);
        _depositsIn[ETH] += inEth;
        _depositsIn[asked.token] += amount;
    }

    function _attest(uint256 i) private {
        Request memory asked = _asked[i];
        RequestRecord memory record = _recordOf(asked);
        address prover = _draw(10) == 0 || record.prover == address(0) ? _prover() : record.prover;
        int8 right = IntegerProfile.evaluate(ROW, INPUT);
        bytes memory result = abi.encodePacked(_draw(2) == 0 ? right : right ^ int8(1));
        Made memory made;
        made.trace = bytes.concat(INPUT, result);
        made.output = bytes.concat(_header, result);
        made.opened = Answer(keccak256(made.output), keccak256(made.trace), bytes32(_made[i].length));
        made.attestation = Attestation(
            prover,
            asked.finality == Finality.Covered ? FRAUD : MOCK,
            _model,
            asked.inputHash,
            Contexts.bound(Contexts.REQUEST, _requests.requestIdOf(asked)),
            Commitments.answer(prover, made.opened.outputHash, made.opened.traceHash, made.opened.salt)
        );
        Attestation memory a = made.attestation;
        bytes memory evidence = bytes.concat(bytes2(uint16(_layout.length)), _layout, made.trace);
        vm.prank(prover);
        made.uid = registry.attest(a.method, a.modelId, a.inputHash, a.context, made.opened, evidence);
        _made[i].push(made);
    }

    function _lock(uint256 i) private {
        if (_made[i].length == 0) return;
        Request memory asked = _asked[i];
        Made memory made = _some(i);
        uint128 amount = _draw(4) == 0 ? uint128(_draw(100)) : asked.cover;
        vm.prank(made.attestation.prover);
        (bool done, bytes memory refusal) = address(_cover).call{value: asked.token == ETH ? amount : 0}(
            abi.encodeCall(_cover.lock, (made.uid, BENEFICIARY, asked.token, amount))
        );
        require(done || bytes4(refusal) != PANIC, "a lock ends in a panic");
        if (done) _coverIn[asked.token] += amount;
    }

    function _answer(uint256 i) private {
        if (_made[i].length == 0) return;
        Request memory asked = _asked[i];
        Made memory made = _some(i);
        bytes memory call = abi.encodeCall(_requests.answer, (asked, made.attestation, made.opened, made.output));
        if (!_try(made.attestation.prover, 0, call)) return;
        uint256 locked = _cover.coverOf(made.uid, BENEFICIARY, asked.token);
        bool verified = registry.statusOf(made.uid) == uint8(Status.Verified);
        require(
            verified || asked.finality == Finality.Verified || locked >= asked.cover,
            "an answer is delivered without cover"
        );
        (uint256 inEth, uint256 amount) = _requests.depositOf(asked);
        _depositsReturned[ETH] += inEth;
        _depositsReturned[asked.token] += amount;
        _owed[ETH][made.attestation.prover] += inEth;
        _owed[asked.token][made.attestation.prover] += amount;
        if (verified || asked.finality == Finality.Covered) _payFee(asked, made.attestation.prover);
    }

    /// @dev The attestation ends as it may: refuted if it is wrong, Verified after the window, or anyhow under the mock.
    function _conclude(uint256 i) private {
        if (_made[i].length == 0) return;
        Made memory made = _some(i);
        if (made.attestation.method == MOCK) {
            if (registry.statusOf(made.uid) != uint8(Status.Pending)) return;
            vm.prank(address(_method));
            registry.settle(made.uid, Status(2 + _draw(3)), address(this));
            return;
        }
        DisputedRow memory row = DisputedRow(_layout, 0, 0, ROW, new bytes32[](0));
        bytes memory refute = abi.encodeCall(_fraud.refute, (made.attestation, made.opened, made.trace, row));
        bytes memory settle = abi.encodeCall(_fraud.settle, (made.uid));
        (bool done, bytes memory refusal) = address(_fraud).call(_draw(2) == 0 ? refute : settle);
        require(done || bytes4(refusal) != PANIC, "a dispute ends in a panic");
    }

    function _settle(uint256 i) private {
        if (_made[i].length == 0) return;
        Request memory asked = _asked[i];
        Made memory made = _some(i);
        RequestState before = _recordOf(asked).state;
        uint256 locked = _cover.coverOf(made.uid, BENEFICIARY, asked.token);
        if (!_try(address(this), 0, abi.encodeCall(_requests.settle, (asked, made.uid, made.output)))) return;
        RequestState state = _recordOf(asked).state;
        if (before == RequestState.Answered && state == RequestState.Verified) _payFee(asked, made.attestation.prover);
        if (state == RequestState.Fallen) {
            _coverPaid[asked.token] += locked;
            _owedByCover[asked.token][BENEFICIARY] += locked;
        }
    }

    function _settleCover(uint256 i) private {
        if (_made[i].length != 0) _settleCoverOf(i, _some(i));
    }

    function _settleCoverOf(uint256 i, Made memory made) private {
        address token = _asked[i].token;
        uint256 locked = _cover.coverOf(made.uid, BENEFICIARY, token);
        (bool done, bytes memory refusal) = address(_cover).call(
            abi.encodeCall(_cover.settle, (made.uid, BENEFICIARY, token))
        );
        require(done || bytes4(refusal) != PANIC, "a settlement ends in a panic");
        if (!done) return;
        bool verified = registry.statusOf(made.uid) == uint8(Status.Verified);
        if (verified) _coverReturned[token] += locked;
        else _coverPaid[token] += locked;
        _owedByCover[token][verified ? made.attestation.prover : BENEFICIARY] += locked;
    }

    function _lapse(uint256 i) private {
        Request memory asked = _asked[i];
        if (_try(address(this), 0, abi.encodeCall(_requests.lapse, (asked)))) _loseDeposit(asked);
    }

    function _cancel(uint256 i) private {
        Request memory asked = _asked[i];
        RequestState before = _recordOf(asked).state;
        address caller = _draw(4) == 0 ? REQUESTER : address(this);
        if (!_try(caller, 0, abi.encodeCall(_requests.cancel, (asked)))) return;
        require(caller == REQUESTER || block.timestamp >= asked.deadline, "a stranger ends it before its deadline");
        if (before == RequestState.Accepted) _loseDeposit(asked);
        _feesRefunded[asked.token] += asked.fee;
        _owed[asked.token][REQUESTER] += asked.fee;
    }

    function _withdraw(uint256 i) private {
        address token = _asked[i].token;
        address account = _draw(2) == 0 ? _prover() : (_draw(2) == 0 ? REQUESTER : BENEFICIARY);
        bool ofCover = _draw(2) == 0;
        uint256 owed = ofCover ? _owedByCover[token][account] : _owed[token][account];
        uint256 before = _balanceOf(token, account);
        address target = ofCover ? address(_cover) : address(_requests);
        (bool done, ) = target.call(abi.encodeCall(_requests.withdraw, (token, account)));
        require(done == (owed != 0), "what is owed isn't paid, or what isn't is");
        require(_balanceOf(token, account) == before + owed, "an account is paid something else than it is owed");
        if (ofCover) delete _owedByCover[token][account];
        else delete _owed[token][account];
    }

    /* CHECKS */

    function _check(address token) private view {
        uint256 fees = 0;
        uint256 deposits = 0;
        uint256 locked = 0;
        for (uint256 i = 0; i < REQUESTS; ++i) {
            Request memory asked = _asked[i];
            RequestState state = _recordOf(asked).state;
            bool open = state == RequestState.Open || state == RequestState.Accepted || state == RequestState.Answered;
            if (asked.token == token && open) fees += asked.fee;
            (uint256 inEth, uint256 amount) = _requests.depositOf(asked);
            if (state == RequestState.Accepted && token == ETH) deposits += inEth;
            if (state == RequestState.Accepted && token == asked.token) deposits += amount;
            for (uint256 j = 0; j < _made[i].length; ++j) locked += _cover.coverOf(_made[i][j].uid, BENEFICIARY, token);
        }
        require(_feesIn[token] == _feesPaid[token] + _feesRefunded[token] + fees, "fees don't add up");
        require(
            _depositsIn[token] == _depositsReturned[token] + _depositsLost[token] + deposits,
            "deposits don't add up"
        );
        require(_coverIn[token] == _coverReturned[token] + _coverPaid[token] + locked, "cover doesn't add up");
        uint256 owed = _checkOwed(token, REQUESTER) + _checkOwed(token, BENEFICIARY);
        uint256 owedByCover = _owedByCover[token][REQUESTER] + _owedByCover[token][BENEFICIARY];
        for (uint256 i = 0; i < PROVERS; ++i) {
            owed += _checkOwed(token, address(uint160(0x1000 + i)));
            owedByCover += _owedByCover[token][address(uint160(0x1000 + i))];
        }
        require(_balanceOf(token, address(_requests)) == fees + deposits + owed, "the balance isn't held and owed");
        require(_balanceOf(token, address(_cover)) == locked + owedByCover, "Cover's balance isn't held and owed");
    }

    function _checkOwed(address token, address account) private view returns (uint256) {
        require(_requests.balanceOf(token, account) == _owed[token][account], "an account is owed something else");
        require(_cover.balanceOf(token, account) == _owedByCover[token][account], "Cover owes something else");
        return _owed[token][account];
    }

    /// @dev All attestations end, all cover is settled, and what was acted on and isn't right has paid.
    function _end() private {
        vm.warp(block.timestamp + WINDOW);
        for (uint256 i = 0; i < REQUESTS; ++i) {
            for (uint256 j = 0; j < _made[i].length; ++j) {
                Made memory made = _made[i][j];
                if (made.attestation.method == MOCK) continue;
                if (registry.statusOf(made.uid) == uint8(Status.Pending)) _fraud.settle(made.uid);
                bool acted = _isDelivered(i, made);
                uint256 locked = _cover.coverOf(made.uid, BENEFICIARY, _asked[i].token);
                uint256 paid = _coverPaid[_asked[i].token];
                _settleCoverOf(i, made);
                if (acted && locked != 0 && registry.statusOf(made.uid) == uint8(Status.Refuted))
                    require(
                        _coverPaid[_asked[i].token] >= paid + _asked[i].cover,
                        "who acted got less than the cover promised"
                    );
            }
        }
    }

    function _isDelivered(uint256 i, Made memory made) private view returns (bool) {
        RequestRecord memory record = _recordOf(_asked[i]);
        return record.answer == keccak256(abi.encode(made.uid, keccak256(made.output)));
    }

    /* PARTS */

    function _deploy() private {
        Bonds bonds = new Bonds();
        _fraud = new FraudProof(campaign, bonds, WINDOW, 2, 2);
        _method = new MockMethod();
        _method.setCanVoid(true);
        registry.addMethod(_fraud);
        registry.addMethod(_method);
        _cover = new Cover(registry);
        _requests = new InferenceRequests(_cover, FLOOR);
        _token = new MockToken();
        _header = abi.encodePacked(bytes32("TENSOR_V1"), uint16(1), "x", uint8(3), uint8(1), uint32(1), uint32(1));
        uint16 length = uint16(_header.length);
        _layout = abi.encodePacked(
            bytes32("LAYOUT_V1"),
            uint16(1),
            uint32(1),
            uint32(1),
            length,
            _header,
            length,
            _header
        );
        _model = registry.models().publish(Publication("neuron", "runtime", 0, 0), _layout, ROW, "");
        vm.deal(address(this), 1e18);
        _equip(REQUESTER);
        for (uint256 i = 0; i < PROVERS; ++i) {
            address prover = address(uint160(0x1000 + i));
            _equip(prover);
            bonds.deposit{value: 1e6}(address(_fraud), prover);
        }
    }

    function _equip(address account) private {
        vm.deal(account, 1e18);
        _token.mint(account, 1e18);
        vm.prank(account);
        _token.approve(address(_requests), 1e18);
        vm.prank(account);
        _token.approve(address(_cover), 1e18);
    }

    function _try(address from, uint256 value, bytes memory call) private returns (bool) {
        vm.prank(from);
        (bool done, bytes memory refusal) = address(_requests).call{value: value}(call);
        require(done || bytes4(refusal) != PANIC, "a call ends in a panic");
        return done;
    }

    function _payFee(Request memory asked, address prover) private {
        _feesPaid[asked.token] += asked.fee;
        _owed[asked.token][prover] += asked.fee;
    }

    function _loseDeposit(Request memory asked) private {
        (uint256 inEth, uint256 amount) = _requests.depositOf(asked);
        _depositsLost[ETH] += inEth;
        _depositsLost[asked.token] += amount;
        _owed[ETH][REQUESTER] += inEth;
        _owed[asked.token][REQUESTER] += amount;
    }

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    function _prover() private returns (address) {
        return address(uint160(0x1000 + _draw(PROVERS)));
    }

    /// @dev The last one in three of four cases.
    function _some(uint256 i) private returns (Made memory) {
        uint256 count = _made[i].length;
        return _made[i][_draw(4) == 0 ? _draw(count) : count - 1];
    }

    function _recordOf(Request memory asked) private view returns (RequestRecord memory) {
        return _requests.recordOf(_requests.requestIdOf(asked));
    }

    function _balanceOf(address token, address account) private view returns (uint256) {
        return token == ETH ? account.balance : _token.balanceOf(account);
    }
}
