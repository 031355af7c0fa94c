import { bytesToHex, concat, type Hex, numberToHex } from "viem";
import { keyName } from "../../../sdk/enclaves.ts";

/** A public key that the contract Enclave can admit. */
export interface AdmissibleKey {
  kind: "secp256k1" | "RSA-2048";
  /** As the contract takes it: 0x04 ‖ x ‖ y, or u256 exponent ‖ modulus. */
  publicKey: Hex;
  /** Its name there. */
  key: Hex;
}

const MODULUS_BYTES = 256;

/**
 * The key in a document's `public_key`: a secp256k1 point 0x04 ‖ x ‖ y, or an RSA-2048 key in DER (SubjectPublicKeyInfo);
 * undefined for anything else.
 */
export async function admissibleKey(bytes: Uint8Array | undefined): Promise<AdmissibleKey | undefined> {
  if (bytes === undefined) return undefined;
  const publicKey = bytes.length === 65 && bytes[0] === 4 ? bytesToHex(bytes) : await rsaKey(bytes);
  if (publicKey === undefined) return undefined;
  return { kind: bytes.length === 65 ? "secp256k1" : "RSA-2048", publicKey, key: keyName(publicKey) };
}

async function rsaKey(spki: Uint8Array): Promise<Hex | undefined> {
  try {
    const found = await crypto.subtle.importKey("spki", Uint8Array.from(spki), PSS, true, ["verify"]);
    const { e, n } = await crypto.subtle.exportKey("jwk", found);
    const [exponent, modulus] = [bytesOf(e as string), bytesOf(n as string)];
    if (modulus.length !== MODULUS_BYTES || exponent.length > 32) return undefined;
    return concat([numberToHex(BigInt(bytesToHex(exponent)), { size: 32 }), bytesToHex(modulus)]);
  } catch {
    return undefined;
  }
}

const PSS = { name: "RSA-PSS", hash: "SHA-256" } as const;

/** RSASSA-PSS with SHA-256 and 32 bytes of salt, as `RsaPss` of the contracts verifies it. */
export async function isSignedByRsa(publicKey: Hex, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  const [exponent, modulus] = [BigInt(publicKey.slice(0, 66)), publicKey.slice(66)];
  const key = await crypto.subtle.importKey(
    "jwk",
    { kty: "RSA", alg: "PS256", e: encoded(numberToHex(exponent)), n: encoded(`0x${modulus}`) },
    PSS,
    false,
    ["verify"],
  );
  return crypto.subtle.verify(
    { name: "RSA-PSS", saltLength: 32 },
    key,
    Uint8Array.from(signature),
    Uint8Array.from(message),
  );
}

/** base64url, as JSON Web Keys have it. */
function encoded(hex: Hex): string {
  const digits = hex.length % 2 === 0 ? hex.slice(2) : `0${hex.slice(2)}`;
  const text = digits.replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
