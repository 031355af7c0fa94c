import { encode, from as parametersOf } from "ox/AbiParameters";
import { keccak256 } from "ox/Hash";
import type { Address, Hex } from "viem";
import { tag } from "./commitments.ts";

// The bytes of contracts/adapters: what a job's attestation is made for, and how an agent asks.

/** The inference that an ERC-8183 job asks for. */
export interface JobTerms {
  modelId: Hex;
  /** Hash of the input's tensor. */
  inputHash: Hex;
  /** The accepted methods, see {@link methodMask}. */
  methods: bigint;
}

const TERMS = /* @__PURE__ */ parametersOf("bytes32 modelId, bytes32 inputHash, uint256 methods");
const JOB = /* @__PURE__ */ parametersOf(
  "bytes32 tag, uint256 chainId, address evaluator, address escrow, uint256 jobId, bytes32 termsHash",
);
const REQUEST = /* @__PURE__ */ parametersOf(
  "bytes32 tag, uint256 chainId, address validator, address validations, uint256 agentId, bytes32 uid, uint256 nonce",
);

// An address whose capitals aren't its checksum is refused.
const CHECKSUMMED = { checksumAddress: true };

/** The methods that terms accept: bit m is set for method m. Throws a RangeError for none, and for one outside 1 to 255. */
export function methodMask(methods: readonly number[]): bigint {
  if (methods.length === 0) throw new RangeError("Terms must accept at least one method.");
  return methods.reduce((mask, method) => {
    if (!Number.isInteger(method) || method < 1 || method > 255)
      throw new RangeError(`${method} is no method's number: these go from 1 to 255.`);
    return mask | (1n << BigInt(method));
  }, 0n);
}

/** The context of attestations that decide a job: `contextOf` of `ERC8183Evaluator`. */
export function jobContext(
  chainId: number,
  { evaluator, escrow, jobId }: { evaluator: Address; escrow: Address; jobId: bigint },
  { modelId, inputHash, methods }: JobTerms,
): Hex {
  const termsHash = keccak256(encode(TERMS, [modelId, inputHash, methods]));
  const job = [tag("ERC8183_V1"), BigInt(chainId), evaluator, escrow, jobId, termsHash] as const;
  return `0x03${keccak256(encode(JOB, job, CHECKSUMMED)).slice(4)}`;
}

/** The hash under which an agent asks about an attestation or a batch: `requestHashOf` of `ERC8004Validator`. */
export function agentRequestHash(
  chainId: number,
  { validator, validations }: { validator: Address; validations: Address },
  { agentId, uid, nonce }: { agentId: bigint; uid: Hex; nonce: bigint },
): Hex {
  const request = [tag("ERC8004_V1"), BigInt(chainId), validator, validations, agentId, uid, nonce] as const;
  return keccak256(encode(REQUEST, request, CHECKSUMMED));
}
