import { bytesToHex, concat, type Hex, numberToHex, sha256, size } from "viem";
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

/** Two multihashes of SHA-256, as the enclave proxy nitriding writes `user_data`: of its TLS certificate, and of the program's key. */
const NITRIDING = /^0x1220[0-9a-f]{64}1220([0-9a-f]{64})$/;

/**
 * Whether a document binds a public key, given as the contract takes it: it stands in `public_key`, or the SHA-256 of its DER
 * is the second hash that nitriding put into `user_data`, as for OpenGradient's gateways.
 */
export async function bindsKey(
  { publicKey: named, userData }: { publicKey: Uint8Array | undefined; userData: Uint8Array | undefined },
  publicKey: Hex,
): Promise<boolean> {
  if ((await admissibleKey(named))?.publicKey === publicKey) return true;
  const [, hashed] = NITRIDING.exec(userData ? bytesToHex(userData) : "") ?? [];
  return hashed !== undefined && size(publicKey) === RSA_BYTES && sha256(await spkiOf(publicKey)) === `0x${hashed}`;
}

const RSA_BYTES = 288;

const spkiOf = async (publicKey: Hex): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.exportKey("spki", await importRsa(publicKey)));

const PSS = { name: "RSA-PSS", hash: "SHA-256" } as const;

/** RSASSA-PSS with SHA-256 and 32 bytes of salt, as `RsaPss` of the contracts verifies it. */
export const isSignedByRsa = async (publicKey: Hex, signature: Uint8Array, message: Uint8Array): Promise<boolean> =>
  crypto.subtle.verify(
    { name: "RSA-PSS", saltLength: 32 },
    await importRsa(publicKey),
    Uint8Array.from(signature),
    Uint8Array.from(message),
  );

function importRsa(publicKey: Hex): Promise<CryptoKey> {
  const [exponent, modulus] = [BigInt(publicKey.slice(0, 66)), publicKey.slice(66)];
  return crypto.subtle.importKey(
    "jwk",
    { kty: "RSA", e: encoded(numberToHex(exponent)), n: encoded(`0x${modulus}`) },
    PSS,
    true,
    ["verify"],
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
