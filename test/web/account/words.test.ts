import { expect } from "chai";
import type { AttestationStatus, SeatVote } from "../../../sdk/wire.ts";
import { debtWords, seatWords } from "../../../web/account/words.ts";

const words: [SeatVote, AttestationStatus, string][] = [
  ["none", "pending", "hasn't voted yet"],
  ["none", "verified", "didn't vote"],
  ["committed", "pending", "has a vote that isn't opened yet"],
  ["committed", "void", "had a vote that it didn't open"],
  ["revealed", "refuted", "voted"],
];

describe("an account's page in words", () => {
  for (const [vote, status, expected] of words)
    it(`says of a seat: ${expected}`, () => expect(seatWords({ vote, attestation: { status } })).to.equal(expected));

  it("says what is owed, why, and how it is paid", () => {
    expect(debtWords({ owed: "1240" })).to.match(/^It owes 1,240 points: a refuted attestation costs 10 times /);
    expect(debtWords({ owed: "1" })).to.match(/^It owes 1 point: .*pays this first/);
  });
});
