import { expect } from "chai";
import { padHex } from "viem";
import type { Cover, InferenceRequestStep, PaymentReason, RequestState } from "../../../sdk/wire.ts";
import {
  coverSentence,
  finalityWords,
  lockedSentence,
  nobodyIn,
  paymentWords,
  requestStepSentence,
  requestsOf,
  stateWords,
} from "../../../web/requests/words.ts";
import { textOf } from "../text.ts";

const account = (n: number) => padHex(`0x${n}`, { size: 20 });
const [requester, prover, beneficiary] = [account(1), account(2), account(3)];
const uid = padHex("0x51", { size: 32 });
const at = { blockNumber: 1, timestamp: 1_000, transactionHash: uid, logIndex: 0 };
const said = (amount: string) => `${amount} coins`;
const asked = { cover: "5", beneficiary, prover: null, requester, coversItself: false };
const cover: Cover = {
  ...{ uid, prover, beneficiary, coversItself: false, token: null, amount: "5", locked: at, settled: null },
};

describe("a request in words", () => {
  it("promises no cover where none is asked for, and says so of nobody's", () => {
    expect(coverSentence({ ...asked, beneficiary: null, cover: "0" }, said)).to.equal(undefined);
  });

  it("says that a prover who covers itself covers nobody", () => {
    const own = textOf(coverSentence({ ...asked, prover: beneficiary, coversItself: true }, said) ?? []);
    expect(own).to.match(/The prover is the beneficiary itself: a prover who covers itself covers nobody\.$/);
    const asking = textOf(coverSentence({ ...asked, prover: requester, coversItself: true }, said) ?? []);
    expect(asking).to.match(/The prover is the one who asked: a prover who covers itself covers nobody\.$/);
    expect(textOf(lockedSentence({ ...cover, coversItself: true }, said))).to.match(/own account: it covers nobody\.$/);
  });

  it("names the beneficiary and the least that it gets", () => {
    expect(textOf(coverSentence({ ...asked, prover }, said) ?? [])).to.equal(
      `Unless the answer is found right, ${beneficiary} gets at least 5 coins of the prover's money.`,
    );
  });

  it("says for whom money is locked, and who got it", () => {
    expect(textOf(lockedSentence(cover, said))).to.equal(
      `${prover} locked 5 coins for ${beneficiary}. Nobody has it back before the attestation is final.`,
    );
    const settled = textOf(lockedSentence({ ...cover, settled: { to: beneficiary, at } }, said));
    expect(settled).to.match(new RegExp(`In the end ${beneficiary} got all of it\\.$`));
  });

  it("says each step, state, finality and payment", () => {
    const steps: InferenceRequestStep[] = [
      { step: "requested", by: requester, at },
      { step: "accepted", by: prover, until: 1_090, at },
      { step: "lapsed", prover, at },
      { step: "answered", by: prover, uid, at },
      { step: "delivered", uid, prover, finality: "covered", fee: "7", at },
      { step: "settled", uid, status: "refuted", state: "fallen", at },
      { step: "settled", uid, status: "void", state: "open", at },
      { step: "settled", uid, status: "verified", state: "verified", at },
      { step: "calledBack", contract: beneficiary, succeeded: false, at },
      { step: "cancelled", at },
    ];
    const texts = steps.map((step) => textOf(requestStepSentence(step, said)));
    expect(texts[1]).to.equal(`${prover} accepted with a deposit: it alone may answer for 1 min 30 s.`);
    expect(texts[4]).to.equal(`Delivered as covered: ${prover} is paid 7 coins.`);
    expect(texts[5]).to.equal(
      "The attestation ended refuted: the answer that was delivered as covered has fallen, and the beneficiary gets the cover.",
    );
    expect(texts[6]).to.include("the request is open again");
    expect(texts[8]).to.include("and failed");
    const states: RequestState[] = ["open", "accepted", "answered", "covered", "verified", "fallen", "cancelled"];
    const reasons: PaymentReason[] = [
      "fee",
      "refund",
      "depositReturned",
      "depositForfeited",
      "coverPaid",
      "coverReturned",
    ];
    const words = [...states.map((state) => stateWords[state]), ...reasons.map((reason) => paymentWords[reason])];
    const finalities = [finalityWords({ finality: "covered" }), finalityWords({ finality: "verified" })];
    const all = [...texts, ...words, ...finalities];
    expect(new Set(all)).to.have.lengthOf(all.length);
    for (const text of all) expect(text).to.not.include("undefined");
  });

  it("expects nobody any more where it was cancelled", () => {
    expect([nobodyIn("open"), nobodyIn("cancelled")]).to.deep.equal(["nobody yet", "nobody"]);
  });

  it("lists an account's requests by its role", () => {
    expect(requestsOf("prover", prover)).to.equal(`/requests?prover=${prover}`);
  });
});
