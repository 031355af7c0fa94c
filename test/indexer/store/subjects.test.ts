import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { prefixOf, subjectAmong } from "../../../indexer/store/subjects.ts";

const topic = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString("hex")}`);

describe("what a log's subject is stored as", () => {
  it("is a number that SQLite stores in six bytes", () => {
    expect(prefixOf(`0x${"f".repeat(64)}`)).to.equal(2 ** 44 - 1);
    expect(prefixOf(`0x${"0".repeat(64)}`)).to.equal(0);
  });

  it("gives the subject back among the log's topics, but never the first of them", () => {
    fc.assert(
      fc.property(topic, fc.array(topic, { minLength: 1, maxLength: 3 }), fc.nat({ max: 2 }), (first, others, at) => {
        const subject = others[at % others.length] as Hex;
        fc.pre(others.filter((other) => prefixOf(other) === prefixOf(subject)).length === 1);
        expect(subjectAmong([first, ...others], prefixOf(subject))).to.equal(subject);
        expect(subjectAmong([subject, ...others.filter((other) => other !== subject)], prefixOf(subject))).to.equal(
          null,
        );
        expect(subjectAmong([first, ...others], null)).to.equal(null);
      }),
    );
  });
});
