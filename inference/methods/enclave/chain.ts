import { ECDSASigValue, id_ecdsaWithSHA384 } from "@peculiar/asn1-ecc";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  BasicConstraints,
  Certificate,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  KeyUsage,
  KeyUsageFlags,
  type TBSCertificate,
} from "@peculiar/asn1-x509";
import { InvalidDocumentError } from "./invalid.ts";

/** ECDSA over P-384 with SHA-384: of the certificates, and of the document. */
const ES384 = { name: "ECDSA", hash: "SHA-384" } as const;
const P384 = { name: "ECDSA", namedCurve: "P-384" } as const;
/** Of r, and of s. */
const HALF_BYTES = 48;

/** More certificates than any chain of AWS has. */
const MOST_CERTIFICATES = 10;

/** Certificates that were read, the root's first; nothing of them is checked. */
export type Chain = readonly Opened[];

/** Reads certificates in DER, 2 to 10 of them. Throws an {@link InvalidDocumentError}. */
export async function openChain(chain: readonly Uint8Array[]): Promise<Chain> {
  if (chain.length < 2 || chain.length > MOST_CERTIFICATES)
    throw new InvalidDocumentError(`Its chain has ${chain.length} certificates; 2 to ${MOST_CERTIFICATES} are taken.`);
  return Promise.all(chain.map(open));
}

/**
 * Checks a chain of certificates as RFC 5280, section 6, has it: each is issued by the one before it, all but the last may
 * issue (CA, keyCertSign, path length), the last may only sign; all were valid at that time, and none has a critical
 * extension that is unknown here. Whether the root is to be trusted is the caller's to say, and revocation isn't looked at.
 * Throws an {@link InvalidDocumentError} that names the certificate.
 *
 * @param at When the certificates must have been valid.
 */
export async function checkChain(certificates: Chain, at: Date): Promise<void> {
  for (const [i, certificate] of certificates.entries()) {
    const below = certificates.length - 1 - i;
    const issuer = certificates[i - 1];
    const wrong =
      wrongTime(certificate, at) ??
      wrongUse(certificate, below) ??
      (issuer && (await wrongIssuer(certificate, issuer)));
    if (wrong !== undefined)
      throw new InvalidDocumentError(`Certificate ${i + 1} of its ${certificates.length} ${wrong}.`);
  }
}

/** Whether the last certificate's key made a signature r ‖ s of some bytes. */
export const isSignedByLast = (chain: Chain, signature: BufferSource, signed: BufferSource): Promise<boolean> =>
  isSigned((chain.at(-1) as Opened).key, signature, signed);

const isSigned = (key: CryptoKey, signature: BufferSource, signed: BufferSource): Promise<boolean> =>
  crypto.subtle.verify(ES384, key, signature, signed);

/** A certificate, and what is asked of it. */
interface Opened {
  fields: TBSCertificate;
  /** What its issuer signed. */
  signed: ArrayBuffer;
  algorithm: string;
  signature: ArrayBuffer;
  /** Undefined where there are no basic constraints that must be understood. */
  constraints: BasicConstraints | undefined;
  /** `KeyUsageFlags`; 0 where nothing is said of its use. */
  usages: number;
  key: CryptoKey;
}

async function open(der: Uint8Array, i: number): Promise<Opened> {
  try {
    const {
      tbsCertificate: fields,
      tbsCertificateRaw,
      signatureAlgorithm,
      signatureValue,
    } = AsnConvert.parse(Uint8Array.from(der), Certificate);
    const spki = AsnConvert.serialize(fields.subjectPublicKeyInfo);
    const key = await crypto.subtle.importKey("spki", spki, P384, false, ["verify"]);
    const extension = (id: string) => fields.extensions?.find(({ extnID }) => extnID === id);
    const [basic, usage] = [extension(id_ce_basicConstraints), extension(id_ce_keyUsage)];
    return {
      ...{ fields, key, signed: tbsCertificateRaw as ArrayBuffer, signature: signatureValue },
      algorithm: signatureAlgorithm.algorithm,
      constraints: basic?.critical ? AsnConvert.parse(basic.extnValue, BasicConstraints) : undefined,
      usages: usage ? AsnConvert.parse(usage.extnValue, KeyUsage).toNumber() : 0,
    };
  } catch {
    throw new InvalidDocumentError(`Certificate ${i + 1} of its chain can't be read as one with a key on P-384.`);
  }
}

function wrongTime({ fields: { validity } }: Opened, at: Date): string | undefined {
  const [from, until] = [validity.notBefore.getTime(), validity.notAfter.getTime()];
  if (at >= from && at <= until) return undefined;
  return `is valid from ${from.toISOString()} to ${until.toISOString()}, not at the document's time`;
}

/** @param below Number of certificates after it. */
function wrongUse({ fields, constraints, usages }: Opened, below: number): string | undefined {
  const extensions = fields.extensions ?? [];
  const ids = extensions.map(({ extnID }) => extnID);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) return `has the extension ${twice} twice`;
  const unknown = extensions.find(
    ({ critical, extnID }) => critical && extnID !== id_ce_basicConstraints && extnID !== id_ce_keyUsage,
  );
  if (unknown) return `has the critical extension ${unknown.extnID}, which isn't known here`;
  if (below === 0) {
    if (constraints?.cA) return "signs the document, but may issue certificates";
    return usages & KeyUsageFlags.digitalSignature ? undefined : "may not sign documents";
  }
  if (!constraints?.cA) return "issues the next, but isn't an authority's";
  if (!(usages & KeyUsageFlags.keyCertSign)) return "issues the next, but its key may not sign certificates";
  const { pathLenConstraint: most } = constraints;
  if (most !== undefined && most < below - 1) return `allows ${most} authorities below it, and has ${below - 1}`;
  return undefined;
}

async function wrongIssuer(certificate: Opened, issuer: Opened): Promise<string | undefined> {
  const { fields, algorithm, signature, signed } = certificate;
  const [named, subject] = [fields.issuer, issuer.fields.subject].map((name) => AsnConvert.serialize(name));
  if (!isEqual(named as ArrayBuffer, subject as ArrayBuffer)) return "isn't issued by the one before it";
  if (algorithm !== id_ecdsaWithSHA384 || fields.signature.algorithm !== algorithm)
    return "isn't signed by ECDSA with SHA-384";
  const joined = joinedOf(signature);
  const isRight = joined !== undefined && (await isSigned(issuer.key, joined, signed));
  return isRight ? undefined : "isn't signed by the one before it";
}

/** A signature in DER as r ‖ s; undefined where it is none. */
function joinedOf(der: ArrayBuffer): Uint8Array<ArrayBuffer> | undefined {
  const joined = new Uint8Array(2 * HALF_BYTES);
  try {
    const { r, s } = AsnConvert.parse(der, ECDSASigValue);
    for (const [i, half] of [r, s].entries()) {
      const digits = new Uint8Array(half);
      const from = digits.findIndex((byte) => byte !== 0);
      const significant = digits.subarray(from < 0 ? digits.length : from);
      joined.set(significant, (i + 1) * HALF_BYTES - significant.length);
    }
    return joined;
  } catch {
    return undefined;
  }
}

function isEqual(a: ArrayBuffer, b: ArrayBuffer): boolean {
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
