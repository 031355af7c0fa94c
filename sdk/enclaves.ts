import { fromPublicKey as addressOfKey } from "ox/Address";
import { fromHex as hexToBytes } from "ox/Bytes";
import { keccak256 } from "ox/Hash";
import { concat, fromNumber as numberToHex, padLeft, size } from "ox/Hex";
import { from as publicKeyOf } from "ox/PublicKey";
import { getSignPayload as hashTypedData } from "ox/TypedData";
import type { Address, Hex } from "viem";

// What enclaves, their gateways and registrars sign: docs/methods/enclave.md.

const typed = {
  Run: [{ name: "uid", type: "bytes32" }],
  Admission: [
    { name: "publicKey", type: "bytes" },
    { name: "measurement", type: "bytes32" },
    { name: "expiresAt", type: "uint40" },
    { name: "documentHash", type: "bytes32" },
  ],
  Registrars: [
    { name: "registrars", type: "address[]" },
    { name: "threshold", type: "uint8" },
    { name: "nonce", type: "uint256" },
  ],
} as const;

/** The EIP-712 domain of everything that is signed for the contract `Enclave`. */
const enclaveDomain = (chainId: number, enclave: Address) =>
  ({ name: "Proofboard Enclave", version: "1", chainId, verifyingContract: enclave }) as const;

/** What an enclave signs for an attestation, to be given to `signTypedData`. */
export const runMessage = (chainId: number, enclave: Address, uid: Hex) =>
  ({
    domain: enclaveDomain(chainId, enclave),
    types: { Run: typed.Run },
    primaryType: "Run",
    message: { uid },
  }) as const;

/** The digest of {@link runMessage}. */
export const runDigest = (chainId: number, enclave: Address, uid: Hex): Hex =>
  hashTypedData(runMessage(chainId, enclave, uid));

/** A key that registrars vouch for. */
export interface Admission {
  /** 0x04 ‖ x ‖ y of a secp256k1 key; u256 exponent ‖ modulus of an RSA-2048 key. */
  publicKey: Hex;
  measurement: Hex;
  /** Until when it signs, unix seconds. */
  expiresAt: number;
  /** The Nitro attestation document. */
  document: Hex;
}

/** What registrars sign to admit a key, to be given to `signTypedData`. */
export const admissionMessage = (
  chainId: number,
  enclave: Address,
  { publicKey, measurement, expiresAt, document }: Admission,
) =>
  ({
    domain: enclaveDomain(chainId, enclave),
    types: { Admission: typed.Admission },
    primaryType: "Admission",
    message: { publicKey, measurement, expiresAt, documentHash: keccak256(document) },
  }) as const;

/** What registrars sign to be replaced, to be given to `signTypedData`; `nonce` counts the replacements before. */
export const registrarsMessage = (
  chainId: number,
  enclave: Address,
  message: { registrars: readonly Address[]; threshold: number; nonce: bigint },
) =>
  ({
    domain: enclaveDomain(chainId, enclave),
    types: { Registrars: typed.Registrars },
    primaryType: "Registrars",
    message,
  }) as const;

const SECP256K1_BYTES = 65;
const RSA_BYTES = 288;

/**
 * A key's name: a secp256k1 key's address in 32 bytes, the hash of an RSA key. Throws a RangeError for bytes of another
 * length.
 */
export function keyName(publicKey: Hex): Hex {
  const bytes = size(publicKey);
  if (bytes === SECP256K1_BYTES) return padLeft(addressOfKey(publicKeyOf(publicKey)), 32);
  if (bytes === RSA_BYTES) return keccak256(publicKey);
  throw new RangeError(`A public key of ${bytes} bytes is neither a secp256k1 point of 65 nor an RSA-2048 key of 288.`);
}

/** The measurement of an enclave's image: keccak256(PCR0 ‖ PCR1 ‖ PCR2). */
export const measurementOf = (pcrs: readonly [Hex, Hex, Hex]): Hex => keccak256(concat(...pcrs));

/** A receipt of OpenGradient's network: what its gateway says that it answered, and when, in unix seconds. */
export interface Receipt {
  inputHash: Hex;
  outputHash: Hex;
  timestamp: bigint;
}

/** What a gateway's RSA key signs: keccak256(inputHash ‖ outputHash ‖ u256 timestamp), to be hashed by SHA-256 again. */
export const receiptMessage = ({ inputHash, outputHash, timestamp }: Receipt): Hex =>
  keccak256(concat(inputHash, outputHash, numberToHex(timestamp, { size: 32 })));

/** A receipt's name, by which the contract takes it once: keccak256(key ‖ message). */
export const receiptName = (key: Hex, receipt: Receipt): Hex => keccak256(concat(key, receiptMessage(receipt)));

/**
 * A receipt as evidence: runtimeId of the model ‖ u256 timestamp ‖ public key ‖ signature. Throws a RangeError where key or
 * signature have another length than an RSA-2048 key's.
 */
export function receiptEvidence(runtimeId: Hex, timestamp: bigint, publicKey: Hex, signature: Hex): Hex {
  const [key, signed] = [hexToBytes(publicKey).length, hexToBytes(signature).length];
  if (key !== RSA_BYTES || signed !== 256)
    throw new RangeError(`A receipt has a key of 288 bytes and a signature of 256, not ${key} and ${signed}.`);
  return concat(runtimeId, numberToHex(timestamp, { size: 32 }), publicKey, signature);
}
