import { expect } from "chai";
import { type Hex, keccak256, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { keyName } from "../../../sdk/enclaves.ts";
import { enclave } from "../../../sdk/methods/enclave.ts";
import { rsaPublicKey } from "../../vectors/rsa.ts";
import { accountOf, Enclave, emit } from "../story.ts";
import { openTold } from "./ending.ts";

const TIME = 1_000;
const hash = (text: string): Hex => keccak256(toHex(text));
const { publicKey } = privateKeyToAccount(hash("key"));
const key = keyName(publicKey);
const measurement = hash("measurement");
const [registrar, other] = [accountOf(1), accountOf(2)];

const say = (name: "KeyAdmitted" | "KeyRevoked" | "RegistrarsSet", args: object) =>
  emit(Enclave.address, enclave.abi, name, args as never);
const admit = (change: object = {}) =>
  say("KeyAdmitted", { key, measurement, expiresAt: 5_000, publicKey, document: "0x84", ...change });
const revoke = (change: object = {}) => say("KeyRevoked", { key, registrar, ...change });

describe("the fold of enclaves", () => {
  it("keeps keys as they were admitted last, the newest first, and who vouches for them", () => {
    const { tell, readers } = openTold();
    tell(TIME, say("RegistrarsSet", { registrars: [registrar], threshold: 1 }), admit());
    tell(TIME + 1, admit({ key: keyName(rsaPublicKey), publicKey: rsaPublicKey }));
    tell(TIME + 2, say("RegistrarsSet", { registrars: [registrar, other], threshold: 2 }), admit({ expiresAt: 9_000 }));

    const [first, second] = readers.enclaves.keys(10);
    expect(first).to.deep.include({
      key,
      measurement,
      publicKey,
      expiresAt: 9_000,
      revokedBy: null,
      timestamp: TIME + 2,
    });
    expect(second).to.deep.include({ key: keyName(rsaPublicKey), expiresAt: 5_000 });
    expect(readers.enclaves.keys(1)).to.have.length(1);
    expect(readers.enclaves.registrars()).to.deep.include({ accounts: [registrar, other], threshold: 2 });
  });

  it("knows of nobody before they are named", () => {
    const { readers } = openTold();
    expect(readers.enclaves.keys(10)).to.deep.equal([]);
    expect(readers.enclaves.registrars()).to.equal(undefined);
  });

  it("keeps who revoked a key, and when", () => {
    const { tell, readers } = openTold();
    tell(TIME, admit());
    tell(TIME + 5, revoke());
    expect(readers.enclaves.keys(10)[0]).to.deep.include({
      revokedBy: registrar,
      revokedAt: TIME + 5,
      timestamp: TIME,
    });
  });

  it("refuses what the contract can't have emitted", () => {
    for (const [why, ...events] of [
      ["was admitted after it was revoked", admit(), revoke(), admit()],
      ["for another measurement", admit(), admit({ measurement: hash("another") })],
      ["was admitted with another's bytes", admit({ publicKey: rsaPublicKey })],
      ["was admitted with another's bytes", admit({ publicKey: "0x04" })],
      ["was revoked, but it isn't one that could be", revoke()],
      ["was revoked, but it isn't one that could be", admit(), revoke(), revoke()],
    ] as const) {
      const { tell } = openTold();
      expect(() => tell(TIME, ...events), why).to.throw(IntegrityError, why);
    }
  });
});
