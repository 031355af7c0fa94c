import { expect } from "chai";
import fc from "fast-check";
import {
  PENALTY_FACTOR,
  Reason,
  reasonName,
  Status,
  statusName,
  statusNames,
  VERIFIER_PERCENT,
  verifierShare,
} from "../../sdk/protocol.ts";

describe("protocol", () => {
  it("knows no name of a number that the registry or the ledger doesn't have", () => {
    for (const status of [-1, 6, 255]) expect(statusName(status)).to.equal("unknown");
    for (const reason of [0, 3, 4, 7]) expect(reasonName(reason)).to.equal(`reason ${reason}`);
  });

  it("names every status at its number", () => {
    expect(statusNames).to.deep.equal(["none", "pending", "verified", "refuted", "void", "revoked"]);
    for (const [name, status] of Object.entries(Status)) expect(statusName(status)).to.equal(name);
  });

  it("names every reason", () => {
    expect(Reason).to.deep.equal({ prover: 1, verifier: 2, penalty: 5 });
    for (const [name, reason] of Object.entries(Reason)) expect(reasonName(reason)).to.equal(name);
  });

  it("gives verifiers 60 % and takes ten times", () => {
    expect([VERIFIER_PERCENT, PENALTY_FACTOR]).to.deep.equal([60n, 10n]);
    expect([1, 2, 3, 7].map((verifiers) => verifierShare(100n, verifiers))).to.deep.equal([60n, 30n, 20n, 8n]);
    expect(verifierShare(1n, 1)).to.equal(0n);
  });

  it("never shares out more than 60 %, and less by under a point an account", () => {
    const [amount, count] = [fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.integer({ min: 1, max: 255 })];
    fc.assert(
      fc.property(amount, count, (points, verifiers) => {
        const hundredths = 100n * BigInt(verifiers) * verifierShare(points, verifiers);
        const left = VERIFIER_PERCENT * points - hundredths;
        expect(left >= 0n && left < 100n * BigInt(verifiers)).to.equal(true);
      }),
    );
  });
});
