import { expect } from "chai";
import { network } from "hardhat";
import { keyName } from "../../../sdk/enclaves.ts";
import { enclaveProtocol, KEY } from "../enclaves.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const key = keyName(KEY.publicKey);

describe("Enclave.revoke", () => {
  async function fixture() {
    const p = await enclaveProtocol(ethers, networkHelpers);
    await p.admit();
    return p;
  }

  it("refuses who is no registrar, a key that nobody admitted, and one that is revoked", async () => {
    const { enclave, registrars, prover } = await networkHelpers.loadFixture(fixture);
    const unknown = keyName(`0x04${KEY.publicKey.slice(4, 68)}${"11".repeat(32)}`);
    await expect(enclave.connect(prover).revoke(key))
      .to.be.revertedWithCustomError(enclave, "NotARegistrar")
      .withArgs(prover.address);
    const registrar = enclave.connect(registrars[1]);
    await expect(registrar.revoke(unknown)).to.be.revertedWithCustomError(enclave, "UnknownKey").withArgs(unknown);
    await registrar.revoke(key);
    await expect(registrar.revoke(key)).to.be.revertedWithCustomError(enclave, "KeyIsRevoked").withArgs(key);
  });

  it("ends the key's time now, by one registrar alone; what it signed before stays", async () => {
    const { enclave, registrars, registry, runOf, signRun, attest, uidOf } = await networkHelpers.loadFixture(fixture);
    const before = runOf();
    await attest(before, await signRun(before));

    const sent = enclave.connect(registrars[2]).revoke(key);

    await expect(sent).to.emit(enclave, "KeyRevoked").withArgs(key, registrars[2]?.address);
    const { until, revoked } = await enclave.keyOf(key);
    expect([until, revoked]).to.deep.equal([BigInt(await time.latest()), true]);
    expect(await registry.statusOf(uidOf(before))).to.equal(Status.Verified);
  });

  it("doesn't lengthen the time of a key that has expired", async () => {
    const { enclave, registrars } = await networkHelpers.loadFixture(fixture);
    const { until } = await enclave.keyOf(key);
    await time.increaseTo(until + 1000n);

    await enclave.connect(registrars[0]).revoke(key);

    expect((await enclave.keyOf(key)).until).to.equal(until);
  });
});
