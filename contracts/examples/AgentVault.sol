// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Asset, IAgentVault, Policy, Proposal, Reading, Route, Rule} from "../interfaces/IAgentVault.sol";
import {Answer, Attestation, IAttestationRegistry, Record, Status} from "../interfaces/IAttestationRegistry.sol";
import {ICover} from "../interfaces/ICover.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Contexts} from "../libraries/Contexts.sol";
import {TradeFeatures} from "./TradeFeatures.sol";

/// @title AgentVault
/// @notice See `IAgentVault`.
contract AgentVault is IAgentVault {
    /// @dev What moved of an asset on a day, counted from 1970.
    struct Spending {
        uint40 day;
        uint32 moves;
        uint128 spent;
    }

    uint40 private constant MAX_DELAY = 30 days;
    uint40 private constant READY_FOR = 14 days;

    /// @dev Stands for ETH among tokens.
    address private constant ETH = address(0);

    /// @inheritdoc IAgentVault
    address public immutable owner;

    /// @inheritdoc IAgentVault
    ICover public immutable cover;

    /// @inheritdoc IAgentVault
    IAttestationRegistry public immutable registry;

    /// @inheritdoc IAgentVault
    uint40 public immutable delay;

    /// @inheritdoc IAgentVault
    bytes32 public policyHash;

    /// @inheritdoc IAgentVault
    bytes32 public proposalHash;

    /// @inheritdoc IAgentVault
    uint64 public nonce;

    /// @inheritdoc IAgentVault
    mapping(address target => uint256) public dealingsWith;

    /// @inheritdoc IAgentVault
    mapping(bytes32 callHash => uint40) public readyAt;

    mapping(address token => Spending) private _spending;

    /// @notice Starts with a policy.
    /// @param owner_ Whose vault it is, for ever.
    /// @param cover_ Where answers are covered; its registry is the vault's.
    /// @param delay_ How long the owner's calls are announced: 1 second to 30 days.
    /// @param policy What the agent may do at first.
    constructor(address owner_, ICover cover_, uint40 delay_, Policy memory policy) {
        require(delay_ != 0 && delay_ <= MAX_DELAY, InvalidDelay(delay_));
        owner = owner_;
        cover = cover_;
        registry = cover_.registry();
        delay = delay_;
        _setPolicy(policy);
    }

    /// @notice Takes money: the owner's, what a move brings, or what cover pays.
    receive() external payable {}

    modifier onlyOwner() {
        require(msg.sender == owner, NotTheOwner(msg.sender));
        _;
    }

    /* AGENT */

    /// @inheritdoc IAgentVault
    function propose(
        Policy calldata policy,
        uint256 route,
        address target,
        uint256 value,
        bytes calldata data
    ) external returns (Proposal memory proposal) {
        bytes32 held = _checkPolicy(policy);
        require(msg.sender == policy.agent, NotTheAgent(msg.sender));
        Route calldata allowed = _routeOf(policy.routes, route, target, data);
        (uint128 amount, bytes16 features) = _measure(policy.assets[allowed.asset], allowed, value, data);

        proposal = Proposal({
            nonce: ++nonce,
            proposedAt: uint40(block.timestamp),
            asset: allowed.asset,
            amount: amount,
            inputHash: TradeFeatures.inputHash(features),
            target: target,
            value: value,
            data: data
        });
        proposalHash = keccak256(abi.encode(proposal));

        emit Proposed(
            proposal.nonce,
            _contextOf(proposal.nonce, _hashOf(target, value, data), held),
            features,
            proposal
        );
    }

    /// @inheritdoc IAgentVault
    function execute(
        Policy calldata policy,
        Proposal calldata proposal,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata output
    ) external {
        bytes32 held = _checkPolicy(policy);
        require(keccak256(abi.encode(proposal)) == proposalHash, UnknownProposal(proposal.nonce));
        require(block.timestamp <= uint256(proposal.proposedAt) + policy.lifetime, ProposalLapsed(proposal.nonce));
        _checkBinding(held, proposal, attestation);
        _checkProver(policy.provers, attestation.prover);
        bytes32 uid = registry.uidOf(attestation);
        Asset calldata asset = policy.assets[proposal.asset];
        Record memory record = registry.recordOf(uid);
        Rule calldata rule = _ruleFor(policy, asset, proposal, attestation, uid, record.status);
        require(record.attestedAt > proposal.proposedAt, AttestedTooEarly(uid));
        _checkAnswer(uid, rule, attestation, opened, output);
        Spending memory today = _today(asset.token);
        _checkLimit(proposal.amount, asset, today);

        delete proposalHash;
        ++today.moves;
        today.spent += proposal.amount;
        _spending[asset.token] = today;
        ++dealingsWith[proposal.target];

        emit Executed(proposal.nonce, uid, uint8(record.status));

        _call(proposal.target, proposal.value, proposal.data);
    }

    /// @inheritdoc IAgentVault
    function cancel(Policy calldata policy) external {
        _checkShown(policy);
        require(msg.sender == policy.agent || msg.sender == owner, NotTheAgent(msg.sender));
        require(proposalHash != 0, UnknownProposal(nonce));

        delete proposalHash;

        emit ProposalCancelled(nonce);
    }

    /* OWNER */

    /// @inheritdoc IAgentVault
    function pause() external onlyOwner {
        delete policyHash;
        delete proposalHash;

        emit Paused();
    }

    /// @inheritdoc IAgentVault
    function tighten(Policy calldata policy, Policy calldata stricter) external onlyOwner {
        _checkShown(policy);
        require(_isStricter(policy, stricter), NotStricter());

        _setPolicy(stricter);
    }

    /// @inheritdoc IAgentVault
    function setPolicy(Policy calldata policy) external {
        require(msg.sender == address(this), NotTheVault(msg.sender));

        _setPolicy(policy);
    }

    /// @inheritdoc IAgentVault
    function schedule(
        address target,
        uint256 value,
        bytes calldata data
    ) external onlyOwner returns (bytes32 callHash) {
        callHash = _hashOf(target, value, data);
        uint40 ready = uint40(block.timestamp) + delay;

        readyAt[callHash] = ready;

        emit CallScheduled(callHash, ready, target, value, data);
    }

    /// @inheritdoc IAgentVault
    function unschedule(bytes32 callHash) external onlyOwner {
        require(readyAt[callHash] != 0, CallNotReady(callHash, 0));

        delete readyAt[callHash];

        emit CallUnscheduled(callHash);
    }

    /// @inheritdoc IAgentVault
    function run(address target, uint256 value, bytes calldata data) external onlyOwner {
        bytes32 callHash = _hashOf(target, value, data);
        uint40 ready = readyAt[callHash];
        require(
            ready != 0 && block.timestamp >= ready && block.timestamp <= ready + READY_FOR,
            CallNotReady(callHash, ready)
        );

        delete readyAt[callHash];

        emit CallRun(callHash);

        _call(target, value, data);
    }

    /* VIEWS */

    /// @inheritdoc IAgentVault
    function spentToday(address token) external view returns (uint128 spent, uint32 moves) {
        Spending memory today = _today(token);
        return (today.spent, today.moves);
    }

    /* POLICIES */

    /// @dev A policy takes the place of the one before, and of what was proposed under it.
    function _setPolicy(Policy memory policy) private {
        for (uint256 i = 0; i < policy.routes.length; ++i) {
            Route memory route = policy.routes[i];
            require(
                route.target != address(this) &&
                    route.asset < policy.assets.length &&
                    (route.amountWord == 0 ? policy.assets[route.asset].token == ETH : route.selector != 0),
                ImpossibleRoute(i)
            );
        }

        policyHash = keccak256(abi.encode(policy));
        delete proposalHash;

        emit PolicySet(policyHash, policy);
    }

    /// @dev Checks that a policy is the one that holds; returns its hash.
    function _checkShown(Policy calldata policy) private view returns (bytes32 shown) {
        shown = keccak256(abi.encode(policy));
        bytes32 held = policyHash;
        require(shown == held, WrongPolicy(shown, held));
    }

    function _checkPolicy(Policy calldata policy) private view returns (bytes32 held) {
        held = _checkShown(policy);
        require(block.timestamp < policy.expiresAt, PolicyExpired(policy.expiresAt));
    }

    function _isStricter(Policy calldata policy, Policy calldata next) private pure returns (bool) {
        if (keccak256(_fixedOf(policy)) != keccak256(_fixedOf(next)) || next.expiresAt > policy.expiresAt) return false;
        if (next.assets.length != policy.assets.length) return false;
        for (uint256 i = 0; i < next.assets.length; ++i) {
            Asset calldata asset = policy.assets[i];
            Asset calldata nextAsset = next.assets[i];
            if (
                nextAsset.token != asset.token ||
                nextAsset.dailyLimit > asset.dailyLimit ||
                nextAsset.coveredLimit > asset.coveredLimit
            ) return false;
        }
        uint256 found = 0;
        for (uint256 i = 0; i < policy.routes.length && found < next.routes.length; ++i) {
            if (keccak256(abi.encode(policy.routes[i])) == keccak256(abi.encode(next.routes[found]))) ++found;
        }
        return found == next.routes.length;
    }

    /// @dev What a stricter policy has in common with the one before.
    function _fixedOf(Policy calldata policy) private pure returns (bytes memory) {
        return abi.encode(policy.agent, policy.lifetime, policy.covered, policy.verified, policy.provers);
    }

    /* MOVES */

    /// @dev The route of this number, which must allow the call.
    function _routeOf(
        Route[] calldata routes,
        uint256 number,
        address target,
        bytes calldata data
    ) private pure returns (Route calldata route) {
        bytes4 selector = data.length == 0 ? bytes4(0) : bytes4(data);
        require(number < routes.length, NotThisRoute(number, target, selector));
        route = routes[number];
        require(
            target == route.target && selector == route.selector && (data.length == 0) == (selector == 0),
            NotThisRoute(number, target, selector)
        );
    }

    /// @dev What a call moves, within the day's limit, and what a model sees of it.
    function _measure(
        Asset calldata asset,
        Route calldata route,
        uint256 value,
        bytes calldata data
    ) private view returns (uint128 amount, bytes16 features) {
        Spending memory today = _today(asset.token);
        amount = _checkLimit(_amountOf(route, value, data), asset, today);
        features = TradeFeatures.encode(
            route.features,
            amount,
            today.spent,
            asset.dailyLimit,
            today.moves,
            dealingsWith[route.target]
        );
    }

    function _amountOf(Route calldata route, uint256 value, bytes calldata data) private pure returns (uint256 amount) {
        if (route.amountWord == 0) {
            amount = value;
        } else {
            require(value == 0, UncountedValue(value));
            uint256 end = 4 + 32 * uint256(route.amountWord);
            require(data.length >= end, DataTooShort(data.length, end));
            amount = uint256(bytes32(data[end - 32:end]));
        }
        require(amount != 0, MovesNothing());
    }

    function _today(address token) private view returns (Spending memory today) {
        today = _spending[token];
        uint40 day = uint40(block.timestamp / 1 days);
        if (today.day != day) today = Spending(day, 0, 0);
    }

    /// @dev Checks an amount against what is left of the day, which fits a uint128.
    function _checkLimit(uint256 amount, Asset calldata asset, Spending memory today) private pure returns (uint128) {
        uint256 left = today.spent < asset.dailyLimit ? asset.dailyLimit - today.spent : 0;
        require(amount <= left, OverDailyLimit(amount, left));
        return uint128(amount);
    }

    /// @dev Calls a contract, or pays an account; passes on a revert.
    function _call(address target, uint256 value, bytes calldata data) private {
        if (data.length == 0) Address.sendValue(payable(target), value);
        else Address.functionCallWithValue(target, data, value);
    }

    /* ANSWERS */

    function _hashOf(address target, uint256 value, bytes calldata data) private pure returns (bytes32) {
        return keccak256(abi.encode(target, value, data));
    }

    function _contextOf(uint64 nonce_, bytes32 callHash, bytes32 policyHash_) private view returns (bytes32) {
        bytes32 action = keccak256(
            abi.encode(bytes32("VAULT_V1"), block.chainid, address(this), nonce_, callHash, policyHash_)
        );
        return Contexts.bound(Contexts.ACTION, action);
    }

    /// @dev Checks that an attestation is for this proposal, under this policy, about its features.
    function _checkBinding(bytes32 held, Proposal calldata proposal, Attestation calldata attestation) private view {
        bytes32 callHash = _hashOf(proposal.target, proposal.value, proposal.data);
        bytes32 context = _contextOf(proposal.nonce, callHash, held);
        require(attestation.context == context, AnotherAction(attestation.context, context));
        require(attestation.inputHash == proposal.inputHash, AnotherInput(attestation.inputHash, proposal.inputHash));
    }

    function _checkProver(address[] calldata provers, address prover) private pure {
        bool accepted = provers.length == 0;
        for (uint256 i = 0; i < provers.length && !accepted; ++i) accepted = provers[i] == prover;
        require(accepted, ProverNotAccepted(prover));
    }

    /// @dev The rule that an answer meets. Cover alone says that a pending one can't end Void: it takes no other.
    function _ruleFor(
        Policy calldata policy,
        Asset calldata asset,
        Proposal calldata proposal,
        Attestation calldata attestation,
        bytes32 uid,
        Status status
    ) private view returns (Rule calldata rule) {
        require(status == Status.Pending || status == Status.Verified, NotActionable(uid, status));
        rule = policy.verified;
        if (status == Status.Verified && _accepts(rule, attestation)) return rule;
        require(proposal.amount <= asset.coveredLimit, NeedsVerified(proposal.amount, asset.coveredLimit));
        rule = policy.covered;
        require(attestation.modelId == rule.modelId, ModelNotAccepted(attestation.modelId));
        require(_accepts(rule, attestation), MethodNotAccepted(attestation.method));
        if (status == Status.Verified) return rule;
        uint256 locked = cover.coverOf(uid, address(this), asset.token);
        require(locked >= proposal.amount, NotCovered(uid, locked, proposal.amount));
    }

    function _accepts(Rule calldata rule, Attestation calldata attestation) private pure returns (bool) {
        return attestation.modelId == rule.modelId && (rule.methods >> attestation.method) & 1 == 1;
    }

    /// @dev Checks that an output is what was attested, has the shape that the rule names, and says yes.
    function _checkAnswer(
        bytes32 uid,
        Rule calldata rule,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata output
    ) private pure {
        bytes32 answer = Commitments.answer(attestation.prover, opened.outputHash, opened.traceHash, opened.salt);
        require(answer == attestation.answer && keccak256(output) == opened.outputHash, AnotherOutput(uid));
        uint256 end = output.length < 2 ? 0 : output.length - 2;
        require(keccak256(output[:end]) == rule.outputHeaderHash, WrongOutputHeader(uid));
        (bytes1 first, bytes1 second) = (output[end], output[end + 1]);
        bool allowed = rule.reading == Reading.Scores ? int8(uint8(first)) > int8(uint8(second)) : uint8(first) == 1;
        require(allowed, MoveRefused(uid));
    }
}
