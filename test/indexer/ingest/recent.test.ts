import { expect } from "chai";
import { remember } from "../../../indexer/ingest/recent.ts";

describe("remembering", () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => `key ${i}`);

  it("never remembers more than twice as many results as told", () => {
    let computed = 0;
    const lengthOf = remember(100, (key) => {
      computed++;
      return key.length;
    });
    for (const key of keys(10_000)) lengthOf(key);
    expect(computed).to.equal(10_000);
    for (const key of keys(10_000)) lengthOf(key);
    expect(computed).to.be.at.least(20_000 - 200);
  });

  it("remembers as many as told, and those that are asked for again", () => {
    const asked: string[] = [];
    const lengthOf = remember(100, (key) => {
      asked.push(key);
      return key.length;
    });
    for (const key of keys(100)) expect(lengthOf(key)).to.equal(key.length);
    for (const key of keys(100)) expect(lengthOf(key)).to.equal(key.length);
    expect(asked).to.have.lengthOf(100);
    for (const key of keys(1_000)) {
      lengthOf("key 0");
      lengthOf(key);
    }
    expect(asked.filter((key) => key === "key 0")).to.have.lengthOf(1);
  });

  it("doesn't remember what couldn't be computed", () => {
    let tries = 0;
    const fail = remember(10, () => {
      tries++;
      throw new Error("no");
    });
    for (let i = 0; i < 2; i++) expect(() => fail("key")).to.throw("no");
    expect(tries).to.equal(2);
  });
});
