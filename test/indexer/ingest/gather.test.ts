import { expect } from "chai";
import { gather } from "../../../indexer/ingest/gather.ts";
import type { Range } from "../../../indexer/ingest/ranges.ts";
import { last, type Reading, startReading } from "./reading.ts";

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

  /** Expects each of `read` to be five of `apart`, the last one maybe fewer. */
  function expectJoined(read: readonly Range[], apart: readonly Range[]): void {
    expect(read).to.have.lengthOf(Math.ceil(apart.length / 5));
    for (const [i, range] of read.entries()) {
      const parts = apart.slice(5 * i, 5 * i + 5);
      expect([range.from, range.to]).to.deep.equal([parts[0]?.from, parts.at(-1)?.to]);
      expect(range.headers).to.deep.equal(parts.flatMap(({ headers }) => headers));
      expect(range.logs).to.deep.equal(parts.flatMap(({ logs }) => logs));
    }
  }

  it("throws what reading throws, after all that was read before", async () => {
    for (const failsAfter of [0, 1, 5, 7]) {
      const ranges = (await reading.all()).slice(0, failsAfter);
      const failure = new Error("no more");
      async function* failing() {
        yield* ranges;
        throw failure;
      }
      const { read, error } = await gathered(failing());
      expect(error).to.equal(failure);
      expectJoined(read, ranges);
    }
  });

  it("yields nothing of nothing", async () => {
    expect(await gathered(reading.read({ after: last }))).to.deep.equal({ read: [] });
  });

  it("makes one range of five, and loses none", async () => {
    const apart = await reading.all();
    const { read } = await gathered(reading.read());
    expectJoined(read, apart);
  });

  it("lets no range wait longer than a second for others", async () => {
    let time = 0;
    async function* slow() {
      for (let from = 1; from <= 6; from++) {
        time += 400;
        yield { from, to: from, headers: [], logs: [] };
      }
    }
    const read: number[] = [];
    for await (const { to } of gather(slow(), () => time)) read.push(to);
    expect(read).to.deep.equal([3, 6]);
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
