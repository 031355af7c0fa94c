import { readFileSync } from "node:fs";
import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, hexToBytes, slice } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { receiptMessage, receiptName } from "../../../sdk/enclaves.ts";
import { rsaPublicKey } from "../../vectors/rsa.ts";
import { enclaveProtocol, MEASUREMENT, RSA_KEY } from "../enclaves.ts";
import { floatLayout, hash, opened } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const HOUR = 3600;

describe("Enclave, receipts", () => {
  async function fixture() {
    const p = await enclaveProtocol(ethers, networkHelpers);
    await p.admit({ publicKey: rsaPublicKey });
    const run = p.runOf({ modelId: p.ids.gateway });
    return { ...p, run, now: await time.latest() };
  }

  it("names receipts as the shared vectors do, whose signatures the library takes", async () => {
    const harness = await ethers.deployContract("RsaPssHarness");
    const file = new URL("../../vectors/enclave.json", import.meta.url);
    const { receipts } = JSON.parse(readFileSync(file, "utf8")) as {
      receipts: { inputHash: Hex; outputHash: Hex; timestamp: string; message: Hex; receipt: Hex; signature: Hex }[];
    };
    for (const { message, receipt, signature, timestamp, ...hashes } of receipts) {
      const named = { ...hashes, timestamp: BigInt(timestamp) };
      expect([receiptMessage(named), receiptName(RSA_KEY, named)]).to.deep.equal([message, receipt]);
      const packed = ethers.solidityPackedKeccak256(
        ["bytes32", "bytes32", "uint256"],
        [hashes.inputHash, hashes.outputHash, timestamp],
      );
      expect(packed).to.equal(message);
      const digest = ethers.sha256(hexToBytes(message));
      expect(await harness.isValid(digest, signature, 65_537n, slice(rsaPublicKey, 32))).to.equal(true);
    }
  });

  it("refuses units, requests and actions", async () => {
    const { enclave, runOf, ids, receiptOf, attest, now } = await networkHelpers.loadFixture(fixture);
    for (const kind of ["01", "02", "03"]) {
      const run = runOf({ modelId: ids.gateway, context: `0x${kind}${"ab".repeat(31)}` });
      await expect(attest(run, receiptOf(run, now)))
        .to.be.revertedWithCustomError(enclave, "ReceiptNotForUse")
        .withArgs(run.context);
    }
  });

  it("refuses a model with a file, and another runtime than the model's", async () => {
    const { enclave, run, runOf, ids, receiptOf, attest, now } = await networkHelpers.loadFixture(fixture);
    for (const modelId of [ids.model, ids.integer]) {
      const other = runOf({ modelId });
      await expect(attest(other, receiptOf(other, now)))
        .to.be.revertedWithCustomError(enclave, "ReceiptNotForModel")
        .withArgs(modelId);
    }
    const odd = receiptOf(run, now, { runtimeId: hash("another runtime") });
    await expect(attest(run, odd)).to.be.revertedWithCustomError(enclave, "ReceiptNotForModel");
  });

  it("refuses a time to come, and one more than an hour ago", async () => {
    const { enclave, run, runOf, ids, receiptOf, attest, now } = await networkHelpers.loadFixture(fixture);
    const at = now + 2 * HOUR;
    const refused = async (timestamp: number | bigint, block: number) => {
      await time.setNextBlockTimestamp(block);
      await expect(attest(run, receiptOf(run, timestamp)))
        .to.be.revertedWithCustomError(enclave, "ReceiptTooOld")
        .withArgs(timestamp);
    };
    await refused(at + 1, at);
    await refused(at, at + HOUR + 1);
    await refused(2n ** 256n - 1n, at + HOUR + 2);
    const [old, young] = [run, runOf({ modelId: ids.gateway, inputHash: hash("young") })];
    await time.setNextBlockTimestamp(at + HOUR + 10);
    await attest(old, receiptOf(old, at + 10));
    await time.setNextBlockTimestamp(at + HOUR + 11);
    await attest(young, receiptOf(young, at + HOUR + 11));
  });

  it("refuses a key that wasn't admitted for the model's measurement, has expired or was revoked", async () => {
    const { enclave, registrars, run, runOf, receiptOf, attest, publish } = await networkHelpers.loadFixture(fixture);
    const measurement = hash("another measurement");
    const modelId = await publish(floatLayout, { artifactHash: ZERO_HASH, measurement });
    const elsewhere = runOf({ modelId });
    await expect(attest(elsewhere, receiptOf(elsewhere, await time.latest())))
      .to.be.revertedWithCustomError(enclave, "KeyNotValid")
      .withArgs(RSA_KEY, measurement);

    await networkHelpers.mine();
    const snapshot = await networkHelpers.takeSnapshot();
    const { until } = await enclave.keyOf(RSA_KEY);
    await time.setNextBlockTimestamp(until);
    await expect(attest(run, receiptOf(run, until)))
      .to.be.revertedWithCustomError(enclave, "KeyNotValid")
      .withArgs(RSA_KEY, MEASUREMENT);
    await snapshot.restore();
    await enclave.connect(registrars[0]).revoke(RSA_KEY);
    await expect(attest(run, receiptOf(run, await time.latest())))
      .to.be.revertedWithCustomError(enclave, "KeyNotValid")
      .withArgs(RSA_KEY, MEASUREMENT);
  });

  it("takes a receipt of the very input and output, once", async () => {
    const { enclave, registry, run, runOf, ids, receiptOf, attest, uidOf, now } =
      await networkHelpers.loadFixture(fixture);
    const evidence = receiptOf(run, now);
    const receipt = receiptName(RSA_KEY, { ...run, outputHash: opened.outputHash, timestamp: BigInt(now) });

    const sent = attest(run, evidence);

    await expect(sent).to.emit(enclave, "ReceiptTaken").withArgs(uidOf(run), RSA_KEY, now, slice(evidence, 352));
    expect(await registry.statusOf(uidOf(run))).to.equal(Status.Verified);
    expect(await enclave.isReceiptUsed(receipt)).to.equal(true);

    // The same receipt with another salt of the answer, and with another salt of the signature.
    const salted = { ...opened, salt: hash("another salt") };
    const again = runOf({ modelId: ids.gateway }, salted);
    for (const salt of [hash("salt"), hash("another salt of the signature")])
      await expect(attest(again, receiptOf(again, now, { answer: salted, salt }), salted))
        .to.be.revertedWithCustomError(enclave, "ReceiptUsed")
        .withArgs(receipt);
  });

  it("takes one of the same input and output at another time", async () => {
    const { registry, run, runOf, ids, receiptOf, attest, uidOf, now } = await networkHelpers.loadFixture(fixture);
    await attest(run, receiptOf(run, now));
    const salted = { ...opened, salt: hash("another salt") };
    const again = runOf({ modelId: ids.gateway }, salted);
    await attest(again, receiptOf(again, now - 1, { answer: salted }), salted);
    expect(await registry.statusOf(uidOf(again))).to.equal(Status.Verified);
  });
});
