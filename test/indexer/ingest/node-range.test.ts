import { expect } from "chai";
import { type Hex, toHex } from "viem";
import { readRanges } from "../../../indexer/ingest/ranges.ts";
import type { Block } from "../node.ts";
import { busy, expectChain, filter, type Json, last, type Reading, startReading, whole } from "./reading.ts";

describe("reading final blocks refuses", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  /** Falsifies the third log of the busy block. */
  const falsifyThird = (change: Json): void =>
    reading.falsifyLogs((logs) =>
      logs.map((log) => (log.blockHash === busy.hash && log.logIndex === "0x2" ? { ...log, ...change } : log)),
    );

  it("an answer without logs, where the bloom shows some", async () => {
    reading.falsifyLogs(() => []);
    await reading.refuses(/^The 0 logs of block 2 are not all that its logsBloom shows\..*--no-blooms/);
  });

  it("an answer that lacks a log", async () => {
    reading.falsifyLogs((logs) =>
      logs.filter(({ blockHash, logIndex }) => blockHash !== busy.hash || logIndex !== "0x2"),
    );
    await reading.refuses(new RegExp(`^The ${busy.logs.length - 1} logs of block ${busy.number} are not all`));
  });

  it("logs that come twice", async () => {
    reading.falsifyLogs((logs) => logs.flatMap((log) => [log, log]));
    await reading.refuses(/^The node answered with log 0 of block 2 twice\.$/);
  });

  it("logs that were removed", async () => {
    for (const removed of [true, "true", 1, null]) {
      falsifyThird({ removed });
      await reading.refuses(/^The node answered with a removed log\.$/);
    }
  });

  it("a first log that lacks a field", async () => {
    for (const field of ["address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "logIndex"]) {
      reading.falsifyLogs((logs) => logs.map((log, i) => (i === 0 ? { ...log, [field]: undefined } : log)));
      await reading.refuses(new RegExp(`^The node answered .*${field}`));
    }
  });

  it("logs that nobody asked for", async () => {
    falsifyThird({ address: `0x${"22".repeat(20)}` });
    await reading.refuses(/^The node answered with a log of 0x(?:22){20} that nobody asked for\.$/);
    for (const topics of [[], [`0x${"33".repeat(32)}`]]) {
      falsifyThird({ topics });
      await reading.refuses(/^The node answered with a log of 0x\w{40} that nobody asked for\.$/);
    }
  });

  it("logs that the bloom doesn't show", async () => {
    reading.falsifyLogs((logs) =>
      logs.map((log) =>
        log.blockHash === busy.hash ? { ...log, topics: [(log.topics as Hex[])[0], `0x${"44".repeat(32)}`] } : log,
      ),
    );
    await reading.refuses(new RegExp(`^The logsBloom of block ${busy.number} has no place for one of its logs\\.`));
  });

  it("logs of another range, of a later block or of a block that is not on the chain", async () => {
    falsifyThird({ blockNumber: toHex(last + 1) });
    await reading.refuses(
      new RegExp(`^The node answered with a log of block ${last + 1}, ${busy.hash}, which it was not asked for`),
    );
    falsifyThird({ blockNumber: toHex(busy.number + 1) });
    await reading.refuses(new RegExp(`^The node answered with a log of block ${busy.number + 1}, ${busy.hash}, which`));
    falsifyThird({ blockHash: `0x${"55".repeat(32)}` });
    await reading.refuses(new RegExp(`^The node answered with a log of block ${busy.number}, 0x(?:55){32}, which`));
  });

  const hash = `0x${"5".repeat(64)}`;
  const malformed: Record<string, unknown[]> = {
    address: [undefined, null, 5, "0x", `${hash}`, `0x${"zz".repeat(20)}`, "ab".repeat(21)],
    topics: [[5], [""], [hash, "0x12"], [hash, hash.replace("55", "5g")], [hash, `${hash}00`], [hash, null]],
    data: [undefined, null, "", "0", "0x1", "0x1g", "12", ["0x"], "0x\u0130\u0131", "0xé0"],
    blockNumber: [undefined, null, 5, "", "0x", "5", "0xg", "0x100000000000000", "0x20000000000000", "-0x1"],
    blockHash: [undefined, null, "0x12", 5],
    transactionHash: [undefined, null, "0x12", hash.slice(0, -1), `${hash}5`],
    logIndex: [undefined, null, 2, "", "0x", "two", "0x-2"],
  };
  for (const [field, values] of Object.entries(malformed))
    it(`a log whose ${field} is no such thing`, async () => {
      for (const value of values) {
        falsifyThird({ [field]: value });
        await reading.refuses(new RegExp(`^The node answered with ${field} `), {
          after: busy.number - 1,
          to: busy.number,
        });
      }
    });

  it("logs that are no logs", async () => {
    for (const topics of [undefined, null, "0x", Array(5).fill(hash)]) {
      falsifyThird({ topics });
      await reading.refuses(/^The node answered with a log without topics\.$/);
    }
    for (const answer of [[null], [5], ["log"]]) {
      reading.falsifyLogs(() => answer);
      await reading.refuses(/^The node answered with (?:null|5|"log") for a log\.$/);
    }
    for (const answer of [null, {}, "[]", 5]) {
      reading.falsifyLogs(() => answer);
      await reading.refuses(/^The node answered eth_getLogs without a list\.$/);
    }
  });

  it("a block that is not there", async () => {
    reading.node.fault = (method, [at]) =>
      method === "eth_getBlockByNumber" && Number(at) === 40 ? { result: null } : undefined;
    await reading.refuses(/^The node answered with null for a block\.$/);
  });

  it("a header whose fields are no such things", async () => {
    const wrong = { number: "5", hash: "0x12", parentHash: null, timestamp: -1, logsBloom: "0x00" };
    for (const [field, value] of Object.entries(wrong)) {
      reading.falsifyHeader(40, field, value);
      await reading.refuses(new RegExp(`^The node answered with ${field} ${JSON.stringify(value)}\\.$`));
    }
  });

  it("another block than it asked for", async () => {
    reading.falsifyHeader(40, "number", toHex(41));
    await reading.refuses(/^The node answered with block 41 when asked for 40\.$/);
  });

  it("blocks that don't follow one another", async () => {
    reading.falsifyHeader(40, "parentHash", hash);
    await reading.refuses(new RegExp(`^Block 40 follows ${hash}, and not ${whole[39]?.hash} before it\\.$`));
    reading.node.fault = () => undefined;
    const generator = readRanges(reading.open(reading.node.url), {
      ...{ filter, blooms: true, to: last },
      after: { ...(whole[9] as Block), hash: hash as Hex },
    });
    const error = await generator.next().catch((thrown) => thrown);
    expect(error.message).to.equal(`Block 10 follows ${whole[9]?.hash}, and not ${hash} before it.`);
  });

  it("blocks that are earlier than those before them", async () => {
    reading.falsifyHeader(40, "timestamp", toHex(1000 + 38));
    await reading.refuses(/^Block 40 is of time 1038, earlier than 1039 of block 39 before it\.$/);
  });

  it("headers without blooms, if they are to carry some", async () => {
    for (const [logsBloom, message] of [
      [undefined, /^Block \d+ has no logsBloom, by which missing logs are found\. If .* give --no-blooms\.$/],
      ["0x", /^Block \d+ has no logsBloom/],
      [
        `0x${"00".repeat(256)}`,
        /^The logsBloom of block \d+ has no place for one of its logs\. If .* give --no-blooms\.$/,
      ],
    ] as const) {
      reading.node.fault = (method, _, honest) =>
        method === "eth_getBlockByNumber" ? { result: { ...(honest as Json), logsBloom } } : undefined;
      await reading.refuses(message);
      expectChain(await reading.all({ blooms: false }), whole);
    }
  });

  it("without blooms, logs that headers contradict", async () => {
    falsifyThird({ blockHash: hash });
    await reading.refuses(new RegExp(`^The node answered with a log of block ${busy.number}, ${hash}, which`), {
      blooms: false,
    });
    falsifyThird({ blockNumber: toHex(last + 1) });
    await reading.refuses(new RegExp(`^The node answered with a log of block ${last + 1} when asked for`), {
      blooms: false,
    });
  });
});
