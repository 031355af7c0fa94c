import { expect } from "chai";
import { createPace } from "../../../indexer/ingest/pace.ts";

const LIGHT = 1_000;

describe("the pace", () => {
  it("doubles as long as nothing fails, up to a limit", () => {
    const pace = createPace();
    const first = pace.span();
    pace.succeeded(first, LIGHT);
    expect(pace.span()).to.equal(2 * first);
    for (let i = 0; i < 20; i++) pace.succeeded(pace.span(), LIGHT);
    const longest = pace.span();
    pace.succeeded(longest, LIGHT);
    expect(pace.span()).to.equal(longest);
  });

  it("halves with each failure, down to one block, and grows again", () => {
    const pace = createPace();
    for (let span = pace.span(); span > 1; span = Math.floor(span / 2)) {
      expect(pace.span()).to.equal(span);
      pace.failed(span);
    }
    pace.failed(1);
    expect(pace.span()).to.equal(1);
    for (let i = 0; i < 200; i++) pace.succeeded(pace.span(), LIGHT);
    expect(pace.span()).to.be.above(100);
  });

  it("comes near what failed only little by little", () => {
    const pace = createPace();
    let failures = 0;
    for (let i = 0; i < 100; i++)
      if (pace.span() > 100) {
        failures++;
        pace.failed(pace.span());
      } else pace.succeeded(pace.span(), LIGHT);
    expect(failures).to.be.below(10);
    expect(pace.span()).to.be.within(25, 110);
  });

  it("counts failures of ranges that were asked for together once", () => {
    const pace = createPace();
    const span = pace.span();
    for (let i = 0; i < 3; i++) pace.failed(span);
    expect(pace.span()).to.equal(span / 2);
  });

  it("asks for as many blocks as give an answer of a good size", () => {
    const pace = createPace();
    const bytesOf = (blocks: number) => blocks * 2 ** 20;
    for (let i = 0; i < 10; i++) pace.succeeded(pace.span(), bytesOf(pace.span()));
    expect(bytesOf(pace.span())).to.be.within(2 ** 19, 2 ** 21);
    pace.succeeded(pace.span(), 2 ** 30);
    expect(pace.span()).to.equal(1);
  });

  it("learns nothing from a shorter range than it gave", () => {
    const pace = createPace();
    const span = pace.span();
    pace.succeeded(span - 1, LIGHT);
    expect(pace.span()).to.equal(span);
  });
});
