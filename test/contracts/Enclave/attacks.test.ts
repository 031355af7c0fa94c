import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex, hexToBytes, slice } from "viem";
import { keyName, receiptEvidence, receiptMessage, runMessage } from "../../../sdk/enclaves.ts";
import { rsaPublicKey, signPss } from "../../vectors/rsa.ts";
import { enclaveKey, enclaveProtocol, KEY, MEASUREMENT } from "../enclaves.ts";
import { addressOf, hash, opened } from "../fixtures.ts";
import { Status } from "../seasons.ts";
import { flippedForms, formsOf, mirroredForms } from "../signatures.ts";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;

describe("Enclave, attacks", () => {
  async function fixture() {
    const p = await enclaveProtocol(ethers, networkHelpers);
    await p.admit();
    await p.admit({ publicKey: rsaPublicKey });
    const run = p.runOf();
    const receipt = p.runOf({ modelId: p.ids.gateway });
    const now = await time.latest();
    return { ...p, run, signature: await p.signRun(run), receipt, receiptBytes: p.receiptOf(receipt, now), now };
  }
  type Fixture = Awaited<ReturnType<typeof fixture>>;

  /** Evidence reverts with an error, and the attestation stays free to be made. */
  async function refused(p: Fixture, run: Fixture["run"], evidence: Hex, error: string): Promise<void> {
    await expect(p.attest(run, evidence)).to.be.revertedWithCustomError(p.enclave, error);
    expect(await p.registry.statusOf(p.uidOf(run))).to.equal(Status.None);
  }

  it("refuses a signature that is truncated, padded, doubled, re-ordered or empty", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { signature } = p;
    const [r, s, v] = [slice(signature, 0, 32), slice(signature, 32, 64), slice(signature, 64)];
    for (const evidence of [
      ...["0x", slice(signature, 0, 64), slice(signature, 1), concat([signature, "0x00"]), concat(["0x00", signature])],
      ...[concat([signature, signature]), concat([v, r, s, "0x00"])],
    ] as Hex[])
      await refused(p, p.run, evidence, "MalformedEvidence");
    for (const evidence of [concat([s, r, v]), concat([r, s, "0x1d"]), `0x${"00".repeat(65)}` as Hex])
      await expect(p.attest(p.run, evidence)).to.be.revert(ethers);
    expect(await p.registry.statusOf(p.uidOf(p.run))).to.equal(Status.None);
  });

  it("refuses the mirrored and the flipped signature, and other forms of the right one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const mirrored of mirroredForms(p.signature)) await refused(p, p.run, mirrored as Hex, "MalformedEvidence");
    const forms = formsOf(p.signature);
    await refused(p, p.run, forms["v = 0 or 1"] as Hex, "MalformedEvidence");
    await refused(p, p.run, forms["64 bytes (ERC-2098)"] as Hex, "MalformedEvidence");
    await refused(p, p.run, flippedForms(p.signature)["v = 27 or 28"] as Hex, "KeyNotValid");
  });

  it("refuses a signature of another prover's, model's, input's, answer's or use's run", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const other of [
      p.runOf({ prover: addressOf(p.other) }),
      p.runOf({ modelId: p.ids.gateway }),
      p.runOf({ inputHash: hash("another input") }),
      p.runOf({}, { ...opened, outputHash: hash("another output") }),
      p.runOf({ context: `0x03${"cd".repeat(31)}` }),
      p.runOf({ method: 2 }),
    ])
      await refused(p, p.run, await p.signRun(other), "KeyNotValid");
  });

  it("refuses a signature for another chain, another contract or another registry, and of the uid itself", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { run, chainId, enclave, registry } = p;
    const uid = p.uidOf(run);
    const at = addressOf(enclave);
    for (const message of [
      runMessage(chainId + 1, at, uid),
      runMessage(chainId, addressOf(registry), uid),
      runMessage(chainId, at, hash("another uid")),
    ])
      await refused(p, run, await KEY.signTypedData(message), "KeyNotValid");
    await refused(p, run, await KEY.sign({ hash: uid }), "KeyNotValid");
    await refused(p, run, await KEY.signMessage({ message: { raw: uid } }), "KeyNotValid");
  });

  it("refuses a key that nobody admitted, and one of another measurement", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const stranger = enclaveKey("a stranger");
    await expect(p.attest(p.run, await p.signRun(p.run, stranger)))
      .to.be.revertedWithCustomError(p.enclave, "KeyNotValid")
      .withArgs(keyName(stranger.publicKey), MEASUREMENT);
    const elsewhere = p.runOf({ modelId: p.ids.other });
    await expect(p.attest(elsewhere, await p.signRun(elsewhere)))
      .to.be.revertedWithCustomError(p.enclave, "KeyNotValid")
      .withArgs(keyName(KEY.publicKey), hash("another measurement"));
  });

  it("refuses a revoked key, in the very block in which it is revoked", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.enclave.connect(p.registrars[0]).revoke(keyName(KEY.publicKey));
    await time.setNextBlockTimestamp((await time.latest()) + 1);
    await refused(p, p.run, p.signature, "KeyNotValid");
  });

  it("takes one signature once, and another one of the same run never", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.attest(p.run, p.signature);
    for (const evidence of [p.signature, mirroredForms(p.signature)[0] as Hex])
      await expect(p.attest(p.run, evidence))
        .to.be.revertedWithCustomError(p.registry, "AlreadyRecorded")
        .withArgs(p.uidOf(p.run));
  });

  it("refuses another account that sends the prover's evidence as its own", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { method, modelId, inputHash, context } = p.run;
    await expect(
      p.registry.connect(p.other).attest(method, modelId, inputHash, context, opened, p.signature),
    ).to.be.revertedWithCustomError(p.enclave, "KeyNotValid");
  });

  it("refuses a receipt that is truncated, padded or re-ordered", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { receipt, receiptBytes: all } = p;
    for (const evidence of [slice(all, 0, 607), slice(all, 1), concat([all, "0x00"]), concat([all, all])])
      await refused(p, receipt, evidence, "MalformedEvidence");
    const [runtimeId, timestamp, key, signature] = [
      ...[slice(all, 0, 32), slice(all, 32, 64), slice(all, 64, 352), slice(all, 352)],
    ] as [Hex, Hex, Hex, Hex];
    await expect(p.attest(receipt, concat([timestamp, runtimeId, key, signature]))).to.be.revert(ethers);
    await expect(p.attest(receipt, concat([runtimeId, timestamp, signature, key]))).to.be.revert(ethers);
    expect(await p.registry.statusOf(p.uidOf(receipt))).to.equal(Status.None);
  });

  it("refuses a receipt of another input, output or time, and a signature that is the modulus more", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { receipt, now } = p;
    const right = { inputHash: receipt.inputHash, outputHash: opened.outputHash, timestamp: BigInt(now) };
    const runtimeId = hash("runtime");
    const signed = (of: typeof right): Hex =>
      signPss(hexToBytes(receiptMessage(of)), { salt: hexToBytes(hash("salt")) });
    for (const other of [
      { ...right, inputHash: hash("another input") },
      { ...right, outputHash: hash("another output") },
      { ...right, timestamp: right.timestamp - 1n },
      { ...right, inputHash: right.outputHash, outputHash: right.inputHash },
    ])
      await refused(
        p,
        receipt,
        receiptEvidence(runtimeId, right.timestamp, rsaPublicKey, signed(other)),
        "InvalidReceipt",
      );
    const n = BigInt(slice(rsaPublicKey, 32));
    const more = BigInt(signed(right)) + n;
    if (more < 2n ** 2048n) {
      const signature: Hex = `0x${more.toString(16).padStart(512, "0")}`;
      await refused(p, receipt, receiptEvidence(runtimeId, right.timestamp, rsaPublicKey, signature), "InvalidReceipt");
    }
  });

  it("refuses a receipt of one key under another's name", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const all = p.receiptBytes;
    const other = concat([slice(all, 0, 95), "0x03", slice(all, 96)]);
    await refused(p, p.receipt, other, "KeyNotValid");
    const even = concat([slice(all, 0, 95), "0x02", slice(all, 96)]);
    await refused(p, p.receipt, even, "InvalidPublicKey");
  });

  it("never records with too little gas, wherever it runs out", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [run, evidence] of [
      [p.run, p.signature],
      [p.receipt, p.receiptBytes],
    ] as const) {
      const { method, modelId, inputHash, context } = run;
      const args = [method, modelId, inputHash, context, opened, evidence] as const;
      const sender = p.registry.connect(p.prover);
      const enough = await sender.attest.estimateGas(...args);
      for (let gas = enough / 2n; gas < enough - 500n; gas += (enough - gas) / 6n + 200n) {
        await expect(sender.attest(...args, { gasLimit: gas })).to.be.revert(ethers);
        expect(await p.registry.statusOf(p.uidOf(run)), `with ${gas} gas`).to.equal(Status.None);
      }
      await sender.attest(...args);
      expect(await p.registry.statusOf(p.uidOf(run))).to.equal(Status.Verified);
    }
  });

  it("refutes nobody: no evidence leads to a status other than Verified", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.attest(p.run, slice(p.signature, 0, 64))).to.be.revert(ethers);
    await p.attest(p.run, p.signature);
    await p.attest(p.receipt, p.receiptBytes);
    const events = await p.registry.queryFilter(p.registry.filters.StatusChanged());
    expect(events.map(({ args }) => args.status)).to.deep.equal([2n, 2n]);
  });
});
