import { ECDSASigValue, id_ecdsaWithSHA384 } from "@peculiar/asn1-ecc";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { encode } from "cborg";

// A SIMULATED Nitro Secure Module, for tests and trials outside an enclave: its root certificate is its own, so that whoever
// trusts AWS's refuses its documents. It proves nothing.

const ES384 = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" } as const;
const COMMON_NAME = "2.5.4.3";
const HOUR = 3_600_000;

/** What a certificate says, and what may be wrong with it in a test. */
export interface CertificateOptions {
  /** Its subject's common name. */
  name: string;
  /** Undefined for an end entity. */
  ca?: { pathLength?: number | undefined } | undefined;
  usages?: number;
  notBefore?: Date;
  notAfter?: Date;
  /** Who it says has issued it; defaults to whoever signs it. */
  issuerName?: string;
  /** Besides basic constraints and key usage. */
  extensions?: readonly Extension[];
  curve?: "P-256" | "P-384";
  algorithm?: string;
}

/** A certificate with its private key. */
export interface Certified {
  name: string;
  certificate: Uint8Array;
  keys: CryptoKeyPair;
}

/** Makes a certificate issued by another, or by itself. */
async function certify(at: Date, options: CertificateOptions, issuer?: Certified): Promise<Certified> {
  const { name, ca, curve = "P-384", extensions = [], algorithm = id_ecdsaWithSHA384 } = options;
  const { notBefore = new Date(at.getTime() - HOUR), notAfter = new Date(at.getTime() + 2 * HOUR) } = options;
  const { usages = ca ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature } = options;
  const parameters = { ...ES384, namedCurve: curve };
  const keys = (await crypto.subtle.generateKey(parameters, true, ["sign", "verify"])) as CryptoKeyPair;
  const signer = issuer ?? { name, keys };
  const signed = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.of(1).buffer,
    signature: new AlgorithmIdentifier({ algorithm }),
    issuer: nameOf(options.issuerName ?? signer.name),
    validity: new Validity({ notBefore, notAfter }),
    subject: nameOf(name),
    subjectPublicKeyInfo: AsnConvert.parse(await crypto.subtle.exportKey("spki", keys.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([
      extensionOf(
        id_ce_basicConstraints,
        new BasicConstraints({
          cA: ca !== undefined,
          ...(ca?.pathLength !== undefined && { pathLenConstraint: ca.pathLength }),
        }),
      ),
      ...(usages === 0 ? [] : [extensionOf(id_ce_keyUsage, new KeyUsage(usages))]),
      ...extensions,
    ]),
  });
  const bytes = AsnConvert.serialize(signed);
  const joined = new Uint8Array(await crypto.subtle.sign(ES384, signer.keys.privateKey, bytes));
  const half = joined.length / 2;
  const certificate = new Certificate({
    tbsCertificate: signed,
    tbsCertificateRaw: bytes,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm }),
    signatureValue: AsnConvert.serialize(
      new ECDSASigValue({ r: positive(joined.subarray(0, half)), s: positive(joined.subarray(half)) }),
    ),
  });
  return { name, keys, certificate: new Uint8Array(AsnConvert.serialize(certificate)) };
}

const nameOf = (text: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: text }) }),
    ]),
  ]);

/** An extension that must be understood. */
const extensionOf = (extnID: string, value: object, critical = true): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** A number's bytes as a positive ASN.1 integer's. */
function positive(bytes: Uint8Array): ArrayBuffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(from);
  return Uint8Array.from((digits[0] as number) >= 0x80 ? [0, ...digits] : digits).buffer;
}

/** A chain as AWS's: a root, a region, a zone, an instance, and the enclave's own certificate, which is last. */
export async function certifyChain(
  at: Date,
  changes: Readonly<Record<number, Partial<CertificateOptions>>> = {},
): Promise<Certified[]> {
  const options: CertificateOptions[] = [
    { name: "SIMULATED root", ca: {} },
    { name: "SIMULATED region", ca: { pathLength: 2 } },
    { name: "SIMULATED zone", ca: { pathLength: 1 } },
    { name: "SIMULATED instance", ca: { pathLength: 0 } },
    { name: "SIMULATED enclave" },
  ];
  const chain: Certified[] = [];
  for (const [i, each] of options.entries()) chain.push(await certify(at, { ...each, ...changes[i] }, chain.at(-1)));
  return chain;
}

/** What a document says; what isn't given is as the module has it. */
export interface DocumentFields {
  at: Date;
  pcrs?: ReadonlyMap<number, Uint8Array>;
  publicKey?: Uint8Array | null;
  userData?: Uint8Array | null;
  nonce?: Uint8Array | null;
}

/** The registers of the simulated image, which is no image at all: bytes that say so. */
export const simulatedPcrs = (): Map<number, Uint8Array> => {
  const text = new TextEncoder().encode("SIMULATED image, which proves nothing of a program".slice(0, 48));
  return new Map(
    Array.from({ length: 16 }, (_, i): [number, Uint8Array] => [
      i,
      i < 3 ? text.map((byte, at) => (at === 47 ? i : byte)) : new Uint8Array(48),
    ]),
  );
};

/** A document's payload: fields in the order in which the Nitro Secure Module writes them. */
export const payloadOf = (chain: readonly Certified[], fields: DocumentFields): Map<string, unknown> =>
  new Map<string, unknown>([
    ["module_id", "i-SIMULATED-enc0000000000000000"],
    ["digest", "SHA384"],
    ["timestamp", fields.at.getTime()],
    ["pcrs", fields.pcrs ?? simulatedPcrs()],
    ["certificate", (chain.at(-1) as Certified).certificate],
    ["cabundle", chain.slice(0, -1).map(({ certificate }) => certificate)],
    ["public_key", fields.publicKey ?? null],
    ["user_data", fields.userData ?? null],
    ["nonce", fields.nonce ?? null],
  ]);

const PROTECTED = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);

/** Signs a payload as COSE_Sign1, untagged. */
export async function signDocument(payload: Uint8Array, { keys }: Certified): Promise<Uint8Array> {
  const signed = encode(["Signature1", PROTECTED, new Uint8Array(0), payload]);
  const signature = await crypto.subtle.sign(ES384, keys.privateKey, Uint8Array.from(signed));
  return encode([PROTECTED, new Map(), payload, new Uint8Array(signature)]);
}

/** Encodes a payload as it is, its fields in their order. */
export const encodePayload = (payload: unknown): Uint8Array => encode(payload, { mapSorter: undefined as never });

/** A document of the simulated module that names a public key, by a chain that is made for it. */
export async function simulateDocument(publicKey: Uint8Array, at = new Date()): Promise<Uint8Array> {
  const chain = await certifyChain(at);
  const payload = encodePayload(payloadOf(chain, { at, publicKey }));
  return signDocument(payload, chain.at(-1) as Certified);
}
