import { expect } from "chai";
import { memoize } from "../../../indexer/ingest/interning.ts";

const keys = (count: number, of = "key") => Array.from({ length: count }, (_, i) => `${of} ${i}`.padStart(20, "0"));

describe("remembering", () => {
  it("forgets when there are many new keys, so that memory is bounded", () => {
    let computed = 0;
    const lengthOf = memoize((key) => {
      computed++;
      return key.length;
    });
    for (const key of keys(1_000)) lengthOf(key);
    for (const key of keys(1_500_000, "other")) lengthOf(key);
    computed = 0;
    for (const key of keys(1_000)) lengthOf(key);
    expect(computed).to.be.above(990);
  });

  it("gives each key its own result, of which most are computed once", () => {
    let computed = 0;
    const own = memoize((key) => {
      computed++;
      return `${key}!`;
    });
    for (let i = 0; i < 3; i++) for (const key of keys(10_000)) expect(own(key)).to.equal(`${key}!`);
    expect(computed).to.be.below(15_000);
  });

  it("distinguishes keys that end alike", () => {
    const own = memoize((key) => `${key}!`);
    for (const key of ["", "1", "a12345678", "b12345678", "12345678", "a12345678"])
      expect(own(key)).to.equal(`${key}!`);
  });

  it("doesn't remember what couldn't be computed", () => {
    let tries = 0;
    const fail = memoize(() => {
      tries++;
      throw new Error("no");
    });
    for (let i = 0; i < 2; i++) expect(() => fail("key")).to.throw("no");
    expect(tries).to.equal(2);
  });
});
