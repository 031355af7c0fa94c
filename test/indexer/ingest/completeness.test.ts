import { expect } from "chai";
import { type Hex, padHex } from "viem";
import { readHeader } from "../../../indexer/ingest/blocks.ts";
import { readBlockLogs } from "../../../indexer/ingest/completeness.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { attestationRegistryAbi } from "../../../sdk/abi.ts";
import { fraudProofAbi } from "../../../sdk/methods/fraudProof.ts";
import { type Block, chainOf, startNode } from "../node.ts";
import { accountOf, deployment, type Emitted, emit, FraudProof } from "../story.ts";
import { judged, TOY } from "../toy.ts";
import { busy, filter, type Json, type Reading, saidOf, startReading, wantedLogs, whole } from "./reading.ts";

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
    expect(saidOf(error)).to.match(message);
  }

  it("refuses an answer that lacks logs, unless there are no blooms to check", async () => {
    for (const lacking of [1, busy.logs.length]) {
      reading.falsifyLogs((logs) => logs.slice(lacking));
      await refuses(new RegExp(`^The ${busy.logs.length - lacking} logs of block ${busy.number} are not all`));
      expect(await read(false)).to.deep.equal(wantedLogs(busy).slice(lacking));
    }
  });

  describe("the last one of which sets no bit of its own", () => {
    const [by, wrong, other] = [accountOf(1), padHex("0x1", { size: 32 }), padHex("0x2", { size: 32 })];
    const { AttestationRegistry } = deployment.contracts;
    const refuted = (id: Hex) =>
      emit(AttestationRegistry.address, attestationRegistryAbi, "StatusChanged", { id, status: 3, by });
    const row = { id: wrong, challenger: by, unit: 0n, layer: 0n, row: 0n, claimed: 1, correct: 2 };
    const logs = [refuted(other), emit(FraudProof.address, fraudProofAbi, "RowRefuted", row), refuted(wrong)];

    /** Reads a block of these logs from a node that falsifies its answers, the first one counted 1. */
    async function readOf(logs: Emitted[], change: (honest: Json[], asked: number) => Json[]) {
      reading.node.blocks = chainOf([{ logs, ledgers: new Map() }]);
      let asked = 0;
      reading.falsifyLogs((honest) => change(honest, ++asked));
      const rpc = reading.open(reading.node.url);
      const read = readBlockLogs(rpc, { filter, blooms: true }, await readHeader(rpc, 2));
      return { read, all: wantedLogs(reading.node.blocks[2] as Block) };
    }

    it("is asked for again when an answer lacks it", async () => {
      const { read, all } = await readOf(logs, (honest, asked) => (asked === 1 ? honest.slice(0, -1) : honest));
      expect(await read).to.deep.equal(all);
    });

    it("is missed when a second answer lacks it", async () => {
      const foreign = { ...(logs[0] as Emitted), address: accountOf(2) };
      const { read } = await readOf([foreign, ...logs], (honest, asked) =>
        asked === 1 ? honest : honest.slice(0, -1),
      );
      const error = await read.catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(saidOf(error)).to.equal("The node answered with 3 logs of block 2, and then with 2 of them.");
    });
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

  describe("with a contract of which every log is wanted, from a block on", () => {
    const address = TOY.toLowerCase() as Hex;
    const foreign: Emitted = {
      ...judged(padHex("0x1", { size: 32 }), 1),
      address: deployment.contracts.Campaign.address,
    };
    const logs = [
      judged(padHex("0x1", { size: 32 }), 1),
      { ...foreign, address: foreign.address.toLowerCase() as Hex },
    ];
    const wider = (since: number) => ({ ...filter, whole: [address], since: new Map([[address, since]]) });

    async function readOf(since: number, blooms: boolean) {
      reading.node.blocks = chainOf([{ logs: [...logs, ...busy.logs], ledgers: new Map() }]);
      const rpc = reading.open(reading.node.url);
      return readBlockLogs(rpc, { filter: wider(since), blooms }, await readHeader(rpc, 2));
    }

    for (const blooms of [true, false]) {
      it(`has its logs among the others${blooms ? "" : ", without blooms"}, and none of others that aren't wanted`, async () => {
        const read = await readOf(2, blooms);
        expect(read.map((log) => log.address)).to.deep.equal([address, ...busy.logs.map((log) => log.address)]);
      });

      it(`has none of them below that block${blooms ? "" : ", without blooms"}`, async () => {
        expect((await readOf(3, blooms)).map((log) => log.address)).to.deep.equal(busy.logs.map((log) => log.address));
      });
    }

    it("is refused an answer that lacks its logs", async () => {
      reading.falsifyLogs((honest) => honest.filter((log) => log.address !== address));
      const error = await readOf(2, true).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.message).to.match(/are not all that its logsBloom shows/);
    });

    it("refuses a log of a contract that wasn't asked for", async () => {
      reading.falsifyLogs((honest) => honest.map((log) => ({ ...log, address: padHex("0x99", { size: 20 }) })));
      expect((await readOf(2, false).catch((thrown) => thrown)).message).to.match(/that nobody asked for\.$/);
    });
  });
});
