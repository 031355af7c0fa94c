import { expect } from "chai";
import { network } from "hardhat";
import { ascending, enclaveProtocol } from "../enclaves.ts";

const { ethers, networkHelpers } = await network.create();

describe("Enclave.setRegistrars", () => {
  async function fixture() {
    const p = await enclaveProtocol(ethers, networkHelpers);
    return { ...p, next: ascending(p.accounts.slice(3, 5)) };
  }

  it("refuses without the present registrars' approval of just this", async () => {
    const { enclave, replace, next, registrars } = await networkHelpers.loadFixture(fixture);
    const [accounts, threshold, approvals] = await replace(next, 2, 0n);
    await expect(enclave.setRegistrars(accounts, threshold, approvals.slice(0, 1)))
      .to.be.revertedWithCustomError(enclave, "TooFewApprovals")
      .withArgs(1, 2);
    await expect(enclave.setRegistrars(accounts, 1, approvals))
      .to.be.revertedWithCustomError(enclave, "InvalidApproval")
      .withArgs(registrars[0]?.address, await enclave.registrarsDigest(accounts, 1));
    await expect(enclave.setRegistrars(accounts.slice(0, 1), 1, approvals)).to.be.revertedWithCustomError(
      ...([enclave, "InvalidApproval"] as const),
    );
  });

  it("refuses a list or threshold that is none, even approved", async () => {
    const { enclave, replace, next } = await networkHelpers.loadFixture(fixture);
    await expect(enclave.setRegistrars(...(await replace(next, 3, 0n))))
      .to.be.revertedWithCustomError(enclave, "InvalidThreshold")
      .withArgs(3, 2);
    await expect(enclave.setRegistrars(...(await replace(next.toReversed(), 1, 0n))))
      .to.be.revertedWithCustomError(enclave, "InvalidRegistrars")
      .withArgs(1);
  });

  it("replaces all of them, and each approval counts once", async () => {
    const { enclave, replace, next, registrars, admissionOf, approve, argumentsOf } =
      await networkHelpers.loadFixture(fixture);
    const first = await replace(next, 1, 0n);
    await expect(enclave.setRegistrars(...first))
      .to.emit(enclave, "RegistrarsSet")
      .withArgs(first[0], 1);
    expect(await enclave.registrars()).to.deep.equal([first[0], 1n]);

    const admission = await admissionOf();
    const admit = async (by: typeof registrars) =>
      enclave.admit(...argumentsOf(admission), await approve(admission, by));
    await expect(admit(registrars.slice(0, 2)))
      .to.be.revertedWithCustomError(enclave, "NotARegistrar")
      .withArgs(registrars[0]?.address);
    await expect(admit(next.slice(0, 1))).to.emit(enclave, "KeyAdmitted");

    // Back, and then the first replacement again.
    await enclave.setRegistrars(...(await replace(registrars, 2, 1n, next)));
    await expect(enclave.setRegistrars(...first)).to.be.revertedWithCustomError(enclave, "InvalidApproval");
  });

  it("keeps who stays", async () => {
    const { enclave, replace, next, registrars } = await networkHelpers.loadFixture(fixture);
    const all = ascending([...registrars.slice(0, 1), ...next]);
    await enclave.setRegistrars(...(await replace(all, 3, 0n)));
    expect(await enclave.registrars()).to.deep.equal([all.map(({ address }) => address), 3n]);
  });
});
