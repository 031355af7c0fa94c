import { constants, createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex, hexToBytes, numberToHex, sha256, slice } from "viem";
import { bytes } from "../../vectors/bytes.ts";
import { rsaPublicKey, signPss } from "../../vectors/rsa.ts";

const { ethers, networkHelpers } = await network.create();

const E = 65_537n;
const MODULUS = slice(rsaPublicKey, 32);
const N = BigInt(MODULUS);
const message = bytes("message", 32);
const DIGEST = sha256(message);
const SALT = bytes("salt", 32);
const right = signPss(message, { salt: SALT });

/** A number as 256 bytes. */
const wide = (value: bigint): Hex => numberToHex(value, { size: 256 });

/** A key made by node:crypto, and what signs with it in any way. */
function makeKey(modulusLength: number, publicExponent = 65_537) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
  const { n } = publicKey.export({ format: "jwk" });
  return {
    modulus: bytesToHex(Buffer.from(n as string, "base64url")),
    exponent: BigInt(publicExponent),
    sign: (options: { hash?: string; saltLength?: number; padding?: number } = {}): Hex => {
      const { hash = "sha256", saltLength = 32, padding = constants.RSA_PKCS1_PSS_PADDING } = options;
      const pss = padding === constants.RSA_PKCS1_PSS_PADDING ? { saltLength } : {};
      return bytesToHex(sign(hash, message, { key: privateKey, padding, ...pss }));
    },
  };
}

describe("RsaPss", () => {
  async function fixture() {
    const harness = await ethers.deployContract("RsaPssHarness");
    const check = (
      signature: Hex,
      { digest = DIGEST, exponent = E, modulus = MODULUS as Hex } = {},
    ): Promise<boolean> => harness.isValid(digest, signature, exponent, modulus);
    return { harness, check };
  }

  it("takes what node:crypto signs with 32 bytes of salt, whatever the key", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    for (const exponent of [3, 17, 65_537, 2 ** 31 - 1]) {
      const key = makeKey(2048, exponent);
      for (let i = 0; i < 3; i++) expect(await check(key.sign(), key), `exponent ${exponent}`).to.equal(true);
    }
    expect(await check(right)).to.equal(true);
    expect(await check(signPss(message, { salt: new Uint8Array(32) }))).to.equal(true);
  });

  it("refuses another length of salt, also none and the longest", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    const key = makeKey(2048);
    for (const saltLength of [0, 1, 20, 31, 33, 64, 222])
      expect(await check(key.sign({ saltLength }), key), `${saltLength} bytes`).to.equal(false);
  });

  it("refuses another hash, of message, mask or both, and another padding", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    const key = makeKey(2048);
    for (const hash of ["sha1", "sha384", "sha512", "sha3-256"])
      expect(await check(key.sign({ hash }), key), hash).to.equal(false);
    expect(await check(key.sign({ padding: constants.RSA_PKCS1_PADDING }), key)).to.equal(false);
    expect(await check(signPss(message, { salt: SALT, hash: "sha3-256" }))).to.equal(false);
  });

  it("refuses another message, and the message in the place of its digest", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    expect(await check(right, { digest: sha256(bytes("another", 32)) })).to.equal(false);
    expect(await check(right, { digest: bytesToHex(message) })).to.equal(false);
    const twice = bytesToHex(createHash("sha256").update(hexToBytes(DIGEST)).digest());
    expect(await check(right, { digest: twice })).to.equal(false);
  });

  it("refuses a change of any byte of the encoded message", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    for (const at of [1, 31, 32, 100, 159, 160, 189, 190, 191, 192, 222, 223, 224, 254, 255]) {
      const spoiled = signPss(message, { salt: SALT, spoil: (em) => em.set([(em[at] as number) ^ 1], at) });
      expect(await check(spoiled), `byte ${at}`).to.equal(false);
    }
    const trailer = signPss(message, { salt: SALT, spoil: (em) => em.set([0xcc], 255) });
    expect(await check(trailer)).to.equal(false);
  });

  it("refuses padding that isn't zeros and a one, before it is masked", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    for (const [at, value] of [
      [0, 0x40],
      [1, 1],
      [31, 1],
      [32, 1],
      [64, 1],
      [96, 1],
      [128, 1],
      [160, 1],
      [189, 1],
      [189, 0x80],
      [190, 0],
      [190, 2],
      [190, 3],
      [190, 0x81],
    ] as const) {
      const spoiled = signPss(message, { salt: SALT, spoilBlock: (block) => block.set([value], at) });
      expect(await check(spoiled), `byte ${at} is ${value}`).to.equal(false);
    }
  });

  it("refuses an encoded message whose first bit is one", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    let tried = 0;
    // Only where it stays below the modulus is it a number that a signature can give.
    for (let i = 0; i < 64 && tried === 0; i++) {
      const salt = bytes(`salt ${i}`, 32);
      let isBelow = false;
      const spoiled = signPss(message, {
        salt,
        spoil(em) {
          (em[0] as number) |= 0x80;
          isBelow = BigInt(bytesToHex(em)) < N;
        },
      });
      if (!isBelow) continue;
      tried++;
      expect(await check(spoiled)).to.equal(false);
    }
    expect(tried).to.equal(1);
  });

  it("refuses a signature that isn't below the modulus, or isn't 256 bytes", async () => {
    const { check } = await networkHelpers.loadFixture(fixture);
    const s = BigInt(right);
    if (s + N < 2n ** 2048n) expect(await check(wide(s + N))).to.equal(false);
    for (const value of [0n, 1n, N - 1n, N, N + 1n, 2n ** 2048n - 1n])
      expect(await check(wide(value)), `s = ${value}`).to.equal(false);
    expect(await check(wide(N - s))).to.equal(false);
    for (const signature of [
      "0x",
      slice(right, 1),
      concat(["0x00", right]),
      concat([right, "0x00"]),
      slice(right, 0, 255),
    ] as Hex[])
      expect(await check(signature), `${signature.length} digits`).to.equal(false);
  });

  it("refuses a modulus of other lengths, shorter by its bits, or even", async () => {
    const { harness, check } = await networkHelpers.loadFixture(fixture);
    for (const bits of [1024, 2040, 2056, 3072]) {
      const key = makeKey(bits);
      expect(await check(key.sign({ saltLength: 32 }), key), `${bits} bits`).to.equal(false);
      expect(await harness.isKey(E, key.modulus)).to.equal(false);
    }
    const short = makeKey(2040);
    const padded = { exponent: E, modulus: concat(["0x00", short.modulus]) };
    expect(await check(concat(["0x00", short.sign()]), padded)).to.equal(false);
    expect(await harness.isKey(E, "0x")).to.equal(false);
    expect(await harness.isKey(E, wide(N + 1n))).to.equal(false);
    expect(await harness.isKey(E, MODULUS)).to.equal(true);
  });

  it("refuses an exponent that is even, zero or one", async () => {
    const { harness, check } = await networkHelpers.loadFixture(fixture);
    for (const exponent of [0n, 1n, 2n, 4n, E - 1n, E + 1n, 2n ** 256n - 2n]) {
      expect(await harness.isKey(exponent, MODULUS), `${exponent}`).to.equal(false);
      expect(await check(right, { exponent }), `${exponent}`).to.equal(false);
    }
    // With an exponent of one, the encoded message would be its own signature.
    const encoded = new Uint8Array(256);
    signPss(message, { salt: SALT, spoil: (em) => encoded.set(em) });
    expect(await check(bytesToHex(encoded), { exponent: 1n })).to.equal(false);
    expect(await harness.isKey(3n, MODULUS)).to.equal(true);
  });

  it("finds nothing valid where the gas doesn't suffice for the power", async () => {
    const { harness } = await networkHelpers.loadFixture(fixture);
    const args = [DIGEST, right, E, MODULUS] as const;
    const enough = await harness.isValid.estimateGas(...args);
    const outcomes = new Set<string>();
    for (let gas = enough - 45_000n; gas < enough + 2_000n; gas += 1_500n)
      outcomes.add(String(await harness.isValid(...args, { gasLimit: gas }).catch(() => "reverts")));
    expect(outcomes.has("true") && outcomes.size > 1).to.equal(true);
    expect([...outcomes].every((outcome) => ["true", "false", "reverts"].includes(outcome))).to.equal(true);
  });
});
