import { OctetString } from "@peculiar/asn1-schema";
import { Extension, KeyUsageFlags } from "@peculiar/asn1-x509";
import { encode } from "cborg";
import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, type Hex, sha256 } from "viem";
import {
  type CertificateOptions,
  type Certified,
  certifyChain,
  encodePayload,
  payloadOf,
  signDocument,
  simulatedPcrs,
} from "../../../../enclave-program/simulated.ts";
import { InvalidDocumentError } from "../../../../inference/methods/enclave/invalid.ts";
import { AWS_ROOT, verifyNitro } from "../../../../inference/methods/enclave/nitro.ts";
import { measurementOf } from "../../../../sdk/enclaves.ts";

const AT = new Date("2026-11-29T12:00:00.000Z");
const MINUTE = 60_000;
const fields = { at: AT, publicKey: new Uint8Array(65).fill(4), userData: new Uint8Array([1, 2]), nonce: null };

let chain: Certified[];
let document: Uint8Array;

const rootOf = ([root]: readonly Certified[]) => sha256((root as Certified).certificate);

/** A document by a chain, whose payload may be changed before it is signed. */
async function documentOf(by: readonly Certified[], change: (payload: Map<string, unknown>) => void = () => {}) {
  const payload = payloadOf(by, fields);
  change(payload);
  return signDocument(encodePayload(payload), by.at(-1) as Certified);
}

/** Why a document is refused; fails where it isn't. */
async function refusal(bytes: Uint8Array, root = rootOf(chain)): Promise<string> {
  const found = await verifyNitro(bytes, root).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(found, "it was taken").to.be.instanceOf(InvalidDocumentError);
  return (found as InvalidDocumentError).message;
}

/** Why a document is refused whose chain differs in one certificate, counted from 0. */
async function refusedChain(position: number, change: Partial<CertificateOptions>): Promise<string> {
  const changed = await certifyChain(AT, { [position]: change });
  return refusal(await documentOf(changed), rootOf(changed));
}

/** Why a document is refused with another field. */
const refusedField = async (name: string, value: unknown): Promise<string> =>
  refusal(await documentOf(chain, (payload) => payload.set(name, value)));

describe("verifyNitro", () => {
  before(async () => {
    chain = await certifyChain(AT);
    document = await documentOf(chain);
  });

  it("reads a document by its own root, with its tag or without", async () => {
    const pcrs = simulatedPcrs();
    const image = [0, 1, 2].map((i) => bytesToHex(pcrs.get(i) as Uint8Array)) as [Hex, Hex, Hex];
    for (const bytes of [document, Uint8Array.of(0xd2, ...document)])
      expect(await verifyNitro(bytes, rootOf(chain))).to.deep.equal({
        ...{ root: rootOf(chain), moduleId: "i-SIMULATED-enc0000000000000000", timestamp: AT.getTime(), pcrs },
        ...{ measurement: measurementOf(image), isDebug: false },
        ...{ publicKey: fields.publicKey, userData: fields.userData, nonce: undefined },
      });
    expect((await verifyNitro(document, undefined)).root).to.equal(rootOf(chain));
  });

  it("refuses a root other than the trusted one, by default AWS's", async () => {
    expect(await refusal(document, AWS_ROOT)).to.equal(
      `Its root certificate has the SHA-256 ${rootOf(chain)}; the one that is trusted has ${AWS_ROOT}.`,
    );
  });

  it("flags debug mode, and reads a payload of indefinite length as newer modules write it", async () => {
    const zero = new Map(Array.from({ length: 16 }, (_, i) => [i, new Uint8Array(48)]));
    expect((await verifyNitro(await documentOf(chain, (p) => p.set("pcrs", zero)), undefined)).isDebug).to.equal(true);

    const definite = encodePayload(payloadOf(chain, fields));
    const indefinite = Uint8Array.of(0xbf, ...definite.subarray(1), 0xff);
    const found = await verifyNitro(await signDocument(indefinite, chain.at(-1) as Certified), undefined);
    expect(found.timestamp).to.equal(AT.getTime());
  });

  it("refuses a change of any bit", async () => {
    // What no signature covers: heads, headers, and the signature itself, of which one bit a byte is enough.
    const heads = [...Array(11).keys(), document.length - 98, document.length - 97];
    for (const byte of heads) for (let bit = 0; bit < 8; bit++) await refusal(flipped(8 * byte + bit));
    for (let byte = document.length - 96; byte < document.length; byte++) await refusal(flipped(8 * byte + (byte % 8)));
    await fc.assert(
      fc.asyncProperty(fc.nat(8 * document.length - 1), async (bit) => {
        await refusal(flipped(bit));
      }),
      { numRuns: 150 },
    );
  });

  function flipped(bit: number): Uint8Array {
    const bytes = Uint8Array.from(document);
    (bytes[bit >> 3] as number) ^= 1 << (bit & 7);
    return bytes;
  }

  it("refuses what is cut off, added, doubled or empty", async () => {
    for (const bytes of [
      ...[new Uint8Array(0), Uint8Array.of(0xd2), document.subarray(0, -1), document.subarray(1)],
      ...[
        Uint8Array.of(...document, 0),
        Uint8Array.of(...document, ...document),
        Uint8Array.of(0xd2, 0xd2, ...document),
      ],
    ])
      await refusal(bytes);
  });

  it("refuses other encodings of the same message", async () => {
    const headless = document.subarray(1);
    // An array with a longer head, of indefinite length; an unprotected header with something in it.
    await refusal(Uint8Array.of(0x98, 0x04, ...headless));
    await refusal(Uint8Array.of(0x9f, ...headless, 0xff));
    expect(document[6]).to.equal(0xa0);
    await refusal(Uint8Array.of(...document.subarray(0, 6), 0xa1, 0x04, 0x40, ...document.subarray(7)));
    await refusal(Uint8Array.of(...document.subarray(0, 6), 0xb8, 0x00, ...document.subarray(7)));
    // The protected header in a longer head, empty, or of ES256.
    await refusal(Uint8Array.of(0x84, 0x58, 0x04, ...document.subarray(2)));
    await refusal(Uint8Array.of(0x84, 0x40, ...document.subarray(6)));
    await refusal(Uint8Array.of(0x84, 0x43, 0xa1, 0x01, 0x26, ...document.subarray(6)));
    await refusal(encode([1, 2, 3]));
    await refusal(encode("text"));
  });

  it("refuses a signature by another key, or of another payload", async () => {
    const other = await certifyChain(AT);
    const payload = encodePayload(payloadOf(chain, fields));
    expect(await refusal(await signDocument(payload, other.at(-1) as Certified))).to.equal(
      "Its signature isn't by the key of its last certificate.",
    );
    const mine = document.slice(-96);
    const another = await documentOf(chain, (p) => p.set("nonce", new Uint8Array([9])));
    another.set(mine, another.length - 96);
    await refusal(another);
  });

  it("asks every certificate to be valid at the document's own time", async () => {
    for (const position of [0, 1, 3, 4]) {
      const early = { notBefore: new Date(AT.getTime() + MINUTE) };
      const late = { notAfter: new Date(AT.getTime() - MINUTE) };
      for (const change of [early, late])
        expect(await refusedChain(position, change)).to.match(
          new RegExp(`^Certificate ${position + 1} of its 5 is valid from .* not at the document's time\\.$`),
        );
    }
    const edge = await certifyChain(AT, { 4: { notBefore: AT, notAfter: AT } });
    await verifyNitro(await documentOf(edge), undefined);
  });

  it("asks authorities to be ones, and the last to be none", async () => {
    for (const position of [0, 1, 2, 3])
      expect(await refusedChain(position, { ca: undefined })).to.equal(
        `Certificate ${position + 1} of its 5 issues the next, but isn't an authority's.`,
      );
    expect(await refusedChain(4, { ca: {}, usages: KeyUsageFlags.digitalSignature })).to.equal(
      "Certificate 5 of its 5 signs the document, but may issue certificates.",
    );
  });

  it("asks for the uses of keys", async () => {
    for (const usages of [0, KeyUsageFlags.digitalSignature, KeyUsageFlags.cRLSign])
      expect(await refusedChain(2, { usages })).to.equal(
        "Certificate 3 of its 5 issues the next, but its key may not sign certificates.",
      );
    for (const usages of [0, KeyUsageFlags.keyCertSign, KeyUsageFlags.keyAgreement])
      expect(await refusedChain(4, { usages })).to.equal("Certificate 5 of its 5 may not sign documents.");
  });

  it("counts the authorities that a path may have", async () => {
    for (const [position, pathLength] of [
      [0, 2],
      [1, 1],
      [2, 0],
    ] as const)
      expect(await refusedChain(position, { ca: { pathLength } })).to.equal(
        `Certificate ${position + 1} of its 5 allows ${pathLength} authorities below it, and has ${pathLength + 1}.`,
      );
    const open = await certifyChain(AT, { 1: { ca: {} }, 2: { ca: {} }, 3: { ca: {} } });
    await verifyNitro(await documentOf(open), undefined);
  });

  it("asks each to be issued, in name and signature, by the one before it", async () => {
    expect(await refusedChain(2, { issuerName: "somebody else" })).to.equal(
      "Certificate 3 of its 5 isn't issued by the one before it.",
    );
    const other = await certifyChain(AT);
    const mixed = [...chain.slice(0, 2), ...other.slice(2)];
    expect(await refusal(await documentOf(mixed))).to.equal(
      "Certificate 3 of its 5 isn't signed by the one before it.",
    );
    const swapped = [chain[0], chain[2], chain[1], ...chain.slice(3)] as Certified[];
    expect(await refusal(await documentOf(swapped))).to.match(/^Certificate 2 of its 5 /);
    const short = [chain[0], ...chain.slice(2)] as Certified[];
    expect(await refusal(await documentOf(short))).to.equal(
      "Certificate 2 of its 4 isn't issued by the one before it.",
    );
  });

  it("refuses another curve, another algorithm, and an extension that must be understood", async () => {
    expect(await refusedChain(1, { curve: "P-256" })).to.equal(
      "Certificate 2 of its chain can't be read as one with a key on P-384.",
    );
    expect(await refusedChain(3, { algorithm: "1.2.840.10045.4.3.2" })).to.equal(
      "Certificate 4 of its 5 isn't signed by ECDSA with SHA-384.",
    );
    const odd = (critical: boolean) =>
      new Extension({ extnID: "2.5.29.30", critical, extnValue: new OctetString(Uint8Array.of(0x30, 0x00)) });
    expect(await refusedChain(2, { extensions: [odd(true)] })).to.equal(
      "Certificate 3 of its 5 has the critical extension 2.5.29.30, which isn't known here.",
    );
    expect(await refusedChain(2, { extensions: [odd(false), odd(false)] })).to.equal(
      "Certificate 3 of its 5 has the extension 2.5.29.30 twice.",
    );
    const taken = await certifyChain(AT, { 2: { extensions: [odd(false)] } });
    await verifyNitro(await documentOf(taken), undefined);
  });

  it("refuses chains that are too short or too long, and what is no certificate", async () => {
    expect(await refusedField("cabundle", [])).to.contain("cabundle isn't a list");
    const many = [...Array(10).fill(chain[0]), chain[4]] as Certified[];
    expect(await refusal(await documentOf(many))).to.equal("Its chain has 11 certificates; 2 to 10 are taken.");
    const root = (chain[0] as Certified).certificate;
    expect(await refusedField("cabundle", [root, new Uint8Array(100)])).to.contain("Certificate 2 of its chain");
    expect(await refusedField("cabundle", [root, "text"])).to.contain("certificate isn't 1 to 1024 bytes");
    expect(await refusedField("certificate", null)).to.contain("certificate isn't 1 to 1024 bytes");
  });

  for (const [name, value, why] of [
    ["module_id", "", 'module_id is ""; it must be a text'],
    ["module_id", 7, "module_id is 7"],
    ["digest", "SHA256", 'digest is "SHA256"; it must be "SHA384"'],
    ["timestamp", 0, "timestamp is 0; it must be milliseconds"],
    ["timestamp", 2n ** 63n, "timestamp is 9223372036854775808"],
    ["timestamp", "now", 'timestamp is "now"'],
    ["pcrs", new Map(), "pcrs aren't a map of 1 to 32"],
    ["pcrs", new Map([[0, new Uint8Array(48)]]), "has no PCR1"],
    ["pcrs", new Map([[0, new Uint8Array(47)]]), "PCR0 isn't 48 bytes"],
    ["pcrs", new Map([[32, new Uint8Array(48)]]), "has a register 32"],
    ["pcrs", new Map([["0", new Uint8Array(48)]]), 'has a register "0"'],
    ["public_key", new Uint8Array(1025), "public_key isn't 0 to 1024 bytes"],
    ["user_data", "text", "user_data isn't 0 to 1024 bytes"],
    ["nonce", 7, "nonce isn't 0 to 1024 bytes"],
    ["extra", 7, 'has a field "extra"'],
  ] as const)
    it(`refuses a document that ${why}`, async () => {
      expect(await refusedField(name, value)).to.contain(why);
    });

  it("refuses a payload that is no map, has a key twice, or is encoded longer than need be", async () => {
    const last = chain.at(-1) as Certified;
    const good = encodePayload(payloadOf(chain, fields));
    expect(await refusal(await signDocument(encode([1]), last))).to.equal("The document's payload isn't a map.");
    for (const payload of [
      Uint8Array.of(0xaa, ...good.subarray(1), ...encode("nonce"), 0xf6),
      Uint8Array.of(...good, 0),
      Uint8Array.of(0xb8, 0x09, ...good.subarray(1)),
      good.subarray(0, -1),
    ])
      expect(await refusal(await signDocument(payload, last))).to.contain("payload is not CBOR that can be read");
  });
});
