import { expect } from "chai";
import { gather } from "../../../indexer/ingest/gather.ts";
import type { Range } from "../../../indexer/ingest/ranges.ts";
import { expectChain, last, type Reading, startReading, whole } from "./reading.ts";

describe("gathering ranges", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
    // Ranges of few blocks.
    reading.node.fault = (method, [query]) => {
      const { fromBlock, toBlock } = query as { fromBlock?: string; toBlock?: string };
      return method === "eth_getLogs" && Number(toBlock) - Number(fromBlock) > 2
        ? { status: 413, body: "too much" }
        : undefined;
    };
  });
  afterEach(() => reading.close());

  async function gathered(ranges: AsyncIterable<Range>): Promise<{ read: Range[]; error?: unknown }> {
    const read: Range[] = [];
    try {
      for await (const range of gather(ranges)) read.push(range);
    } catch (error) {
      return { read, error };
    }
    return { read };
  }

  it("throws what reading throws, after all that was read before", async () => {
    for (const failsAfter of [0, 1, 4, 6]) {
      const ranges = (await reading.all()).slice(0, failsAfter);
      const failure = new Error("no more");
      async function* failing() {
        yield* ranges;
        throw failure;
      }
      const { read, error } = await gathered(failing());
      expect(error).to.equal(failure);
      if (failsAfter === 0) expect(read).to.deep.equal([]);
      else expectChain(read, whole.slice(0, (ranges.at(-1) as Range).to + 1));
    }
  });

  it("yields nothing of nothing", async () => {
    expect(await gathered(reading.read({ after: last }))).to.deep.equal({ read: [] });
  });

  it("makes one range of four, and loses none", async () => {
    const apart = await reading.all();
    const { read } = await gathered(reading.read());
    expect(read).to.have.lengthOf(Math.ceil(apart.length / 4));
    expect(read.flatMap(({ logs }) => logs)).to.deep.equal(apart.flatMap(({ logs }) => logs));
    expect(read.flatMap(({ headers }) => headers)).to.deep.equal(apart.flatMap(({ headers }) => headers));
    expect(read.map(({ from, to }) => [from, to])).to.deep.equal(
      read.map((_, i) => [apart[4 * i]?.from, apart.slice(4 * i, 4 * i + 4).at(-1)?.to]),
    );
  });

  it("stops reading when its reader stops", async () => {
    let ended = false;
    async function* ranges() {
      try {
        for (;;) yield { from: 1, to: 1, headers: [], logs: [] };
      } finally {
        ended = true;
      }
    }
    const generator = gather(ranges());
    await generator.next();
    await generator.return(undefined);
    expect(ended).to.equal(true);
  });
});
