import { expect } from "chai";
import fc from "fast-check";
import { type Hex, keccak256, sha256, toHex } from "viem";
import { checkContent, cidOfKeccak256, cidOfSha256, MAX_CONTENT_BYTES, parseCid } from "../../sdk/content.ts";

const hash: fc.Arbitrary<Hex> = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));

describe("content addresses", () => {
  const cid = cidOfSha256(sha256("0x"));

  it("refuses to address what is no 32-byte hash", () => {
    expect(() => cidOfSha256("0x1234")).to.throw(RangeError, '"0x1234" is not a 32-byte hash.');
  });

  const malformed: [string, string][] = [
    ["nothing", ""],
    ["another multibase", `z${cid.slice(1)}`],
    ["capital letters", cid.toUpperCase()],
    ["a missing letter", cid.slice(0, -1)],
    ["a letter too many", `${cid}a`],
    ["a letter outside base32", `${cid.slice(0, -1)}1`],
    ["bits beyond the last byte", `${cid.slice(0, -1)}z`],
    ["a version 0 address", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"],
    // dag-pb instead of raw: the second byte, 0x70 for 0x55.
    ["another codec", cid.replace("bafk", "bafy")],
    // sha2-512's code in a 32-byte multihash.
    ["another hash function", cid.replace("bafkrei", "bafkrgi")],
  ];

  for (const [what, text] of malformed)
    it(`refuses an address with ${what}`, () => {
      expect(() => parseCid(text)).to.throw(
        RangeError,
        `"${text}" is not a base32 CIDv1 of raw bytes by sha2-256 or keccak-256.`,
      );
    });

  it("refuses content that its address doesn't name, and gives the hash that it has", () => {
    expect(() => checkContent(cid, Uint8Array.of(1))).to.throw(
      `Content ${cid} has sha2-256 ${sha256("0x01")}: it is not what its address names, ${sha256("0x")}.`,
    );
    const tensor = cidOfKeccak256(keccak256("0x"));
    expect(() => checkContent(tensor, Uint8Array.of(1))).to.throw(`has keccak-256 ${keccak256("0x01")}`);
  });

  it("refuses content beyond the bound without hashing it", () => {
    expect(() => checkContent(cid, new Uint8Array(MAX_CONTENT_BYTES + 1))).to.throw(
      RangeError,
      `Content ${cid} is ${MAX_CONTENT_BYTES + 1} bytes, more than ${MAX_CONTENT_BYTES}.`,
    );
  });

  it("addresses as IPFS does", () => {
    // `ipfs add --cid-version=1 --raw-leaves` of nothing and of "hello world".
    expect(cid).to.equal("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
    expect(cidOfSha256(sha256(toHex("hello world")))).to.equal(
      "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    );
  });

  it("reads back every address that it writes", () => {
    fc.assert(
      fc.property(hash, (digest) => {
        expect(parseCid(cidOfSha256(digest))).to.deep.equal({ hash: "sha2-256", digest });
        expect(parseCid(cidOfKeccak256(digest))).to.deep.equal({ hash: "keccak-256", digest });
        expect(cidOfSha256(digest)).to.match(/^bafkrei/);
      }),
    );
  });

  it("hands back content that its address names", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(checkContent(cidOfSha256(sha256(bytes)), bytes)).to.equal(bytes);
        expect(checkContent(cidOfKeccak256(keccak256(bytes)), bytes)).to.equal(bytes);
      }),
    );
  });
});
