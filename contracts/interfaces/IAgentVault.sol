// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Answer, Attestation, IAttestationRegistry, Status} from "./IAttestationRegistry.sol";
import {ICover} from "./ICover.sol";

/// @notice How two bytes of output are read.
/// @dev `Scores`: int8 for allowing, int8 for refusing; yes if the first is higher. `Verdict`: uint8 that is 1 for yes, uint8 of
/// risk, which is not read.
enum Reading {
    Scores,
    Verdict
}

/// @notice Which answers are taken.
/// @param modelId The model.
/// @param methods Accepted methods: bit m for method m.
/// @param outputHeaderHash keccak256 of the header of its output, a tensor of two bytes.
/// @param reading How the output is read.
struct Rule {
    bytes32 modelId;
    uint256 methods;
    bytes32 outputHeaderHash;
    Reading reading;
}

/// @notice What may move of an asset, in its smallest unit.
/// @param token An ERC-20, or zero for ETH.
/// @param dailyLimit The most in a day (UTC).
/// @param coveredLimit The most on an answer that is only covered.
struct Asset {
    address token;
    uint128 dailyLimit;
    uint128 coveredLimit;
}

/// @notice A call that is allowed.
/// @param target Who is called.
/// @param selector The function, or zero for a payment without data.
/// @param asset Number of the asset that moves, in the policy's list.
/// @param amountWord 0: the amount is the call's value. n: it is the n-th word of the arguments, and the value is zero.
/// @param features What the owner says of such a call, see `TradeFeatures`.
struct Route {
    address target;
    bytes4 selector;
    uint8 asset;
    uint8 amountWord;
    bytes16 features;
}

/// @notice What an agent may do. The vault keeps its hash, keccak256(abi.encode(policy)).
/// @param agent The only one who proposes.
/// @param expiresAt When nothing is proposed or executed any more, unix seconds.
/// @param lifetime How long a proposal can be executed, in seconds.
/// @param covered For answers that may be acted on while pending.
/// @param verified For answers that may be acted on when they are Verified, whatever the amount.
/// @param provers Who may answer; anyone if there is none.
/// @param assets What may move.
/// @param routes Which calls are allowed.
struct Policy {
    address agent;
    uint40 expiresAt;
    uint40 lifetime;
    Rule covered;
    Rule verified;
    address[] provers;
    Asset[] assets;
    Route[] routes;
}

/// @notice A call that waits for an answer.
/// @param nonce Number of the proposal, from 1.
/// @param proposedAt Block time, unix seconds.
/// @param asset Number of the asset.
/// @param amount What moves of it.
/// @param inputHash Tensor hash of the features.
/// @param target Who is called.
/// @param value Wei sent along.
/// @param data Selector and arguments.
struct Proposal {
    uint64 nonce;
    uint40 proposedAt;
    uint8 asset;
    uint128 amount;
    bytes32 inputHash;
    address target;
    uint256 value;
    bytes data;
}

/// @title A smart account whose agent moves money only where a model said yes
/// @notice The agent proposes a call; anyone executes it with an answer that is bound to that call, to the features that the vault
/// built of it, and to the policy. docs/agent-vault.md has the rules, and says why they are safe.
interface IAgentVault {
    /* EVENTS */

    /// @notice Another policy holds. A pending proposal is gone.
    /// @param policyHash Its hash.
    /// @param policy What every call has to show.
    event PolicySet(bytes32 indexed policyHash, Policy policy);

    /// @notice The owner took the policy away. A pending proposal is gone.
    event Paused();

    /// @notice The agent proposed a call, in place of one before.
    /// @param nonce Its number.
    /// @param context What an answer's context must be.
    /// @param features Sixteen int8: the data of the input.
    /// @param proposal What `execute` has to show.
    event Proposed(uint64 indexed nonce, bytes32 indexed context, bytes16 features, Proposal proposal);

    /// @notice The proposal was taken back.
    /// @param nonce Number of the newest proposal.
    event ProposalCancelled(uint64 indexed nonce);

    /// @notice A proposal was executed.
    /// @param nonce Its number.
    /// @param uid The attestation that allowed it.
    /// @param status Number of its `Status`: `Pending` if it was only covered.
    event Executed(uint64 indexed nonce, bytes32 indexed uid, uint8 status);

    /// @notice The owner announced a call.
    /// @param callHash keccak256(abi.encode(target, value, data)).
    /// @param readyAt When it may be run, unix seconds.
    /// @param target Who is called.
    /// @param value Wei sent along.
    /// @param data Selector and arguments, or nothing for a payment.
    event CallScheduled(bytes32 indexed callHash, uint40 readyAt, address indexed target, uint256 value, bytes data);

    /// @notice An announced call was taken back.
    /// @param callHash Its hash.
    event CallUnscheduled(bytes32 indexed callHash);

    /// @notice An announced call was run.
    /// @param callHash Its hash.
    event CallRun(bytes32 indexed callHash);

    /* ERRORS */

    /// @notice Thrown when the owner's delay is none, or longer than 30 days.
    /// @param delay Seconds.
    error InvalidDelay(uint40 delay);
    /// @notice Thrown when somebody else does what is the owner's.
    /// @param caller Who called.
    error NotTheOwner(address caller);
    /// @notice Thrown when somebody else does what is the agent's.
    /// @param caller Who called.
    error NotTheAgent(address caller);
    /// @notice Thrown when a policy is set other than by a call of the vault to itself.
    /// @param caller Who called.
    error NotTheVault(address caller);
    /// @notice Thrown when another policy is shown than the one that holds.
    /// @param shown Its hash.
    /// @param held Hash of the policy that holds; zero while the vault is paused.
    error WrongPolicy(bytes32 shown, bytes32 held);
    /// @notice Thrown when a policy is over.
    /// @param expiresAt When it ended.
    error PolicyExpired(uint40 expiresAt);
    /// @notice Thrown when a route of a new policy leads to the vault itself, names no asset, or an amount that can't be: a token's as
    /// value, or a word of no data.
    /// @param route Its number.
    error ImpossibleRoute(uint256 route);
    /// @notice Thrown when a policy isn't stricter than the one before: it must go through `schedule`.
    error NotStricter();

    /// @notice Thrown when a call isn't one that the route allows, or there is no such route.
    /// @param route Number of the route.
    /// @param target Who would be called.
    /// @param selector The function; zero for a payment.
    error NotThisRoute(uint256 route, address target, bytes4 selector);
    /// @notice Thrown when a call's data has no such word.
    /// @param length Bytes of data.
    /// @param needed Bytes that it needs.
    error DataTooShort(uint256 length, uint256 needed);
    /// @notice Thrown when a call sends wei that its amount doesn't count.
    /// @param value Wei.
    error UncountedValue(uint256 value);
    /// @notice Thrown when an amount is zero.
    error MovesNothing();
    /// @notice Thrown when more would move than is left of the day's limit.
    /// @param amount What would move.
    /// @param left What is left.
    error OverDailyLimit(uint256 amount, uint256 left);

    /// @notice Thrown when a proposal isn't the one that waits.
    /// @param nonce Its number.
    error UnknownProposal(uint64 nonce);
    /// @notice Thrown when a proposal wasn't executed in time.
    /// @param nonce Its number.
    error ProposalLapsed(uint64 nonce);
    /// @notice Thrown when an attestation isn't later than the proposal.
    /// @param uid The attestation.
    error AttestedTooEarly(bytes32 uid);
    /// @notice Thrown when an attestation is for something else.
    /// @param given Its context.
    /// @param expected The proposal's.
    error AnotherAction(bytes32 given, bytes32 expected);
    /// @notice Thrown when an attestation is about other features.
    /// @param given Its input hash.
    /// @param expected The proposal's.
    error AnotherInput(bytes32 given, bytes32 expected);
    /// @notice Thrown when an attestation is of another model than the rule's.
    /// @param modelId Its model.
    error ModelNotAccepted(bytes32 modelId);
    /// @notice Thrown when an attestation is under a method that the rule doesn't name.
    /// @param method Its method.
    error MethodNotAccepted(uint8 method);
    /// @notice Thrown when an attestation is of a prover that the policy doesn't name.
    /// @param prover Its prover.
    error ProverNotAccepted(address prover);
    /// @notice Thrown when an attestation has a status on which nobody acts: unknown, refuted, void or revoked.
    /// @param uid The attestation.
    /// @param status Its status.
    error NotActionable(bytes32 uid, Status status);
    /// @notice Thrown when an amount is too large for an answer that isn't Verified under the rule for any amount.
    /// @param amount What would move.
    /// @param coveredLimit The most that may.
    error NeedsVerified(uint256 amount, uint256 coveredLimit);
    /// @notice Thrown when too little is locked for the vault behind a pending answer.
    /// @param uid The attestation.
    /// @param cover What is locked for the vault, in the asset.
    /// @param amount What would move.
    error NotCovered(bytes32 uid, uint256 cover, uint256 amount);
    /// @notice Thrown when an output isn't what was attested.
    /// @param uid The attestation.
    error AnotherOutput(bytes32 uid);
    /// @notice Thrown when an output isn't two bytes under the rule's header.
    /// @param uid The attestation.
    error WrongOutputHeader(bytes32 uid);
    /// @notice Thrown when the answer is no.
    /// @param uid The attestation.
    error MoveRefused(bytes32 uid);

    /// @notice Thrown when no such call is announced, or it can't be run now.
    /// @param callHash Its hash.
    /// @param readyAt When it may be run, unix seconds; zero if it isn't announced.
    error CallNotReady(bytes32 callHash, uint40 readyAt);

    /* AGENT */

    /// @notice Proposes a call, in place of one that waits; only the policy's agent.
    /// @param policy The policy that holds.
    /// @param route Number of the route that allows it.
    /// @param target Who is called.
    /// @param value Wei sent along.
    /// @param data Selector and arguments.
    /// @return proposal What `execute` has to show.
    function propose(
        Policy calldata policy,
        uint256 route,
        address target,
        uint256 value,
        bytes calldata data
    ) external returns (Proposal memory proposal);

    /// @notice Executes the proposal; anyone who brings an answer that allows it.
    /// @param policy The policy that holds.
    /// @param proposal The proposal.
    /// @param attestation Whose answer it is.
    /// @param opened The answer, opened.
    /// @param output The output's header and its two bytes.
    function execute(
        Policy calldata policy,
        Proposal calldata proposal,
        Attestation calldata attestation,
        Answer calldata opened,
        bytes calldata output
    ) external;

    /// @notice Takes the proposal back; owner or agent.
    /// @param policy The policy that holds.
    function cancel(Policy calldata policy) external;

    /* OWNER */

    /// @notice Takes policy and proposal away, at once; only the owner. Again there is a policy only by `setPolicy`.
    function pause() external;

    /// @notice Makes the policy stricter, at once; only the owner.
    /// @param policy The policy that holds.
    /// @param stricter The same agent, lifetime, rules, provers and assets, in order; no later expiry, no higher limits, and
    /// routes that were there, in order.
    function tighten(Policy calldata policy, Policy calldata stricter) external;

    /// @notice Sets any policy; only the vault itself, by a call that was announced.
    /// @param policy The policy.
    function setPolicy(Policy calldata policy) external;

    /// @notice Announces a call; only the owner. It may be run once, after `delay`, for 14 days. Announced again, it waits again.
    /// @param target Who is called.
    /// @param value Wei sent along.
    /// @param data Selector and arguments, or nothing for a payment.
    /// @return callHash Its hash, keccak256(abi.encode(target, value, data)).
    function schedule(address target, uint256 value, bytes calldata data) external returns (bytes32 callHash);

    /// @notice Takes an announced call back, at once; only the owner.
    /// @param callHash Its hash.
    function unschedule(bytes32 callHash) external;

    /// @notice Runs an announced call; only the owner.
    /// @param target As announced.
    /// @param value As announced.
    /// @param data As announced.
    function run(address target, uint256 value, bytes calldata data) external;

    /* VIEWS */

    /// @notice Whose vault it is.
    /// @return The owner.
    function owner() external view returns (address);

    /// @notice Where answers are covered.
    /// @return The contract.
    function cover() external view returns (ICover);

    /// @notice Where answers are attested.
    /// @return The registry.
    function registry() external view returns (IAttestationRegistry);

    /// @notice How long the owner's calls are announced before they run.
    /// @return In seconds.
    function delay() external view returns (uint40);

    /// @notice Hash of the policy that holds.
    /// @return Zero while the vault is paused.
    function policyHash() external view returns (bytes32);

    /// @notice Hash of the proposal that waits, keccak256(abi.encode(proposal)).
    /// @return Zero if there is none.
    function proposalHash() external view returns (bytes32);

    /// @notice Number of proposals so far.
    /// @return The newest one's nonce.
    function nonce() external view returns (uint64);

    /// @notice When an announced call may be run.
    /// @param callHash Its hash.
    /// @return Unix seconds; zero if it isn't announced.
    function readyAt(bytes32 callHash) external view returns (uint40);

    /// @notice What moved of an asset today.
    /// @param token The token, or zero for ETH.
    /// @return spent The amount.
    /// @return moves Number of moves.
    function spentToday(address token) external view returns (uint128 spent, uint32 moves);

    /// @notice How often a target was called by proposals.
    /// @param target The target.
    /// @return The number.
    function dealingsWith(address target) external view returns (uint256);
}
