import { bytesToHex, type Hex, sha256 } from "viem";
import { measurementOf } from "../../../sdk/enclaves.ts";
import { decodeCbor, openCose } from "./cose.ts";
import { InvalidDocumentError } from "./invalid.ts";

/** SHA-256 of the certificate "aws.nitro-enclaves", G1, as AWS publishes it. */
export const AWS_ROOT: Hex = "0x641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b";

/** What an AWS Nitro attestation document says. */
export interface NitroDocument {
  /** SHA-256 of the root certificate that its chain ends at. */
  root: Hex;
  /** Which enclave it is, in AWS's words. */
  moduleId: string;
  /** When the document was made, in unix milliseconds. */
  timestamp: number;
  /** Platform configuration registers by number, 48 bytes each. */
  pcrs: ReadonlyMap<number, Uint8Array>;
  /** keccak256(PCR0 ‖ PCR1 ‖ PCR2): kernel, bootstrap and application of the image. */
  measurement: Hex;
  /** PCR0, PCR1 and PCR2 are all zero: it runs in debug mode, where the image isn't measured and its memory can be read. */
  isDebug: boolean;
  /** What the program in the enclave put into it. */
  publicKey: Uint8Array | undefined;
  userData: Uint8Array | undefined;
  nonce: Uint8Array | undefined;
}

/**
 * Verifies an attestation document of the Nitro Secure Module, as AWS describes it
 * (https://github.com/aws/aws-nitro-enclaves-nsm-api/blob/main/docs/attestation_process.md): COSE_Sign1 with ES384, a chain of
 * certificates to the root, valid at the document's own time, and every field's form. Throws an
 * {@link InvalidDocumentError}.
 *
 * @param trusted SHA-256 of the root certificate that is trusted; undefined for any, which then is the caller's to judge.
 */
export async function verifyNitro(bytes: Uint8Array, trusted: Hex | undefined): Promise<NitroDocument> {
  const { payload, signature, signed } = openCose(bytes);
  const { certificates, ...document } = read(payload);
  if (trusted !== undefined && document.root !== trusted)
    throw new InvalidDocumentError(
      `Its root certificate has the SHA-256 ${document.root}; the one that is trusted has ${trusted}.`,
    );
  // X.509 takes long to load.
  const { checkChain, isSignedByLast, openChain } = await import("./chain.ts");
  const chain = await openChain(certificates);
  if (!(await isSignedByLast(chain, signature, signed)))
    throw new InvalidDocumentError("Its signature isn't by the key of its last certificate.");
  await checkChain(chain, new Date(document.timestamp));
  return document;
}

const FIELDS = [
  ...["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"],
  ...["public_key", "user_data", "nonce"],
];
const PCR_BYTES = 48;
const MOST_PCRS = 32;
/** Of a certificate, and of each of the program's own fields, in bytes. */
const MOST_BYTES = 1024;

function read(payload: Uint8Array): NitroDocument & { certificates: Uint8Array[] } {
  const fields = decodeCbor("document's payload", payload);
  if (!(fields instanceof Map)) throw new InvalidDocumentError("The document's payload isn't a map.");
  const odd = [...fields.keys()].find((name) => !FIELDS.includes(name as string));
  if (odd !== undefined) throw new InvalidDocumentError(`The document has a field ${quote(odd)}, which it can't have.`);
  const moduleId = fields.get("module_id");
  if (typeof moduleId !== "string" || moduleId === "")
    throw new InvalidDocumentError(`The document's module_id is ${quote(moduleId)}; it must be a text.`);
  if (fields.get("digest") !== "SHA384")
    throw new InvalidDocumentError(`The document's digest is ${quote(fields.get("digest"))}; it must be "SHA384".`);
  const timestamp = fields.get("timestamp");
  if (typeof timestamp !== "number" || !Number.isSafeInteger(timestamp) || timestamp <= 0 || timestamp > LAST_TIME)
    throw new InvalidDocumentError(`The document's timestamp is ${quote(timestamp)}; it must be milliseconds.`);
  const bundle = fields.get("cabundle");
  if (!Array.isArray(bundle) || bundle.length === 0)
    throw new InvalidDocumentError("The document's cabundle isn't a list of certificates.");
  const certificates = [...(bundle as unknown[]), fields.get("certificate")].map((each) =>
    bytesOf("certificate", each, 1),
  );
  const pcrs = pcrsOf(fields.get("pcrs"));
  const image = [0, 1, 2].map((number) => pcrOf(pcrs, number)) as [Hex, Hex, Hex];
  return {
    ...{ root: sha256(certificates[0] as Uint8Array), certificates },
    ...{ moduleId, timestamp, pcrs, measurement: measurementOf(image) },
    isDebug: image.every((pcr) => /^0x0+$/.test(pcr)),
    publicKey: optional("public_key", fields),
    userData: optional("user_data", fields),
    nonce: optional("nonce", fields),
  };
}

/** The latest time that a date can have, in unix milliseconds. */
const LAST_TIME = 8.64e15;

function pcrsOf(value: unknown): ReadonlyMap<number, Uint8Array> {
  if (!(value instanceof Map) || value.size === 0 || value.size > MOST_PCRS)
    throw new InvalidDocumentError(`The document's pcrs aren't a map of 1 to ${MOST_PCRS} registers.`);
  for (const [number, pcr] of value) {
    if (!Number.isInteger(number) || number < 0 || number >= MOST_PCRS)
      throw new InvalidDocumentError(`The document has a register ${quote(number)}; they are 0 to ${MOST_PCRS - 1}.`);
    if (!(pcr instanceof Uint8Array) || pcr.length !== PCR_BYTES)
      throw new InvalidDocumentError(`The document's PCR${number} isn't ${PCR_BYTES} bytes.`);
  }
  return value as Map<number, Uint8Array>;
}

function pcrOf(pcrs: ReadonlyMap<number, Uint8Array>, number: number): Hex {
  const pcr = pcrs.get(number);
  if (pcr === undefined) throw new InvalidDocumentError(`The document has no PCR${number}, so its image isn't named.`);
  return bytesToHex(pcr);
}

/** One of the program's own fields, which may be left out or null. */
function optional(name: string, fields: ReadonlyMap<unknown, unknown>): Uint8Array | undefined {
  const value = fields.get(name);
  return value === undefined || value === null ? undefined : bytesOf(name, value, 0);
}

function bytesOf(name: string, value: unknown, least: number): Uint8Array {
  if (value instanceof Uint8Array && value.length >= least && value.length <= MOST_BYTES) return value;
  throw new InvalidDocumentError(`The document's ${name} isn't ${least} to ${MOST_BYTES} bytes.`);
}

const quote = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));
