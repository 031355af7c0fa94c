import {
  decode as decodeAbiParameters,
  encode as encodeAbiParameters,
  from as parseAbiParameters,
} from "ox/AbiParameters";
import { keccak256 } from "ox/Hash";
import { fromNumber as numberToHex } from "ox/Hex";
import type { Address, Hex } from "viem";
import { tag } from "../commitments.ts";

export {
  Finality,
  type FinalityName,
  finalityName,
  RequestState,
  type RequestStateName,
  requestStateName,
} from "../protocol.ts";

/** The token's address that stands for ETH. */
export const ETH: Address = "0x0000000000000000000000000000000000000000";

/** What is asked, as `InferenceRequests` takes it. Money is in wei, or in a token's smallest unit. */
export interface Request {
  /** Who asks and pays. */
  requester: Address;
  modelId: Hex;
  /** Hash of the input's tensor. */
  inputHash: Hex;
  /** Accepted methods: bit m is method m. */
  methods: bigint;
  /** When the answer is paid and delivered: {@link Finality}. */
  finality: number;
  /** What fee and cover are paid in; {@link ETH} for ETH. */
  token: Address;
  /** What the prover gets. */
  fee: bigint;
  /** What the prover locks for the beneficiary of a covered answer, at least the fee; else zero. */
  cover: bigint;
  /** Who gets the cover of a wrong answer; zero unless the answer is to be covered. */
  beneficiary: Address;
  /** Until when an answer may come, unix seconds. */
  deadline: number;
  /** Seconds from acceptance to answer. */
  answerWindow: number;
  /** The contract that is told, or zero. */
  callback: Address;
  /** Gas that it is given. */
  callbackGas: number;
  /** Any number that the requester hasn't used with the same fields. */
  nonce: bigint;
  /** Who may answer; empty for anybody. */
  provers: readonly Address[];
}

/** Most bytes of an input's header and data that are shown with a request; a larger input is content under its hash. */
export const MOST_INPUT_BYTES = 32 * 1024;

const requestParameters = parseAbiParameters([
  "struct Request { address requester; bytes32 modelId; bytes32 inputHash; uint256 methods; uint8 finality; address token; uint128 fee; uint128 cover; address beneficiary; uint40 deadline; uint32 answerWindow; address callback; uint32 callbackGas; uint256 nonce; address[] provers; }",
  "Request request",
]);

// An address whose capitals aren't its checksum is refused.
const CHECKSUMMED = { checksumAddress: true };

/** `abi.encode(request)`, as the event `Requested` holds it. */
export const encodeRequest = (request: Request): Hex => encodeAbiParameters(requestParameters, [request], CHECKSUMMED);

/** Reads `abi.encode(request)`; throws where the bytes are none. Inverse of {@link encodeRequest}. */
export const decodeRequest = (bytes: Hex): Request =>
  decodeAbiParameters(requestParameters, bytes, { checksumAddress: true })[0];

/**
 * A request's name: keccak256(abi.encode("REQUEST_V1", chain, contract, keccak256(abi.encode(request)))).
 *
 * @param contract Address of `InferenceRequests`.
 */
export const requestId = (chainId: number, contract: Address, request: Request): Hex =>
  requestIdOf(chainId, contract, encodeRequest(request));

/** The name of a request that is given as `abi.encode(request)`. */
export function requestIdOf(chainId: number, contract: Address, encoded: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "bytes32" }],
      [tag("REQUEST_V1"), BigInt(chainId), contract, keccak256(encoded)],
      CHECKSUMMED,
    ),
  );
}

/** The context of a request's answer: u8 2 ‖ the low 31 bytes of its id. */
export const requestContext = (id: Hex): Hex => `${numberToHex(2, { size: 1 })}${id.slice(4)}`;

/** A request's `methods` from methods' numbers. */
export const methodBits = (methods: Iterable<number>): bigint =>
  [...new Set(methods)].reduce((bits, method) => bits | (1n << BigInt(method)), 0n);

/** The numbers of the methods that a request accepts. */
export function methodsIn(bits: bigint): number[] {
  const numbers = Array.from({ length: bits.toString(2).length }, (_, method) => method);
  return numbers.filter((method) => (bits >> BigInt(method)) & 1n);
}
