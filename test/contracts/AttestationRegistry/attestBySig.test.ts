import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type Attestation, answerHash, attestationTypes, attestationUid } from "../../../sdk/commitments.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";
import { signingDomain } from "../fraud.ts";
import { MOCK, QUORUM, Status } from "../seasons.ts";
import { delegatedAccount, flippedForms, formsOf, mirroredForms, wrapped } from "../signatures.ts";

const { ethers, networkHelpers } = await network.create();

const types = { Attestation: [...attestationTypes.Attestation] };

describe("AttestationRegistry.attestBySig", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const attestation = attestationOf(p.prover, { modelId: p.integerModel });
    const wallet = await ethers.deployContract("MockWallet");
    const sign = (message: Attestation, domain = {}) =>
      p.prover.signTypedData({ ...signingDomain(p), ...domain }, types, message);
    const uid = attestationUid(31337, addressOf(p.registry), attestation);
    return { ...p, registry: p.registry.connect(p.other), attestation, uid, wallet, sign };
  }

  it("refuses another answer than the signed one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.attestation);
    for (const part of ["outputHash", "traceHash", "salt"] as const) {
      const other = { ...opened, [part]: hash("other") };

      await expect(p.registry.attestBySig(p.attestation, other, "0x", signature))
        .to.be.revertedWithCustomError(p.registry, "SignedOtherwise")
        .withArgs(answerHash(p.attestation.prover, other), p.attestation.answer);
    }
  });

  it("refuses a signature of any other field", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.attestation);
    for (const fields of [
      { method: MOCK },
      { modelId: p.floatModel },
      { inputHash: hash("other") },
      { context: `0x02${"11".repeat(31)}` as Hex },
    ]) {
      const other = { ...p.attestation, ...fields };

      await expect(p.registry.attestBySig(other, opened, "0x", signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(p.prover, await p.registry.uidOf(other));
    }
  });

  it("refuses a signature for another chain, contract or version", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const domain of [{ chainId: 1 }, { verifyingContract: addressOf(p.campaign) }, { version: "2" }])
      await expect(p.registry.attestBySig(p.attestation, opened, "0x", await p.sign(p.attestation, domain)))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(p.prover, p.uid);
  });

  it("refuses somebody else's signature, none, and one of another shape", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const own = await p.sign(p.attestation);
    const others = await p.other.signTypedData(signingDomain(p), types, p.attestation);
    for (const signature of [
      others,
      "0x",
      `0x${"00".repeat(64)}`,
      `0x${"00".repeat(65)}`,
      own.slice(0, -4),
      `${own}00`,
    ])
      await expect(p.registry.attestBySig(p.attestation, opened, "0x", signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(p.prover, p.uid);
  });

  it("refuses the mirrored signature, which anyone can compute", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const mirrored of mirroredForms(await p.sign(p.attestation)))
      await expect(p.registry.attestBySig(p.attestation, opened, "0x", mirrored))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(p.prover, p.uid);
  });

  it("refuses a signature of the other parity, and one whose v is none", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const own = await p.sign(p.attestation);
    const none = ["02", "1a", "1d", "ff"].map((v) => own.slice(0, -2) + v);
    for (const signature of [...Object.values(flippedForms(own)), ...none])
      await expect(p.registry.attestBySig(p.attestation, opened, "0x", signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(p.prover, p.uid);
  });

  it("refuses what a wallet signed that isn't deployed yet (ERC-6492), until it is", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [deployer] = await ethers.getSigners();
    const factory = await ethers.getContractFactory("MockWallet");
    const nonce = await ethers.provider.getTransactionCount(addressOf(p.other));
    const prover = ethers.getCreateAddress({ from: addressOf(p.other), nonce }) as Hex;
    const attestation = { ...p.attestation, prover, answer: answerHash(prover, opened) };
    const uid = await p.registry.uidOf(attestation);
    const relay = (signature: string) => p.registry.connect(deployer).attestBySig(attestation, opened, "0x", signature);
    for (const signature of ["0x1234", wrapped(ethers, addressOf(p.method), "0x12345678", "0x1234")])
      await expect(relay(signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(prover, uid);

    const wallet = await factory.connect(p.other).deploy();
    expect(addressOf(wallet)).to.equal(prover);
    await wallet.sign(uid, "0x1234");
    await relay("0x1234");

    expect((await p.registry.recordOf(uid)).prover).to.equal(prover);
  });

  it("refuses a replay, also of an attestation that the prover made itself", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.attestation);
    const relay = () => p.registry.attestBySig(p.attestation, opened, "0x", signature);
    const { modelId, inputHash, context } = p.attestation;
    const snapshot = await networkHelpers.takeSnapshot();
    await relay();
    await expect(relay()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.uid);

    await snapshot.restore();
    await p.registry.connect(p.prover).attest(0, modelId, inputHash, context, opened, "0x");

    await expect(relay()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.uid);
  });

  it("refuses an attestation revoked beforehand", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.attestation);
    await p.registry.connect(p.prover).revoke(p.attestation);

    await expect(p.registry.attestBySig(p.attestation, opened, "0x", signature))
      .to.be.revertedWithCustomError(p.registry, "AlreadyRecorded")
      .withArgs(p.uid);
  });

  it("refuses what attest refuses: unpublished models, bad contexts, unknown and closed methods", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const relay = async (fields: Partial<Attestation>) => {
      const attestation = { ...p.attestation, ...fields };
      return p.registry.attestBySig(attestation, opened, "0x", await p.sign(attestation));
    };

    await expect(relay({ modelId: hash("no model") }))
      .to.be.revertedWithCustomError(p.models, "UnknownModel")
      .withArgs(hash("no model"));
    await expect(relay({ context: hash("context") })).to.be.revertedWithCustomError(p.registry, "InvalidContext");
    await expect(relay({ method: 9 }))
      .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
      .withArgs(9);
    await expect(relay({ method: QUORUM })).to.be.revertedWithCustomError(p.quorum, "NotSupported");
  });

  it("refuses a wallet that didn't sign, or signed something else", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const prover = addressOf(p.wallet);
    const attestation = { ...p.attestation, prover, answer: answerHash(prover, opened) };
    await p.wallet.sign(p.uid, "0x1234");

    await expect(p.registry.attestBySig(attestation, opened, "0x", "0x1234"))
      .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
      .withArgs(prover, await p.registry.uidOf(attestation));
  });

  it("records what an account signed, on anyone's transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { prover, modelId, inputHash, context } = p.attestation;
    const relayed = p.registry.attestBySig(p.attestation, opened, "0x", await p.sign(p.attestation));

    await expect(relayed)
      .to.emit(p.registry, "Attested")
      .withArgs(p.uid, prover, modelId, inputHash, opened.outputHash, opened.traceHash, context, opened.salt, 0);
    const record = await p.registry.recordOf(p.uid);
    expect([record.prover, record.count, record.method, record.status, record.open]).to.deep.equal([
      prover,
      1n,
      0n,
      BigInt(Status.Pending),
      true,
    ]);
  });

  it("takes every form of an account's signature", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const snapshot = await networkHelpers.takeSnapshot();
    for (const [form, signature] of Object.entries(formsOf(await p.sign(p.attestation)))) {
      await p.registry.attestBySig(p.attestation, opened, "0x", signature);

      expect((await p.registry.recordOf(p.uid)).prover, form).to.equal(p.prover.address);
      await snapshot.restore();
    }
  });

  it("records what the key of an account with code signed (EIP-7702), and what its code says", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const account = await delegatedAccount(ethers, p.wallet);
    const prover = account.address as Hex;
    const attestation = { ...p.attestation, prover, answer: answerHash(prover, opened) };
    const uid = await p.registry.uidOf(attestation);
    const relay = (signature: string) => p.registry.attestBySig(attestation, opened, "0x", signature);
    for (const signature of ["0x1234", await p.sign(attestation)])
      await expect(relay(signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(prover, uid);

    const snapshot = await networkHelpers.takeSnapshot();
    const own = await account.signTypedData(signingDomain(p), types, attestation);
    for (const signature of Object.values(formsOf(own))) {
      await relay(signature);
      expect((await p.registry.recordOf(uid)).prover).to.equal(prover);
      await snapshot.restore();
    }

    await (await ethers.getContractAt("MockWallet", prover)).sign(uid, "0x1234");
    await relay("0x1234");
    expect((await p.registry.recordOf(uid)).prover).to.equal(prover);
  });

  it("records what a wallet signed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const prover = addressOf(p.wallet);
    const attestation = { ...p.attestation, prover, answer: answerHash(prover, opened) };
    const uid = await p.registry.uidOf(attestation);
    await p.wallet.sign(uid, "0x1234");

    await p.registry.attestBySig(attestation, opened, "0x", "0x1234");

    expect((await p.registry.recordOf(uid)).prover).to.equal(prover);
  });

  it("hands the attestation and the evidence to its method", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attestation = { ...p.attestation, method: MOCK };

    await expect(p.registry.attestBySig(attestation, opened, "0xabcd", await p.sign(attestation)))
      .to.emit(p.method, "AttestHook")
      .withArgs(await p.registry.uidOf(attestation), Object.values(attestation), Object.values(opened), "0xabcd");
  });
});
