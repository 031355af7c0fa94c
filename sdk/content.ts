import { fromHex as hexToBytes } from "ox/Bytes";
import { keccak256, sha256 } from "ox/Hash";
import type { Hex } from "viem";

// Multiformats: CIDv1 (0x01), raw codec (0x55), then a multihash: sha2-256 (0x12) or keccak-256 (0x1b), length 32.
// https://github.com/multiformats/cid, https://github.com/multiformats/multicodec
const SHA2_256 = 0x12;
const KECCAK_256 = 0x1b;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The largest content that is stored or read, in bytes. */
export const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/** Bytes have another hash than they must have; the message names both. */
export class WrongHashError extends Error {
  override name = "WrongHashError";
  readonly expected: Hex;
  readonly found: Hex;

  constructor(message: string, expected: Hex, found: Hex) {
    super(message);
    this.expected = expected;
    this.found = found;
  }
}

/** CIDv1 (raw, sha2-256) of a file with this sha256: a model's address. */
export const cidOfSha256 = (hash: Hex): string => cid(SHA2_256, hash);

/** CIDv1 (raw, keccak-256) of bytes with this keccak256: a tensor's address, from its `tensorHash`. */
export const cidOfKeccak256 = (hash: Hex): string => cid(KECCAK_256, hash);

/**
 * Hash function and digest that a CID names. Throws unless it is a base32 CIDv1, raw, of a 32-byte sha2-256 or
 * keccak-256.
 */
export function parseCid(text: string): { hash: "sha2-256" | "keccak-256"; digest: Hex } {
  const bytes = fromBase32(text);
  const code = bytes?.[2];
  if (
    bytes?.length !== 36 ||
    bytes[0] !== 1 ||
    bytes[1] !== 0x55 ||
    bytes[3] !== 32 ||
    (code !== SHA2_256 && code !== KECCAK_256)
  )
    throw new RangeError(`"${text}" is not a base32 CIDv1 of raw bytes by sha2-256 or keccak-256.`);
  const digest: Hex = `0x${Array.from(bytes.subarray(4), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { hash: code === SHA2_256 ? "sha2-256" : "keccak-256", digest };
}

/** The CID that a uri of the form `ipfs://CID` names; undefined for any other. */
export function cidOfUri(uri: string | null | undefined): string | undefined {
  const cid = /^ipfs:\/\/([a-z2-7]+)$/.exec(uri ?? "")?.[1];
  try {
    if (cid !== undefined) parseCid(cid);
    return cid;
  } catch {
    return undefined;
  }
}

/** Returns `bytes` if they are what `text` names; throws otherwise, {@link WrongHashError} if they are something else. Every reader calls this on what it got. */
export function checkContent(text: string, bytes: Uint8Array): Uint8Array {
  const { hash, digest } = parseCid(text);
  if (bytes.length > MAX_CONTENT_BYTES)
    throw new RangeError(`Content ${text} is ${bytes.length} bytes, more than ${MAX_CONTENT_BYTES}.`);
  const found = hash === "sha2-256" ? sha256(bytes, { as: "Hex" }) : keccak256(bytes, { as: "Hex" });
  if (found !== digest)
    throw new WrongHashError(
      `Content ${text} has ${hash} ${found}: it is not what its address names, ${digest}.`,
      digest,
      found,
    );
  return bytes;
}

function cid(code: number, hash: Hex): string {
  const digest = hexToBytes(hash);
  if (digest.length !== 32) throw new RangeError(`"${hash}" is not a 32-byte hash.`);
  return `b${toBase32(new Uint8Array([1, 0x55, code, 32, ...digest]))}`;
}

// RFC 4648 base32, lower case, no padding.
function toBase32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(buffer >> (bits - 5)) & 31];
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(buffer << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Uint8Array | undefined {
  if (!/^b[a-z2-7]{58}$/.test(text)) return undefined;
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const letter of text.slice(1)) {
    buffer = (buffer << 5) | BASE32.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(buffer >> bits);
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 ? new Uint8Array(bytes) : undefined;
}
