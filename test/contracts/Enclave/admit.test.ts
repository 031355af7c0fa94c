import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex, slice } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { keyName } from "../../../sdk/enclaves.ts";
import { rsaPublicKey } from "../../vectors/rsa.ts";
import { DAY, DOCUMENT, enclaveKey, enclaveProtocol, KEY, MEASUREMENT, RSA_KEY } from "../enclaves.ts";
import { hash } from "../fixtures.ts";
import { mirroredForms } from "../signatures.ts";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const key = keyName(KEY.publicKey);

describe("Enclave.admit", () => {
  const fixture = () => enclaveProtocol(ethers, networkHelpers);

  it("refuses bytes that are no key", async () => {
    const { enclave, admit } = await networkHelpers.loadFixture(fixture);
    const point = KEY.publicKey;
    const [exponent, modulus] = [slice(rsaPublicKey, 0, 32), slice(rsaPublicKey, 32)];
    const even = concat([slice(modulus, 0, 255), "0x02"]);
    const small = concat(["0x7f", slice(modulus, 1)]);
    const two = concat([slice(exponent, 0, 31), "0x02"]);
    for (const publicKey of [
      ...["0x", concat(["0x02", slice(point, 1)]), slice(point, 1), concat([point, "0x00"])],
      ...[modulus, concat([exponent, modulus, "0x00"]), concat([exponent, even]), concat([exponent, small])],
      ...[concat([two, modulus]), concat([ZERO_HASH, modulus])],
    ] as Hex[])
      await expect(admit({ publicKey }))
        .to.be.revertedWithCustomError(enclave, "InvalidPublicKey")
        .withArgs((publicKey.length - 2) / 2);
  });

  it("refuses no measurement, an expiry that has passed, and one too far ahead", async () => {
    const { enclave, admit } = await networkHelpers.loadFixture(fixture);
    await expect(admit({ measurement: ZERO_HASH }))
      .to.be.revertedWithCustomError(enclave, "NoMeasurement")
      .withArgs(key);
    const now = (await time.latest()) + 10;
    for (const [i, expiresAt] of [0, now, now + 90 * DAY + 3].entries()) {
      await time.setNextBlockTimestamp(now + i);
      await expect(admit({ expiresAt }))
        .to.be.revertedWithCustomError(enclave, "InvalidExpiry")
        .withArgs(expiresAt, now + i + 90 * DAY);
    }
  });

  it("refuses fewer approvals than must agree, also one registrar's twice", async () => {
    const { enclave, registrars, admissionOf, approve, argumentsOf } = await networkHelpers.loadFixture(fixture);
    const admission = await admissionOf();
    const [one, two] = await approve(admission);
    const send = (approvals: unknown[]) => enclave.admit(...argumentsOf(admission), approvals as never);

    for (const approvals of [[], [one]])
      await expect(send(approvals))
        .to.be.revertedWithCustomError(enclave, "TooFewApprovals")
        .withArgs(approvals.length, 2);
    for (const approvals of [
      [one, one],
      [two, one],
    ])
      await expect(send(approvals))
        .to.be.revertedWithCustomError(enclave, "ApprovalsOutOfOrder")
        .withArgs(registrars[0]?.address);
  });

  it("refuses who is no registrar, even beside enough that are", async () => {
    const { enclave, prover, registrars, admissionOf, approve, argumentsOf } =
      await networkHelpers.loadFixture(fixture);
    const admission = await admissionOf();
    const by = [...registrars, prover].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));

    await expect(enclave.admit(...argumentsOf(admission), await approve(admission, by)))
      .to.be.revertedWithCustomError(enclave, "NotARegistrar")
      .withArgs(prover.address);
  });

  it("refuses signatures of anything else, or mirrored", async () => {
    const { enclave, registrars, admissionOf, approve, argumentsOf } = await networkHelpers.loadFixture(fixture);
    const admission = await admissionOf();
    const digest = await enclave.admissionDigest(...argumentsOf(admission));
    const [one, two] = await approve(admission);
    const refused = (approvals: unknown[], by: number) =>
      expect(enclave.admit(...argumentsOf(admission), approvals as never))
        .to.be.revertedWithCustomError(enclave, "InvalidApproval")
        .withArgs(registrars[by]?.address, digest);

    for (const other of [
      { ...admission, measurement: hash("another") },
      { ...admission, expiresAt: admission.expiresAt + 1 },
      { ...admission, document: hash("another document") },
      { ...admission, publicKey: enclaveKey("another").publicKey },
    ])
      await refused([one, (await approve(other))[1]], 1);
    for (const signature of mirroredForms(one?.signature as string)) await refused([{ ...one, signature }, two], 0);
    await refused([{ ...one, signature: two?.signature }, two], 0);
    await refused([{ ...one, signature: "0x" }, two], 0);
  });

  it("refuses signatures for another contract, and for another chain's", async () => {
    const { enclave, campaign, registrars, admissionOf, approve, argumentsOf } =
      await networkHelpers.loadFixture(fixture);
    const twin = await ethers.deployContract("Enclave", [campaign, registrars, 2]);
    const admission = await admissionOf();

    await expect(twin.admit(...argumentsOf(admission), await approve(admission))).to.be.revertedWithCustomError(
      ...([twin, "InvalidApproval"] as const),
    );
    expect((await enclave.keyOf(key)).until).to.equal(0n);
  });

  it("refuses a key that has another measurement, or was revoked", async () => {
    const { enclave, admit, registrars } = await networkHelpers.loadFixture(fixture);
    await admit();
    await expect(admit({ measurement: hash("another") }))
      .to.be.revertedWithCustomError(enclave, "KeyHasMeasurement")
      .withArgs(key, MEASUREMENT);
    await enclave.connect(registrars[2]).revoke(key);
    await expect(admit()).to.be.revertedWithCustomError(enclave, "KeyIsRevoked").withArgs(key);
  });

  it("admits a key of either kind with its document in the event, by anyone's transaction", async () => {
    const { enclave, other, admissionOf, approve, argumentsOf } = await networkHelpers.loadFixture(fixture);
    for (const [publicKey, name] of [
      [KEY.publicKey, key],
      [rsaPublicKey, RSA_KEY],
    ] as const) {
      const admission = await admissionOf({ publicKey });
      const { expiresAt } = admission;
      const sent = enclave.connect(other).admit(...argumentsOf(admission), await approve(admission));

      await expect(sent).to.emit(enclave, "KeyAdmitted").withArgs(name, MEASUREMENT, expiresAt, publicKey, DOCUMENT);
      expect(await enclave.keyOf(name)).to.deep.equal([MEASUREMENT, BigInt(expiresAt), false]);
    }
    expect(BigInt(key)).to.equal(BigInt(KEY.address));
  });

  it("extends the time of a key, also one that has expired, and may shorten it", async () => {
    const { enclave, admit } = await networkHelpers.loadFixture(fixture);
    await admit();
    const now = await time.latest();
    await admit({ expiresAt: now + 100 });
    expect((await enclave.keyOf(key)).until).to.equal(BigInt(now + 100));
    await time.increase(200);
    await admit({ expiresAt: now + 90 * DAY });
    expect((await enclave.keyOf(key)).until).to.equal(BigInt(now + 90 * DAY));
  });

  it("takes a contract as registrar (ERC-1271)", async () => {
    const { campaign, admissionOf, argumentsOf } = await networkHelpers.loadFixture(fixture);
    const wallet = await ethers.deployContract("MockWallet");
    const enclave = await ethers.deployContract("Enclave", [campaign, [wallet], 1]);
    const admission = await admissionOf();
    const approvals = [{ registrar: wallet, signature: "0x1234" }];

    await expect(enclave.admit(...argumentsOf(admission), approvals)).to.be.revertedWithCustomError(
      ...([enclave, "InvalidApproval"] as const),
    );
    await wallet.sign(await enclave.admissionDigest(...argumentsOf(admission)), "0x1234");
    await expect(enclave.admit(...argumentsOf(admission), approvals)).to.emit(enclave, "KeyAdmitted");
  });
});
