import { keccak256 } from "ox/Hash";
import { type AbiParameterToPrimitiveType, type Address, encodeAbiParameters, getAbiItem, type Hex } from "viem";
import { agentVaultAbi } from "./abi.ts";
import { tag, tensorHash } from "./commitments.ts";
import { INT8, type TensorSpec, tensorHeader } from "./layouts.ts";

// What contracts/examples/AgentVault.sol hashes, and what it lets a model see: docs/agent-vault.md has the rules.

const [policyParameter] = getAbiItem({ abi: agentVaultAbi, name: "cancel" }).inputs;

/** What an agent may do; amounts in the assets' smallest units, times in unix seconds. `PolicySet.policy`. */
export type Policy = AbiParameterToPrimitiveType<typeof policyParameter>;

/** How a rule's output is read: the numbers of `Reading` in the contract. */
export const Reading = { scores: 0, verdict: 1 } as const;

/** A call that a vault makes. */
export interface VaultCall {
  target: Address;
  /** Wei. */
  value: bigint;
  data: Hex;
}

/** What a vault knows of a move when it is proposed. */
export interface Move {
  /** Sixteen int8: what the route says. */
  constants: Int8Array;
  /** What moves; this, `spent` and `dailyLimit` in the asset's smallest unit. */
  amount: bigint;
  /** What moved of the asset before on that day. */
  spent: bigint;
  dailyLimit: bigint;
  /** Number of moves of the asset before on that day. */
  moves: bigint;
  /** Number of earlier moves to the target. */
  dealings: bigint;
}

/** What a vault's models take. */
export const tradeTensor: TensorSpec = { name: "trade", dtype: INT8, dims: [1, 16] };

/**
 * The features of a move, in the order of models/risk/data.ts: the route's constants, with size, exposure, rate and dealings
 * written over them. Throws a RangeError for another number of constants.
 */
export function featuresOf({ constants, amount, spent, dailyLimit, moves, dealings }: Move): Int8Array {
  if (constants.length !== 16) throw new RangeError(`A route has 16 features; this one has ${constants.length}.`);
  const features = constants.slice();
  features[0] = shareOf(amount, dailyLimit);
  features[11] = shareOf(spent, dailyLimit);
  features[13] = shareOf(moves, 60n);
  features[15] = shareOf(dealings === 0n ? 0n : BigInt(dealings.toString(2).length), 7n);
  return features;
}

/** The input hash that an answer about these features has. */
export const tradeHash = (features: Int8Array): Hex =>
  tensorHash(tensorHeader(tradeTensor), new Uint8Array(features.buffer, features.byteOffset, features.length));

/** A policy's hash: keccak256(abi.encode(policy)). */
export const policyHash = (policy: Policy): Hex => keccak256(encodeAbiParameters([policyParameter], [policy]));

/** A call's hash: keccak256(abi.encode(target, value, data)). */
export const callHash = ({ target, value, data }: VaultCall): Hex =>
  keccak256(encodeAbiParameters([{ type: "address" }, { type: "uint256" }, { type: "bytes" }], [target, value, data]));

/**
 * What an answer to a proposal has as its context: 03 ‖ low 31 bytes of
 * keccak256(abi.encode("VAULT_V1", chainId, vault, nonce, callHash, policyHash)).
 */
export function proposalContext(proposal: {
  chainId: number;
  vault: Address;
  nonce: bigint;
  callHash: Hex;
  policyHash: Hex;
}): Hex {
  const { chainId, vault, nonce, callHash, policyHash } = proposal;
  const types = ["bytes32", "uint256", "address", "uint64", "bytes32", "bytes32"].map((type) => ({ type }));
  const values = [tag("VAULT_V1"), BigInt(chainId), vault, nonce, callHash, policyHash];
  return `0x03${keccak256(encodeAbiParameters(types, values)).slice(4)}`;
}

/** A share a / b as int8: the nearest of 256 steps, halves up, at most 127; of nothing every share is 127. */
function shareOf(a: bigint, b: bigint): number {
  const steps = a >= b ? 255n : (255n * a + b / 2n) / b;
  return Number(steps) - 128;
}
