import { expect } from "chai";
import { createRangeSize } from "../../../indexer/ingest/range-size.ts";

const LIGHT = 1_000;

describe("the size of a range", () => {
  it("doubles as long as nothing fails, up to a limit", () => {
    const size = createRangeSize();
    const first = size.blocks();
    size.succeeded(first, LIGHT);
    expect(size.blocks()).to.equal(2 * first);
    for (let i = 0; i < 20; i++) size.succeeded(size.blocks(), LIGHT);
    const longest = size.blocks();
    size.succeeded(longest, LIGHT);
    expect(size.blocks()).to.equal(longest);
  });

  it("halves with each failure, down to one block, and grows again", () => {
    const size = createRangeSize();
    for (let span = size.blocks(); span > 1; span = Math.floor(span / 2)) {
      expect(size.blocks()).to.equal(span);
      size.failed(span);
    }
    size.failed(1);
    expect(size.blocks()).to.equal(1);
    for (let i = 0; i < 200; i++) size.succeeded(size.blocks(), LIGHT);
    expect(size.blocks()).to.be.above(100);
  });

  it("comes near what failed only little by little", () => {
    const size = createRangeSize();
    let failures = 0;
    for (let i = 0; i < 100; i++)
      if (size.blocks() > 100) {
        failures++;
        size.failed(size.blocks());
      } else size.succeeded(size.blocks(), LIGHT);
    expect(failures).to.be.below(10);
    expect(size.blocks()).to.be.within(25, 110);
  });

  it("counts failures of ranges that were asked for together once", () => {
    const size = createRangeSize();
    const span = size.blocks();
    for (let i = 0; i < 3; i++) size.failed(span);
    expect(size.blocks()).to.equal(span / 2);
  });

  it("asks for as many blocks as give an answer of a good size", () => {
    const size = createRangeSize();
    const bytesOf = (blocks: number) => blocks * 2 ** 20;
    for (let i = 0; i < 10; i++) size.succeeded(size.blocks(), bytesOf(size.blocks()));
    expect(bytesOf(size.blocks())).to.be.within(1.5 * 2 ** 20, 6 * 2 ** 20);
    size.succeeded(size.blocks(), 2 ** 30);
    expect(size.blocks()).to.equal(1);
  });

  it("learns nothing from a shorter range than it gave", () => {
    const size = createRangeSize();
    const span = size.blocks();
    size.succeeded(span - 1, LIGHT);
    expect(size.blocks()).to.equal(span);
  });
});
