import { expect } from "chai";
import { keccak256 } from "viem";
import { type EnclaveDetail, enclave } from "../../../sdk/methods/enclave.ts";
import { Status } from "../../../sdk/protocol.ts";
import { judged } from "../../fixtures/judged.ts";

const uid = keccak256("0x03");
const key = keccak256("0x04");
const signed = { eventName: "EnclaveSigned", args: { uid, key } } as const;
const taken = { eventName: "ReceiptTaken", args: { uid, key, timestamp: 1_800_000_000n, signature: "0x12" } } as const;
const set = { eventName: "RegistrarsSet", args: { registrars: [], threshold: 1 } } as const;

function after(...events: Parameters<typeof enclave.fold>[1][]): EnclaveDetail {
  const detail = enclave.begin();
  for (const event of events) enclave.fold(detail, event);
  return detail;
}

describe("methods/enclave", () => {
  it("keeps what was taken as evidence", () => {
    expect(after().evidence).to.equal(undefined);
    expect(after(set, signed).evidence).to.deep.equal({ kind: "signature", key });
    expect(after(taken).evidence).to.deep.equal({
      ...{ kind: "receipt", key, signature: "0x12", timestamp: 1_800_000_000n },
    });
  });

  it("makes steps of the events about an attestation, and of no other", () => {
    expect(enclave.stepOf(signed, undefined)).to.deep.equal({ step: "enclaveSigned", key });
    expect(enclave.stepOf(taken, 1n)).to.deep.equal({ step: "receiptTaken", key, timestamp: 1_800_000_000 });
    expect(enclave.stepOf(set, undefined)).to.equal(undefined);
  });

  it("has nothing of its own to say of what isn't verified", () => {
    for (const status of [Status.none, Status.pending, Status.refuted, Status.void, Status.revoked])
      expect(enclave.assurance(judged(status), after(signed))).to.equal(undefined);
  });

  it("says of a signed run that registrars, AWS and the image's builder are trusted", () => {
    const found = enclave.assurance(judged(Status.verified, { firstUnit: undefined }), after(signed));
    expect(found?.proven).to.equal(
      "A key that registrars admitted for the measurement in the model's name signed this very attestation: prover, model, input, output and use. The input is the one that the attestation names.",
    );
    expect(found?.notProven).to.contain("registrars").and.to.contain("AWS").and.to.contain("built it again");
  });

  it("says whether a unit's input was compared", () => {
    const provenOf = (isPaid: boolean) =>
      enclave.assurance(judged(Status.verified, { isPaid }), after(signed))?.proven ?? "";
    expect(provenOf(false)).to.match(/the campaign compares it with the assigned one when it pays\.$/);
    expect(provenOf(true)).to.contain("The campaign derived the unit's assigned input when it paid");
  });

  it("says of a receipt that it names no owner, and doesn't prove that the model ran", () => {
    const found = enclave.assurance(judged(Status.verified), after(taken));
    expect(found?.proven).to.contain("signed a receipt of this input, this output and a time");
    expect(found?.notProven).to.match(/^That the named model gave the answer/);
    expect(found?.notProven).to.contain("it names no owner, chain or contract");
  });
});
