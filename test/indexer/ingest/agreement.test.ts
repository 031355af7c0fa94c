import { expect } from "chai";
import { agreed, differenceOf, type Told } from "../../../indexer/ingest/agreement.ts";
import type { Log } from "../../../indexer/ingest/blocks.ts";
import type { Endpoint } from "../../../indexer/ingest/endpoint.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { createRpc } from "../../../indexer/ingest/rpc.ts";
import { results, type Scripted, startScripted, text } from "./scripted.ts";

const log = (change: Partial<Log> = {}): Log => ({
  address: `0x${"0a".repeat(20)}`,
  topics: [`0x${"01".repeat(32)}`],
  data: Buffer.from("00ff", "hex"),
  blockNumber: 7,
  blockHash: `0x${"02".repeat(32)}`,
  transactionHash: `0x${"03".repeat(32)}`,
  logIndex: 4,
  ...change,
});

describe("answers of several nodes", () => {
  let nodes: Scripted[];
  let ending: AbortController;
  beforeEach(async () => {
    nodes = await Promise.all([1, 2, 3, 4].map(() => startScripted()));
    ending = new AbortController();
  });
  afterEach(async () => {
    ending.abort();
    for (const node of nodes) await node.close();
  });

  /** Asks nodes, which tell these logs; "down" for one that doesn't answer. */
  function ask(answers: readonly (readonly Log[] | "down")[], { isProven = false, isTrusting = false } = {}) {
    const told = new Map(answers.map((answer, i) => [new URL((nodes[i] as Scripted).url).host, answer]));
    for (const [i, answer] of answers.entries())
      (nodes[i] as Scripted).reply = answer === "down" ? text("down", 500) : results(() => "0x1");
    const rpc = createRpc({
      nodes: answers.map((_, i) => ({ url: (nodes[i] as Scripted).url })),
      ...{
        chainId: 31337,
        timeout: 2_000,
        signal: ending.signal,
        checks: { isTrusting, seals: "off", receipts: false },
      },
    });
    return agreed<Told>(
      rpc,
      rpc.any,
      async (node) => {
        await node.call("eth_x", []);
        return { logs: told.get(node.name.replace("The node at ", "")) as readonly Log[], isProven };
      },
      (one) => one,
    );
  }

  it("are refused with both answers where two differ in anything", async () => {
    const differing = {
      data: Buffer.from("01ff", "hex"),
      topics: [`0x${"05".repeat(32)}`],
      address: `0x${"0b".repeat(20)}`,
      transactionHash: `0x${"04".repeat(32)}`,
      blockHash: `0x${"06".repeat(32)}`,
      logIndex: 5,
    } as const;
    for (const [field, value] of Object.entries(differing)) {
      const error = await ask([[log()], [log({ [field]: value })]]).catch((thrown) => thrown);
      expect(error, field).to.be.instanceOf(RpcError);
      expect(error.message).to.match(
        /^The node at \S+ tells log 4 of block 7, by \S+ in \S+ with topics \S+ and data 0x00ff; /,
      );
      expect(error.message).to.match(/; The node at \S+ tells log \d of block 7/);
    }
    const error = await ask([[log()], [log(), log({ logIndex: 5 })]]).catch((thrown) => thrown);
    expect(error.message).to.match(/ tells no further log; The node at \S+ tells log 5 of block 7/);
  });

  it("are refused where they are proven, and two name other transactions", async () => {
    const renamed = log({ transactionHash: `0x${"04".repeat(32)}` });
    const error = await ask([[log()], [renamed]], { isProven: true }).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    expect(error.message).to.match(
      /^The node at \S+ tells log 4 .* in 0x0303\S+ .*; The node at \S+ tells .* in 0x0404/,
    );
    expect((await ask([[log()], [renamed], [renamed]], { isProven: true })).logs).to.deep.equal([renamed]);
  });

  it("are refused where two tell one thing and two another", async () => {
    const error = await ask([[log()], [log()], [], []]).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    expect(error.message).to.match(/ tells log 4 of block 7, .*; The node at \S+ tells no further log\.$/);
  });

  it("are refused where all three differ", async () => {
    const error = await ask([[], [log()], [log({ logIndex: 5 })]]).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
  });

  it("are those of more than half, of one where no other answers, and any one's where it is proven or trusted", async () => {
    expect(await ask([[], [log()], [log()]])).to.deep.equal({ logs: [log()], isProven: false });
    expect((await ask([[log()], "down"])).logs).to.deep.equal([log()]);
    expect((await ask([[log()], []], { isProven: true })).logs).to.deep.equal([log()]);
    expect((await ask([[log()], []], { isTrusting: true })).logs).to.deep.equal([log()]);
    expect((await ask([[log()]])).logs).to.deep.equal([log()]);
  });

  it("don't wait long for one that answers nothing, and not for it each time", async () => {
    const [honest, silent] = nodes as [Scripted, Scripted];
    silent.reply = () => {};
    const rpc = createRpc({
      ...{
        nodes: [honest, silent].map(({ url }) => ({ url })),
        chainId: 31337,
        timeout: 60_000,
        signal: ending.signal,
      },
      checks: { isTrusting: false, seals: "off", receipts: false },
    });
    const work = async (node: Endpoint): Promise<Told> => {
      await node.call("eth_x", []);
      return { logs: [log()], isProven: false };
    };
    for (let i = 0; i < 10; i++) expect((await agreed(rpc, rpc.once, work, (one) => one)).logs).to.have.lengthOf(1);
    expect(silent.asked.length).to.be.within(1, 3);
  });

  it("are cut short in words where their data are long", () => {
    const [left] = differenceOf([log({ data: Buffer.alloc(100, 0xab) })], []) ?? [];
    expect(left).to.match(/data 0x(ab){64}… of 100 bytes$/);
  });
});
