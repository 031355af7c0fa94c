import { expect } from "chai";
import { type Hex, padHex } from "viem";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { openJournal } from "../../../web/take-part/journal.ts";
import { createStorage } from "./storage.ts";

const owner = {
  chainId: 31337,
  registry: padHex("0x0a", { size: 20 }),
  account: padHex("0x0b", { size: 20 }),
} as const;
const word = (n: number): Hex => padHex(`0x${n.toString(16)}`, { size: 32 });

function entry(n: number) {
  const made = buildAttestation({
    ...{ prover: owner.account, method: 1, modelId: word(1), inputHash: word(2), context: word(3) },
    ...{ outputHash: word(n), salt: word(100 + n) },
  });
  return { uid: attestationUid(owner.chainId, owner.registry, made.attestation), ...made };
}

describe("the browser's journal", () => {
  it("refuses to go on when the browser stores nothing", () => {
    const storage = createStorage();
    storage.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    expect(() => openJournal(storage, owner).keep(entry(1))).to.throw("can't store the answer's salt");
  });

  it("leaves out, and leaves alone, what is unreadable or not what its name says", () => {
    const storage = createStorage();
    const journal = openJournal(storage, owner);
    journal.keep(entry(1));
    const key = storage.key(0) as string;
    const text = storage.getItem(key) as string;
    const broken = { ...entry(2), answer: { ...entry(2).answer, salt: word(7) } };
    storage.setItem(key.replace(entry(1).uid, entry(2).uid), JSON.stringify(broken));
    storage.setItem(key.replace(entry(1).uid, entry(3).uid), "{");
    storage.setItem(key.replace(entry(1).uid, entry(4).uid), text);
    expect(journal.entries()).to.deep.equal([entry(1)]);
    expect(storage.length).to.equal(4);
  });

  it("has every attestation again after a reload, and nobody else's", () => {
    const storage = createStorage();
    const journal = openJournal(storage, owner);
    for (const n of [1, 2]) journal.keep(entry(n));
    openJournal(storage, { ...owner, chainId: 1 }).keep(entry(3));
    expect(openJournal(storage, owner).entries()).to.have.deep.members([entry(1), entry(2)]);
    expect(openJournal(storage, { ...owner, account: owner.registry }).entries()).to.deep.equal([]);
  });
});
