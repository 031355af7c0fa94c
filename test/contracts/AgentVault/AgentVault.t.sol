// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Cover} from "../../../contracts/Cover.sol";
import {AgentVault} from "../../../contracts/examples/AgentVault.sol";
import {TradeFeatures} from "../../../contracts/examples/TradeFeatures.sol";
import {
    Asset,
    IAgentVault,
    Policy,
    Proposal,
    Reading,
    Route,
    Rule
} from "../../../contracts/interfaces/IAgentVault.sol";
import {Answer, Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {Publication} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {Contexts} from "../../../contracts/libraries/Contexts.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {MockTarget} from "../../../contracts/mocks/MockTarget.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Protocol} from "../Protocol.sol";
import {vm} from "../Vm.sol";

/// @notice A vault in drawn histories: proposals, answers of every kind, cover, settlements, policies and time. Calls move tokens or
/// ETH to one account, so what left the vault is what its calls took.
contract AgentVaultTest is Protocol {
    /// @dev An answer, and what is wrong with it by intention.
    struct Made {
        Attestation attestation;
        Answer opened;
        bytes output;
        uint256 proposal;
        bool fits;
        bool yes;
        bool large;
    }

    uint8 private constant METHOD = 1;
    address private constant ETH = address(0);
    address private constant AGENT = address(0xa6e27);
    address private constant PAYEE = address(0xbeef);
    address private constant PROVER = address(0x9209e2);
    bytes private constant HEADER = "header of two bytes";
    uint256 private constant FUNDS = 1e9;

    MockMethod private _method;
    MockToken private _token;
    MockTarget private _target;
    Cover private _cover;
    AgentVault private _vault;
    bytes32 private _verifiedModel;
    Policy private _policy;
    bool private _paused;
    /// @dev Its number, from 1, in `_proposals`; zero if none waits.
    uint256 private _waiting;
    Proposal[] private _proposals;
    Made[] private _answers;
    mapping(uint256 day => mapping(address token => uint256)) private _moved;
    mapping(address token => uint256) private _movedEver;
    mapping(uint256 day => mapping(address token => uint256)) private _moves;
    mapping(address target => uint256) private _dealings;
    uint256 private _seed;

    /// @notice A call runs if and only if it is the newest proposal of the policy that holds, and an answer of its own allows it. No day
    /// moves more than its limit. Nothing else leaves the vault.
    function testFuzz_callsRunOnAnAnswerOfTheirOwnWithinTheLimits(uint256 seed) external {
        _seed = seed;
        _start();
        for (uint256 i = 0; i < 80; ++i) {
            vm.warp(block.timestamp + 1 + _draw(30));
            _step(_draw(12));
            _checkMoney();
        }
    }

    /// @notice What the vault hashes is what an answer has to be bound to.
    function testFuzz_contextBindsEveryPart(uint256 seed) external {
        _seed = seed;
        _start();
        _propose();
        if (_waiting == 0) return;
        Proposal memory proposal = _proposals[_waiting - 1];
        require(_vault.proposalHash() == keccak256(abi.encode(proposal)), "another hash is kept");
        require(_vault.policyHash() == keccak256(abi.encode(_policy)), "another policy is kept");
        bytes32 context = _contextOf(proposal);
        require(Contexts.kind(context) == Contexts.ACTION, "the context is no action");
        ++proposal.value;
        require(_contextOf(proposal) != context, "two calls share a context");
    }

    function _step(uint256 kind) private {
        if (kind < 2) _propose();
        else if (kind < 6) _answer();
        else if (kind < 10) _execute();
        else if (kind == 10 && _draw(3) == 0) _changePolicy();
        else if (kind == 10 && _draw(3) == 0) vm.warp(block.timestamp + _draw(1 days));
        else if (_answers.length != 0) _settle(_answers[_draw(_answers.length)], false);
    }

    /// @dev A move of tokens (route 0) or ETH (route 1), of any size.
    function _propose() private {
        uint256 route = _draw(2);
        uint256 amount = _draw(4) == 0 ? _draw(600) : _draw(120);
        address token = route == 0 ? address(_token) : ETH;
        bytes memory data =
            route == 0 ? abi.encodeCall(_token.transfer, (PAYEE, amount)) : abi.encodeCall(_target.deposit, (amount));
        uint256 left = _policy.assets[route].dailyLimit - _moved[block.timestamp / 1 days][token];
        bool expected = !_paused && block.timestamp < _policy.expiresAt && amount != 0 && amount <= left;
        vm.prank(AGENT);
        (bool done, bytes memory result) = address(_vault).call(
            abi.encodeCall(
                IAgentVault.propose,
                (_policy, route, route == 0 ? address(_token) : address(_target), route == 0 ? 0 : amount, data)
            )
        );
        require(done == expected, "a proposal is taken, or refused, against the rules");
        if (!done) return;
        Proposal memory proposal = abi.decode(result, (Proposal));
        require(proposal.amount == amount && proposal.asset == route, "another amount is read");
        _checkFeatures(proposal, token);
        _proposals.push(proposal);
        _waiting = _proposals.length;
    }

    /// @dev The features are of what the vault's own calls did until now.
    function _checkFeatures(Proposal memory proposal, address token) private view {
        uint256 day = block.timestamp / 1 days;
        bytes16 features = TradeFeatures.encode(
            "",
            proposal.amount,
            uint128(_moved[day][token]),
            _policy.assets[proposal.asset].dailyLimit,
            _moves[day][token],
            _dealings[proposal.target]
        );
        require(proposal.inputHash == TradeFeatures.inputHash(features), "the features aren't the move's");
    }

    /// @dev An answer to any proposal, often the one that waits; a third of them is wrong.
    function _answer() private {
        if (_proposals.length == 0) return;
        uint256 number = _waiting == 0 || _draw(5) == 0 ? _draw(_proposals.length) : _waiting - 1;
        Proposal memory proposal = _proposals[number];
        uint256 flaw = _draw(15);
        Made memory made;
        made.proposal = number;
        made.fits = flaw > 3;
        made.yes = flaw != 4;
        made.large = _draw(2) == 0;
        made.output =
            made.large
                ? abi.encodePacked(HEADER, made.yes ? bytes2(0x0107) : bytes2(0x0007))
                : abi.encodePacked(HEADER, made.yes ? bytes2(0x05fb) : bytes2(0xfb05));
        made.opened = Answer(keccak256(made.output), 0, bytes32(_answers.length));
        made.attestation = Attestation({
            prover: PROVER,
            method: METHOD,
            modelId: flaw == 0
                ? modelId
                : made.large
                    ? _verifiedModel
                    : _policy.covered.modelId,
            inputHash: flaw == 1 ? bytes32("features") : proposal.inputHash,
            context: flaw == 2 ? Contexts.bound(Contexts.REQUEST, _contextOf(proposal)) : _contextOf(proposal),
            answer: Commitments.answer(PROVER, made.opened.outputHash, 0, made.opened.salt)
        });
        if (flaw == 3) made.output = abi.encodePacked(made.output, bytes1(0));
        Attestation memory attestation = made.attestation;
        vm.prank(PROVER);
        registry.attest(METHOD, attestation.modelId, attestation.inputHash, attestation.context, made.opened, "");
        _answers.push(made);
        if (_draw(4) != 0) _settle(made, true);
    }

    /// @dev The attestation is covered, or settled: Verified where it is to be `helpful` and cover wouldn't do.
    function _settle(Made memory made, bool helpful) private {
        bytes32 uid = registry.uidOf(made.attestation);
        if (registry.statusOf(uid) != uint8(Status.Pending)) return;
        if (helpful && !made.large) {
            Proposal memory proposal = _proposals[made.proposal];
            uint128 amount = proposal.amount + 1 - uint128(_draw(3));
            if (amount == 0) return;
            bool tokens = proposal.asset == 0;
            vm.prank(PROVER);
            _cover.lock{value: tokens ? 0 : amount}(uid, address(_vault), tokens ? address(_token) : ETH, amount);
            return;
        }
        Status status = helpful || _draw(2) == 0 ? Status.Verified : Status(3 + _draw(2));
        vm.prank(address(_method));
        registry.settle(uid, status, address(this));
    }

    function _execute() private {
        if (_answers.length == 0) return;
        uint256 at = _draw(3) == 0 ? _draw(_answers.length) : _answers.length - 1;
        Made memory made = _answers[at];
        uint256 number = _draw(8) == 0 ? _draw(_proposals.length) : made.proposal;
        Proposal memory proposal = _proposals[number];
        address token = proposal.asset == 0 ? address(_token) : ETH;
        bool expected = _mayRun(number, proposal, made);
        (bool done, ) = address(_vault).call(
            abi.encodeCall(IAgentVault.execute, (_policy, proposal, made.attestation, made.opened, made.output))
        );
        require(done == expected, "a call runs, or doesn't, against the rules");
        if (!done) return;
        _waiting = 0;
        ++_moves[block.timestamp / 1 days][token];
        ++_dealings[proposal.target];
        _moved[block.timestamp / 1 days][token] += proposal.amount;
        _movedEver[token] += proposal.amount;
        require(
            _moved[block.timestamp / 1 days][token] <= _policy.assets[proposal.asset].dailyLimit,
            "a day moves more than its limit"
        );
    }

    /// @dev The rules of docs/agent-vault.md, said once more.
    function _mayRun(uint256 number, Proposal memory proposal, Made memory made) private view returns (bool) {
        if (_paused || _waiting != number + 1 || made.proposal != number || !made.fits || !made.yes) return false;
        if (block.timestamp >= _policy.expiresAt || block.timestamp > proposal.proposedAt + _policy.lifetime)
            return false;
        bytes32 uid = registry.uidOf(made.attestation);
        if (registry.recordOf(uid).attestedAt <= proposal.proposedAt) return false;
        address token = proposal.asset == 0 ? address(_token) : ETH;
        Asset memory asset = _policy.assets[proposal.asset];
        if (_moved[block.timestamp / 1 days][token] + proposal.amount > asset.dailyLimit) return false;
        Status status = registry.recordOf(uid).status;
        if (made.large) return status == Status.Verified;
        if (proposal.amount > asset.coveredLimit) return false;
        if (status == Status.Verified) return true;
        return status == Status.Pending && _cover.coverOf(uid, address(_vault), token) >= proposal.amount;
    }

    /// @dev Paused, any policy by the vault's own call, or stricter at once: the proposal is gone in each case.
    function _changePolicy() private {
        uint256 kind = _paused ? 1 : _draw(6);
        if (kind > 2) return;
        _waiting = 0;
        if (kind == 0) {
            _paused = true;
            _vault.pause();
            return;
        }
        Policy memory next = _policy;
        if (kind == 1) {
            _paused = false;
            next.lifetime = uint40(100 + _draw(1 days));
            next.expiresAt = uint40(block.timestamp + 1 + _draw(10 days));
            vm.prank(address(_vault));
            _vault.setPolicy(next);
        } else {
            next.expiresAt -= uint40(_draw(100));
            next.assets[_draw(2)].coveredLimit -= uint128(_draw(3));
            _vault.tighten(_policy, next);
        }
        _policy.lifetime = next.lifetime;
        _policy.expiresAt = next.expiresAt;
        for (uint256 i = 0; i < 2; ++i) _policy.assets[i].coveredLimit = next.assets[i].coveredLimit;
    }

    function _checkMoney() private view {
        require(_token.balanceOf(PAYEE) == _movedEver[address(_token)], "tokens left another way");
        require(_token.balanceOf(address(_vault)) == FUNDS - _movedEver[address(_token)], "tokens are missing");
        require(address(_target).balance == _movedEver[ETH], "ETH left another way");
        require(address(_vault).balance == FUNDS - _movedEver[ETH], "ETH is missing");
    }

    function _start() private {
        _method = new MockMethod();
        registry.addMethod(_method);
        _token = new MockToken();
        _target = new MockTarget();
        _cover = new Cover(registry);
        bytes32 coveredModel = registry.models().publish(Publication("covered", "runtime", 0, 0), layout, "", "");
        _verifiedModel = registry.models().publish(Publication("verified", "runtime", 0, 0), layout, "", "");
        uint256 methods = 1 << METHOD;
        _policy.agent = AGENT;
        _policy.expiresAt = uint40(block.timestamp + 5 days);
        _policy.lifetime = 1 hours;
        _policy.covered = Rule(coveredModel, methods, keccak256(HEADER), Reading.Scores);
        _policy.verified = Rule(_verifiedModel, methods, keccak256(HEADER), Reading.Verdict);
        _policy.provers.push(PROVER);
        _policy.assets.push(Asset(address(_token), 500, 100));
        _policy.assets.push(Asset(ETH, 500, 100));
        _policy.routes.push(Route(address(_token), _token.transfer.selector, 0, 2, ""));
        _policy.routes.push(Route(address(_target), _target.deposit.selector, 1, 0, ""));
        _vault = new AgentVault(address(this), _cover, 1 days, _policy);
        _token.mint(address(_vault), FUNDS);
        _token.mint(PROVER, FUNDS);
        vm.prank(PROVER);
        _token.approve(address(_cover), FUNDS);
        vm.deal(address(_vault), FUNDS);
        vm.deal(PROVER, FUNDS);
    }

    /// @dev The definition, apart from the vault's code.
    function _contextOf(Proposal memory proposal) private view returns (bytes32) {
        bytes32 callHash = keccak256(abi.encode(proposal.target, proposal.value, proposal.data));
        bytes32 policyHash = keccak256(abi.encode(_policy));
        uint256 action = uint256(
            keccak256(
                abi.encode(bytes32("VAULT_V1"), block.chainid, address(_vault), proposal.nonce, callHash, policyHash)
            )
        );
        return bytes32((uint256(3) << 248) | ((action << 8) >> 8));
    }

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }
}
