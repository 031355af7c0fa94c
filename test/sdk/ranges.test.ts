import { expect } from "chai";
import { HttpRequestError, RpcRequestError } from "viem";
import { readRanges } from "../../sdk/ranges.ts";

const tooLarge = () =>
  new RpcRequestError({ body: {}, url: "http://rpc", error: { code: -32005, message: "more than 10000 results" } });

const blocks = (from: bigint, to: bigint) => Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i));

describe("ranges", () => {
  it("throws what a single block still throws", async () => {
    let calls = 0;
    const failure = await readRanges(0n, 9n, async () => {
      calls += 1;
      throw tooLarge();
    }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RpcRequestError);
    expect(calls).to.be.greaterThan(1);
  });

  it("doesn't ask again where nobody answers", async () => {
    let calls = 0;
    const failure = await readRanges(0n, 5000n, async () => {
      calls += 1;
      throw new HttpRequestError({ url: "http://rpc" });
    }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(HttpRequestError);
    expect(calls).to.equal(1);
  });

  it("reads nothing where there are no blocks", async () => {
    expect(await readRanges(5n, 4n, async () => [1])).to.deep.equal([]);
  });

  it("reads every block once and in order, in ranges of 2,000 at most", async () => {
    const ranges: bigint[] = [];
    const progress: number[] = [];
    const found = await readRanges(
      7n,
      5006n,
      async (from, to) => {
        ranges.push(to - from + 1n);
        return blocks(from, to);
      },
      (done) => progress.push(done),
    );
    expect(found).to.deep.equal(blocks(7n, 5006n));
    expect(ranges).to.deep.equal([2000n, 2000n, 1000n]);
    expect(progress).to.deep.equal([2000, 4000, 5000]);
  });

  it("halves a range that the node refuses", async () => {
    const found = await readRanges(1n, 3000n, async (from, to) => {
      if (to - from >= 300n) throw tooLarge();
      return blocks(from, to);
    });
    expect(found).to.deep.equal(blocks(1n, 3000n));
  });
});
