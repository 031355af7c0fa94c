import { expect } from "chai";
import { zeroAddress } from "viem";
import { enclave } from "../../../sdk/methods/enclave.ts";
import type { Method, Step } from "../../../sdk/wire.ts";
import { stepSentence } from "../../../web/components/stepSentence.ts";
import { textOf } from "../text.ts";

const hash = (digit: number) => `0x${String(digit).repeat(64)}` as const;
const at = { blockNumber: 1, timestamp: 1, transactionHash: hash(0), logIndex: 0 };
const unknown: Method = { id: 7, name: "unknown method 7" };
const by = zeroAddress;

const words = (step: object, method = unknown) =>
  textOf(stepSentence({ ...step, at } as Step, { method, outputHash: null }));

describe("a step in words", () => {
  it("is a raw event where the server can't read it", () => {
    const step = { step: "event", contract: zeroAddress, topics: [hash(1), hash(2)], data: "0x010203" };
    expect(words(step)).to.equal(
      `An event of the contract ${zeroAddress} that this server can't read: topics ${hash(1)} ${hash(2)}, data 0x010203 (3 bytes).`,
    );
    expect(words({ ...step, data: "0x" })).to.match(/, no data\.$/);
  });

  it("is shown as it came where this page doesn't know it, and is cut where it is long", () => {
    expect(words({ step: "tossed", by, side: "<b>heads</b>" })).to.equal(
      `A step that this page doesn't know, “tossed”: by "${by}", side "<b>heads</b>".`,
    );
    expect(words({ step: "tossed" })).to.equal("A step that this page doesn't know, “tossed”.");
    expect(words({ step: "x".repeat(10_000), note: "y".repeat(10_000) }).length).to.be.below(500);
  });

  it("is no other method's: a step is read by its own attestation's method", () => {
    const step = { step: "voteCommitted", round: 1, by };
    expect(words(step)).to.contain("doesn't know");
    expect(words(step, { id: 2, name: "FraudProof" })).to.contain("doesn't know");
    expect(words(step, { id: 1, name: "Quorum" })).to.equal(`${by} ran the model and committed to a vote.`);
  });

  it("names the key by which an enclave or a gateway signed", () => {
    const method = { id: enclave.id, name: enclave.name };
    expect(words({ step: "enclaveSigned", key: hash(5) }, method)).to.match(
      /^An enclave signed the run, by the key 0x55/,
    );
    expect(words({ step: "receiptTaken", key: hash(5), timestamp: 1_800_000_000 }, method)).to.match(
      /^A gateway's receipt of .*2027.* was taken, signed by the key 0x55/,
    );
    expect(words({ step: "voteCommitted", round: 1, by }, method)).to.contain("doesn't know");
  });

  it("says for whom money was locked, who got it, and that a prover's own account is nobody", () => {
    const other = "0x00000000000000000000000000000000000000Bb";
    const cover = { beneficiary: other, token: null, amount: "1500000000000000000" };
    expect(words({ step: "coverLocked", by, ...cover })).to.equal(
      `${by} locked 1.5 ETH for ${other}, who gets it unless the answer is found right.`,
    );
    expect(words({ step: "coverLocked", by: other, ...cover })).to.match(/the prover itself, so nobody is covered\.$/);
    expect(words({ step: "coverSettled", to: by, ...cover, token: other })).to.equal(
      `The cover for ${other}, 1,500,000,000,000,000,000 smallest units of the token 0x0000…00Bb, went to ${by}.`,
    );
  });

  it("says what holds under any method", () => {
    const reason = { id: 1, name: "prover" };
    expect(words({ step: "committed", by })).to.equal(`${by} committed to an answer, hidden by a salt.`);
    expect(words({ step: "revealed", by, outputHash: hash(3) })).to.equal(
      `${by} revealed the answer: output ${hash(3)}.`,
    );
    expect(words({ step: "batchAttested", by, count: 64, root: hash(4) })).to.contain(
      `${by} attested to 64 units in one batch`,
    );
    expect(words({ step: "batchAttested", by, count: 64, root: hash(4) }, { ...unknown, id: 5 })).to.equal(
      `${by} attested to 64 units in one batch, by the root of their traces alone, ${hash(4)}.`,
    );
    expect(words({ step: "settled", status: "void", by })).to.equal(`Settled as void by a transaction of ${by}.`);
    expect(words({ step: "awarded", account: by, reason, amount: "1200", seq: "9" })).to.equal(
      `${by} was awarded 1,200 points as prover, entry 9 of the ledger.`,
    );
    expect(words({ step: "burned", account: by, reason: { id: 5, name: "penalty" }, amount: "1", seq: "9" })).to.equal(
      `${by} lost 1 point, burned as penalty, entry 9 of the ledger.`,
    );
  });
});
