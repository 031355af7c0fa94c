import { expect } from "chai";
import fc from "fast-check";
import { getAddress, type Hex } from "viem";
import { fastAnswerHash, fastLedgerHash } from "../../../indexer/fold/hashes.ts";
import { answerHash, ledgerHash } from "../../../sdk/commitments.ts";

const bytes = (length: number): fc.Arbitrary<Hex> =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((array): Hex => `0x${Buffer.from(array).toString("hex")}`);
const address = bytes(20).map((hex) => getAddress(hex));
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

describe("hashes in place", () => {
  it("equal the sdk's of a ledger entry, one after the other", () => {
    const entry = fc.record({
      ...{ seasonId: uint64, account: address, subject: bytes(32), reason: fc.integer({ min: 0, max: 255 }) },
      ...{ delta: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), seq: uint64 },
    });
    fc.assert(
      fc.property(bytes(32), entry, (previous, one) => {
        expect(fastLedgerHash(previous, one)).to.equal(ledgerHash(previous, one));
      }),
    );
  });

  it("equal the sdk's of an answer", () => {
    const answer = fc.record({ outputHash: bytes(32), traceHash: bytes(32), salt: bytes(32) });
    fc.assert(
      fc.property(address, answer, (prover, one) => {
        expect(fastAnswerHash(prover, one)).to.equal(answerHash(prover, one));
      }),
    );
  });
});
