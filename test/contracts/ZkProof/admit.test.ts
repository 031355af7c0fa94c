import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex, keccak256, stringToHex } from "viem";
import { decodeKey, encodeKey } from "../../../inference/methods/zkProof/key.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { hash, integerLayout } from "../fixtures.ts";
import {
  baseInput,
  changed,
  circuit,
  layout,
  provenRun,
  proving,
  publishStripes,
  stripes,
  zkPublished,
} from "../zk.ts";

const { ethers, networkHelpers } = await network.create();

describe("ZkProof, when a key is admitted", () => {
  const fixture = () => zkPublished(ethers);
  const expectedLength = circuit.key.length;

  it("refuses a model that nobody published", async () => {
    const { zk, models } = await networkHelpers.loadFixture(fixture);

    await expect(zk.admit(hash("nothing"), stripes.layout, circuit.key))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("nothing"));
  });

  it("refuses another layout than the model's", async () => {
    const { zk, fraud, modelId } = await networkHelpers.loadFixture(fixture);
    const other = encodeLayout({ ...layout, input: { ...layout.input, name: "other" } });

    await expect(zk.admit(modelId, other, circuit.key))
      .to.be.revertedWithCustomError(fraud, "WrongLayout")
      .withArgs(keccak256(other), keccak256(stripes.layout));
  });

  it("refuses another key than the model's, and any for a model without one", async () => {
    const { zk, modelId, integerModel } = await networkHelpers.loadFixture(fixture);
    const other = changed(circuit.key, 100);

    await expect(zk.admit(modelId, stripes.layout, other))
      .to.be.revertedWithCustomError(zk, "WrongKey")
      .withArgs(keccak256(other), keccak256(circuit.key));
    await expect(zk.admit(integerModel, encodeLayout(integerLayout), circuit.key))
      .to.be.revertedWithCustomError(zk, "WrongKey")
      .withArgs(keccak256(circuit.key), ZERO_HASH);
  });

  const key = proving.key;
  const malformed: Record<string, Uint8Array> = {
    "another tag": changed(circuit.key, 3),
    "a point less": circuit.key.slice(0, -64),
    "a point more": encodeKey({ ...key, ic: [...key.ic, [0n, 0n]] }),
    "a byte more": Uint8Array.from([...circuit.key, 0]),
    "nothing but a tag": circuit.key.slice(0, 32),
    "no bytes": new Uint8Array(0),
  };
  for (const [what, bytes] of Object.entries(malformed))
    it(`refuses a key with ${what}`, async () => {
      const { zk, models } = await networkHelpers.loadFixture(fixture);
      const modelId = await publishStripes({ models }, { key: bytes });
      const tag = bytesToHex(bytes.slice(0, 32)).padEnd(66, "0");

      await expect(zk.admit(modelId, stripes.layout, bytes))
        .to.be.revertedWithCustomError(zk, "MalformedKey")
        .withArgs(tag, bytes.length, expectedLength);
    });

  const points: Record<string, number> = {
    alpha: 96,
    beta: 160,
    delta: 288,
    IC_0: 416,
    "the last IC": expectedLength - 64,
  };
  for (const [what, at] of Object.entries(points))
    it(`refuses a key whose ${what} is off the curve`, async () => {
      const { zk, models } = await networkHelpers.loadFixture(fixture);
      const bytes = changed(circuit.key, at + 31);
      const modelId = await publishStripes({ models }, { key: bytes });

      await expect(zk.admit(modelId, stripes.layout, bytes)).to.be.revertedWithCustomError(zk, "InvalidKeyPoint");
    });

  it("refuses a key that with the model's headers doesn't fit an account's code", async () => {
    const { zk, models } = await networkHelpers.loadFixture(fixture);
    const long = encodeLayout({ ...layout, input: { ...layout.input, name: "n".repeat(24_000) } });
    const modelId = await publishStripes({ models }, { layout: long });
    const length = 5 + (long.length - 32 - 2 - 12 - 2 - 2) + expectedLength;

    await expect(zk.admit(modelId, long, circuit.key))
      .to.be.revertedWithCustomError(zk, "KeyTooLarge")
      .withArgs(length);
  });

  it("refuses a second time", async () => {
    const { zk, modelId } = await networkHelpers.loadFixture(fixture);
    await zk.admit(modelId, stripes.layout, circuit.key);

    await expect(zk.admit(modelId, stripes.layout, circuit.key))
      .to.be.revertedWithCustomError(zk, "KeyAlreadyAdmitted")
      .withArgs(modelId);
  });

  it("stores a test's key, by anyone", async () => {
    const { zk, modelId, other } = await networkHelpers.loadFixture(fixture);

    await expect(zk.connect(other).admit(modelId, stripes.layout, circuit.key))
      .to.emit(zk, "VerifyingKeyAdmitted")
      .withArgs(modelId, keccak256(circuit.key), true);
    expect(await zk.keyOf(modelId)).to.equal(bytesToHex(circuit.key));
  });

  it("stores a ceremony's key, under which attestations say that they are no test's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const bytes = encodeKey({ ...decodeKey(circuit.key), isTest: false });
    const modelId = await publishStripes(p, { key: bytes });

    await expect(p.zk.admit(modelId, stripes.layout, bytes))
      .to.emit(p.zk, "VerifyingKeyAdmitted")
      .withArgs(modelId, keccak256(bytes), false);
    const run = await provenRun({ ...p, modelId }, p.prover, baseInput(0));
    const { method, inputHash, context } = run.attestation;
    await expect(p.registry.connect(p.prover).attest(method, modelId, inputHash, context, run.answer, run.evidence))
      .to.emit(p.zk, "Proven")
      .withArgs(run.uid, false, run.evidence);
  });

  it("has no key of a model before", async () => {
    const { zk, modelId } = await networkHelpers.loadFixture(fixture);

    expect(await zk.keyOf(modelId)).to.equal("0x");
    expect(bytesToHex(circuit.key.slice(0, 15))).to.equal(stringToHex("GROTH16_TEST_V1") as Hex);
  });
});
