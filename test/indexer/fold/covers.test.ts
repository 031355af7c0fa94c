import { expect } from "chai";
import { zeroAddress } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { Status } from "../../../sdk/protocol.ts";
import type { Emitted } from "../story.ts";
import { beneficiary, covered, eventsOf, MADE, openAsked, prover, stranger, token, uid } from "./asking.ts";

const { attested, locked, coverSettled, final } = eventsOf(covered);

function refuses(sentence: string, event: Emitted, ...before: Emitted[]) {
  const { tell } = openAsked(covered, before);
  expect(() => tell(MADE + 2, event)).to.throw(IntegrityError, sentence);
}

describe("the fold of cover", () => {
  it("refuses cover of an attestation that isn't pending or isn't its prover's, of nothing, or for nobody", () => {
    refuses("never recorded", locked(1n));
    refuses("no pending attestation of it", locked(1n), attested(), final(Status.verified));
    refuses("no pending attestation of it", locked(1n, { prover: stranger }), attested());
    refuses("Cover of nothing", locked(0n), attested());
    refuses("Cover of nothing", locked(1n, { beneficiary: zeroAddress }), attested());
  });

  it("refuses a settlement before the end, of another amount, to another account, of none, or a second one", () => {
    refuses("none is locked", coverSettled(prover, 1n), attested(), final(Status.verified));
    refuses("its status is 1", coverSettled(prover, 5n), attested(), locked(5n));
    const ended = [attested(), locked(5n), final(Status.verified)];
    refuses("5 are locked", coverSettled(prover, 4n), ...ended);
    refuses("5 are locked", coverSettled(beneficiary, 5n), ...ended);
    refuses("none is locked", coverSettled(prover, 5n, { token }), ...ended);
    refuses("none is locked", coverSettled(prover, 5n), ...ended, coverSettled(prover, 5n));
    refuses("5 are locked", coverSettled(prover, 5n), attested(), locked(5n), final(Status.refuted));
  });

  it("adds up what is locked, by beneficiary and token, and keeps who got it", () => {
    for (const [status, to] of [
      [Status.verified, prover],
      [Status.refuted, beneficiary],
      [Status.void, beneficiary],
    ] as const) {
      const huge = 2n ** 127n;
      const more = [locked(huge), locked(huge, { token }), locked(7n, { beneficiary: stranger })];
      const { tell, readers } = openAsked(covered, [attested(), locked(5n), ...more]);
      expect(readers.requests.covers(uid, 9).map(({ amount, paidTo }) => [amount, paidTo])).to.deep.equal([
        [`${huge + 5n}`, null],
        [`${huge}`, null],
        ["7", null],
      ]);
      tell(MADE + 2, final(status), coverSettled(to, huge + 5n));
      const [first, second] = readers.requests.covers(uid, 9);
      expect(first).to.include({ paidTo: to, timestamp: MADE + 1 });
      expect(first?.settled?.timestamp).to.equal(MADE + 2);
      expect(second).to.include({ paidTo: null, settled: null });
    }
  });
});
