import { decode, encode } from "cborg";
import { InvalidDocumentError } from "./invalid.ts";

/** A COSE_Sign1 message (RFC 9052, section 4.2) that says it is signed by ES384. */
export interface Cose {
  payload: Uint8Array<ArrayBuffer>;
  /** r ‖ s, 48 bytes each. */
  signature: Uint8Array<ArrayBuffer>;
  /** The bytes that the signature is of: its Sig_structure. */
  signed: Uint8Array<ArrayBuffer>;
}

/** CBOR's tag 18, COSE_Sign1, in one byte. The Nitro Secure Module leaves it out. */
const TAG = 0xd2;
/** {1: -35}: the algorithm is ES384. */
const PROTECTED = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);
const SIGNATURE_BYTES = 96;

const strict = { strict: true, useMaps: true, rejectDuplicateMapKeys: true } as const;

/** CBOR that is encoded in the shortest way, with maps whose keys differ. Throws a sentence that names what was read. */
export function decodeCbor(what: string, bytes: Uint8Array): unknown {
  try {
    return decode(bytes, strict);
  } catch (error) {
    throw new InvalidDocumentError(`The ${what} is not CBOR that can be read: ${(error as Error).message}.`);
  }
}

/**
 * Opens a COSE_Sign1 message, with its tag or without; checks no signature. What the signature doesn't cover has one form
 * only, so that no byte of the message can be another.
 */
export function openCose(bytes: Uint8Array): Cose {
  const body = bytes[0] === TAG ? bytes.subarray(1) : bytes;
  const found = decodeCbor("document", body);
  if (!Array.isArray(found) || found.length !== 4)
    throw new InvalidDocumentError("The document is no COSE_Sign1 message, which is an array of four.");
  const [header, unprotected, payload, signature] = found as unknown[];
  if (!(header instanceof Uint8Array) || !isSame(header, PROTECTED))
    throw new InvalidDocumentError("The document's protected header isn't the one of ES384 alone, {1: -35}.");
  if (!(unprotected instanceof Map) || unprotected.size > 0)
    throw new InvalidDocumentError("The document's unprotected header isn't the empty map.");
  if (!(payload instanceof Uint8Array)) throw new InvalidDocumentError("The document's payload isn't a byte string.");
  if (!(signature instanceof Uint8Array) || signature.length !== SIGNATURE_BYTES)
    throw new InvalidDocumentError(`The document's signature isn't ${SIGNATURE_BYTES} bytes.`);
  if (!isSame(encode([PROTECTED, new Map(), payload, signature]), body))
    throw new InvalidDocumentError("The document isn't encoded in the one way that COSE_Sign1 has.");
  return {
    payload: Uint8Array.from(payload),
    signature: Uint8Array.from(signature),
    signed: Uint8Array.from(encode(["Signature1", PROTECTED, new Uint8Array(0), payload])),
  };
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
