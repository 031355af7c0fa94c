import { expect } from "chai";
import { readBlockLogs } from "../../../indexer/ingest/block-logs.ts";
import { readHeader } from "../../../indexer/ingest/blocks.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { startNode } from "../node.ts";
import { busy, filter, type Reading, startReading, wantedLogs, whole } from "./reading.ts";

describe("reading one block's logs", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  async function read(blooms = true, ...urls: string[]) {
    const header = await readHeader(reading.open(reading.node.url), busy.number);
    return readBlockLogs(reading.open(reading.node.url, ...urls), { filter, blooms }, header);
  }

  async function refuses(message: RegExp, blooms = true): Promise<void> {
    const error = await read(blooms).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    expect(error.message).to.match(message);
  }

  it("refuses an answer that lacks logs, unless there are no blooms to tell", async () => {
    for (const lacking of [1, busy.logs.length]) {
      reading.falsifyLogs((logs) => logs.slice(lacking));
      await refuses(new RegExp(`^The ${busy.logs.length - lacking} logs of block ${busy.number} are not all`));
      expect(await read(false)).to.deep.equal(wantedLogs(busy).slice(lacking));
    }
  });

  it("refuses logs of another block", async () => {
    for (const [field, value] of [
      ["blockHash", `0x${"11".repeat(32)}`],
      ["blockNumber", "0x1"],
    ] as const)
      for (const blooms of [true, false]) {
        reading.falsifyLogs((logs) => logs.map((log) => ({ ...log, [field]: value })));
        await refuses(/^The node answered with a log of block \d+, 0x\w{64}, which it was not asked for\.$/, blooms);
      }
  });

  it("refuses foreign, removed and doubled logs", async () => {
    reading.falsifyLogs((logs) => logs.map((log) => ({ ...log, address: `0x${"22".repeat(20)}` })));
    await refuses(/that nobody asked for\.$/);
    reading.falsifyLogs((logs) => logs.map((log) => ({ ...log, removed: true })));
    await refuses(/^The node answered with a removed log\.$/);
    reading.falsifyLogs((logs) => [...logs, ...logs]);
    await refuses(/twice\.$/);
  });

  it("refuses a node that doesn't know the block", async () => {
    const header = await readHeader(reading.open(reading.node.url), busy.number);
    reading.node.blocks = whole.slice(0, busy.number);
    const error = await readBlockLogs(reading.open(reading.node.url), { filter, blooms: true }, header).catch(
      (thrown) => thrown,
    );
    expect(error).to.be.instanceOf(RpcError);
    expect(error.kind).to.equal("refused");
  });

  it("asks by the block's hash, and gives its logs in order", async () => {
    reading.falsifyLogs((logs) => logs.toReversed());
    expect(await read()).to.deep.equal(wantedLogs(busy));
    const asked = reading.node.requests.filter(({ method }) => method === "eth_getLogs");
    expect(asked.map(({ params }) => params[0])).to.deep.equal([
      { blockHash: busy.hash, address: filter.addresses, topics: [filter.signatures] },
    ]);
  });

  it("asks another node when one's answer doesn't fit", async () => {
    const other = await startNode([...whole]);
    reading.falsifyLogs(() => []);
    expect(await read(true, other.url)).to.deep.equal(wantedLogs(busy));
    await other.close();
  });
});
