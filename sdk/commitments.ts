import { encode as encodeAbiParameters } from "ox/AbiParameters";
import { keccak256 } from "ox/Hash";
import { concat, fromNumber as numberToHex, fromString as stringToHex } from "ox/Hex";
import { getSignPayload as hashTypedData } from "ox/TypedData";
import type { Address, Hex } from "viem";

/** A tag as it is hashed everywhere: ASCII, left-aligned in 32 bytes. */
export const tag = (text: string): Hex => stringToHex(text, { size: 32 });

// An address whose capitals aren't its checksum is refused.
const CHECKSUMMED = { checksumAddress: true };

export const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;

/** What makes a runtime reproducible; see {@link runtimeId}. */
export interface Runtime {
  /** npm name and version, as in `onnxruntime-web@1.30.0`. */
  name: string;
  /** sha256 of the WebAssembly file. */
  wasmHash: Hex;
  threads: number;
  /** ONNX Runtime's GraphOptimizationLevel: 0 none, 1 basic, 2 extended, 99 all. */
  graphLevel: number;
  /** keccak256 of the rules that say which graphs run at all. */
  rules: Hex;
}

/**
 * Identity of a runtime: keccak256("RUNTIME_V2" ‖ u16 len ‖ name ‖ sha256(wasm) ‖ u8 threads ‖ u8 graphLevel ‖
 * keccak256(rules)).
 */
export function runtimeId(runtime: Runtime): Hex {
  const name = stringToHex(runtime.name);
  return keccak256(
    concat(
      tag("RUNTIME_V2"),
      numberToHex((name.length - 2) / 2, { size: 2 }),
      name,
      runtime.wasmHash,
      numberToHex(runtime.threads, { size: 1 }),
      numberToHex(runtime.graphLevel, { size: 1 }),
      runtime.rules,
    ),
  );
}

/** The parts that name a model; zero where one is missing. */
export interface ModelParts {
  /** sha256 of the ONNX file. */
  artifactHash: Hex;
  runtimeId: Hex;
  /** keccak256 of the layout bytes. */
  layoutHash: Hex;
  /** Ordered tree over the rows of an integer model. */
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
}

/** A model's name: keccak256(abi.encode("MODEL_V1", its parts in order)). */
export function modelId(parts: ModelParts): Hex {
  return keccak256(
    concat(
      tag("MODEL_V1"),
      parts.artifactHash,
      parts.runtimeId,
      parts.layoutHash,
      parts.weightsRoot,
      parts.verifyingKeyHash,
      parts.measurement,
    ),
  );
}

/** Hash of a tensor: keccak256(header ‖ data), data little-endian. */
export const tensorHash = (header: Uint8Array, data: Uint8Array): Hex => {
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return keccak256(bytes, { as: "Hex" });
};

/** What an attestation's `answer` hides. */
export interface Answer {
  outputHash: Hex;
  /** Zero unless the method asks for a trace. */
  traceHash: Hex;
  /** 32 random bytes that hide the output until it is revealed. */
  salt: Hex;
}

/** Hides an output: keccak256(abi.encode("ANSWER_V1", prover, outputHash, traceHash, salt)). */
export function answerHash(prover: Address, answer: Answer): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }, { type: "bytes32" }, { type: "bytes32" }],
      [tag("ANSWER_V1"), prover, answer.outputHash, answer.traceHash, answer.salt],
      CHECKSUMMED,
    ),
  );
}

/** A prover's attestation, as it is signed and named. */
export interface Attestation {
  prover: Address;
  method: number;
  modelId: Hex;
  inputHash: Hex;
  context: Hex;
  answer: Hex;
}

export const attestationTypes = {
  Attestation: [
    { name: "prover", type: "address" },
    { name: "method", type: "uint8" },
    { name: "modelId", type: "bytes32" },
    { name: "inputHash", type: "bytes32" },
    { name: "context", type: "bytes32" },
    { name: "answer", type: "bytes32" },
  ],
} as const;

/** The EIP-712 domain of a deployment. */
export const domain = (chainId: number, attestationRegistry: Address) =>
  ({ name: "Proofboard", version: "1", chainId, verifyingContract: attestationRegistry }) as const;

/** An attestation's name: its EIP-712 digest. */
export function attestationUid(chainId: number, attestationRegistry: Address, message: Attestation): Hex {
  return hashTypedData({
    domain: domain(chainId, attestationRegistry),
    types: attestationTypes,
    primaryType: "Attestation",
    message,
  });
}

/** A prover's attestation about consecutive units of one task. */
export interface Batch {
  prover: Address;
  method: number;
  modelId: Hex;
  /** The first unit's; unit i of the batch is context + i. */
  context: Hex;
  count: number;
  /** Ordered tree of the units' activations A_1 ‖ … ‖ A_L. */
  root: Hex;
}

export const batchTypes = {
  Batch: [
    { name: "prover", type: "address" },
    { name: "method", type: "uint8" },
    { name: "modelId", type: "bytes32" },
    { name: "context", type: "bytes32" },
    { name: "count", type: "uint32" },
    { name: "root", type: "bytes32" },
  ],
} as const;

/** A batch's name: its EIP-712 digest. */
export function batchId(chainId: number, attestationRegistry: Address, message: Batch): Hex {
  return hashTypedData({
    domain: domain(chainId, attestationRegistry),
    types: batchTypes,
    primaryType: "Batch",
    message,
  });
}

/** A panel member's hidden vote: keccak256(abi.encode(uid, round, member, outputHash, salt)). */
export function voteHash(uid: Hex, round: number, member: Address, outputHash: Hex, salt: Hex): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint8" }, { type: "address" }, { type: "bytes32" }, { type: "bytes32" }],
      [uid, round, member, outputHash, salt],
      CHECKSUMMED,
    ),
  );
}

/** Seed of a unit's input: keccak256(abi.encode(season seed, taskId, account, unit)). */
export function unitSeed(seasonSeed: Hex, taskId: bigint, account: Address, unit: bigint): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "uint256" }],
      [seasonSeed, taskId, account, unit],
      CHECKSUMMED,
    ),
  );
}

/** Which of a task's base inputs a unit works on. */
export const baseIndex = (seed: Hex, inputCount: number): number => Number(BigInt(seed) % BigInt(inputCount));

/**
 * A unit's input: x_i = clamp(base_i + (b_i mod (2a + 1)) - a, -128, 127), b the bytes of
 * keccak256(abi.encode(seed, j)) for j = 0, 1, …
 *
 * @param base int8 elements of the base input.
 * @param noise a, from 0 to 127; with 0 the input is the base input.
 */
export function assignedInput(seed: Hex, base: Int8Array, noise: number): Int8Array {
  if (!Number.isInteger(noise) || noise < 0 || noise > 127) throw new RangeError(`Noise ${noise} is not in 0..127.`);
  const input = new Int8Array(base.length);
  let random = new Uint8Array(0);
  for (const [i, b] of base.entries()) {
    if (i % 32 === 0)
      random = keccak256(concat(seed, numberToHex(i / 32, { size: 32 })), { as: "Bytes" }) as Uint8Array<ArrayBuffer>;
    input[i] = Math.max(-128, Math.min(127, b + ((random[i % 32] as number) % (2 * noise + 1)) - noise));
  }
  return input;
}

/** One point change of a season. */
export interface LedgerEntry {
  seasonId: bigint;
  account: Address;
  /** The uid or batch id that the points are for. */
  subject: Hex;
  reason: number;
  /** Points; negative where they are burned. */
  delta: bigint;
  seq: bigint;
}

/** Running hash of a season's ledger after one more entry; it starts from {@link ZERO_HASH}. */
export function ledgerHash(previous: Hex, entry: LedgerEntry): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "uint256" },
        { type: "address" },
        { type: "bytes32" },
        { type: "uint8" },
        { type: "int256" },
        { type: "uint64" },
      ],
      [previous, entry.seasonId, entry.account, entry.subject, entry.reason, entry.delta, entry.seq],
      CHECKSUMMED,
    ),
  );
}
