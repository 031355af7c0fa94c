import { expect } from "chai";
import type { Indexer } from "../../indexer/main.ts";
import type { IndexerOptions } from "../../indexer/options.ts";
import type { Audit, Problem } from "../../sdk/wire.ts";
import { type Block, chainOf, type FakeNode, startNode } from "./node.ts";
import { choices, dumpFile, scratch, start, until, untilReady } from "./running.ts";
import { deployment, tell } from "./story.ts";

const story = choices(60, 7);
const campaign = deployment.contracts.Campaign.address.toLowerCase();
const whole = chainOf(tell(story));
const head = (blocks: readonly Block[]) => (blocks.at(-1) as Block).number;

describe("following a chain", () => {
  let files: ReturnType<typeof scratch>;
  let node: FakeNode;
  let running: Indexer[];

  beforeEach(async () => {
    files = scratch();
    node = await startNode(whole);
    running = [];
  });
  afterEach(async () => {
    for (const indexer of running) await indexer.close();
    await node.close();
    files.remove();
  });

  async function launch(options: Partial<IndexerOptions> = {}): Promise<Indexer> {
    const indexer = await start({ rpcs: [node.url], db: files.path("db"), ...options });
    running.push(indexer);
    return indexer;
  }

  /** Every row that an indexer has which only ever saw `blocks`. */
  async function cleanRows(blocks: Block[]): Promise<Record<string, unknown[]>> {
    const clean = await startNode(blocks);
    clean.finalized = node.finalized;
    const indexer = await start({ rpcs: [clean.url], db: files.path("clean") });
    await untilReady(indexer, head(blocks));
    await indexer.close();
    await clean.close();
    return dumpFile(files.path("clean"));
  }

  async function expectRowsOf(blocks: Block[]): Promise<void> {
    const clean = await cleanRows(blocks);
    for (const [table, rows] of Object.entries(dumpFile(files.path("db"))))
      expect(rows, table).to.deep.equal(clean[table]);
  }

  const readiness = async (indexer: Indexer): Promise<Problem> =>
    (await (await fetch(`${indexer.url}/readyz`)).json()) as Problem;

  it("refuses a node of another chain", async () => {
    node.chainId = 5;
    const indexer = await launch();
    expect((await indexer.ended)?.message).to.match(/is on chain 5, but the deployment is on chain 31337\.$/);
    expect((await fetch(`${indexer.url}/readyz`)).status).to.equal(503);
  });

  it("refuses to go on in a database of another chain", async () => {
    const first = await launch();
    await untilReady(first, head(whole));
    await first.close();
    running = [];
    node.blocks = chainOf(tell(story), "another genesis", 0);
    const second = await launch();
    expect((await second.ended)?.message).to.match(
      /is of the chain with genesis block 0x[0-9a-f]{64}, but the node's is/,
    );
  });

  it("refuses a reorganisation of final blocks", async () => {
    node.finalized = 40;
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    node.blocks = chainOf(tell(story), "deep", 30);
    expect((await indexer.ended)?.message).to.match(
      /^Block 40 was final and the node no longer has it\. The reorganisation is deeper than the \d+ blocks that may change\. To follow the node's chain, run "indexer rewind --to 29"/,
    );
  });

  it("catches up over final blocks in ranges and over new blocks one by one", async () => {
    node.finalized = 50;
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    const asked = node.requests
      .filter(({ method }) => method === "eth_getLogs")
      .map(({ params }) => params[0] as object);
    expect(asked.filter((filter) => "fromBlock" in filter)).to.have.lengthOf.below(5);
    expect(asked.filter((filter) => "blockHash" in filter)).to.have.lengthOf(head(whole) - 50);
  });

  it("never takes blocks for final that are younger than --finality, whatever the node says", async () => {
    node.finalized = head(whole);
    const indexer = await launch({ finality: 5 });
    await untilReady(indexer, head(whole));
    const standings = await fetch(`${indexer.url}/v1/seasons`);
    const { asOf } = (await standings.json()) as { asOf: { finalizedBlock: number } };
    expect(asOf.finalizedBlock).to.equal(head(whole) - 5);
  });

  it("keeps the same rows whether it followed the chain or came late", async () => {
    node.blocks = whole.slice(0, 12);
    await launch();
    for (let length = 12; length <= whole.length; length += 6) {
      node.blocks = whole.slice(0, length);
      node.finalized = Math.max(0, length - 15);
      await untilReady(running[0] as Indexer, length - 1);
    }
    node.blocks = whole;
    await untilReady(running[0] as Indexer, head(whole));
    await expectRowsOf(whole);
  });

  it("follows a reorganisation, also to a chain of the same height", async () => {
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    for (const forkAt of [head(whole), head(whole) - 4, 20]) {
      const suffix = choices(60, forkAt);
      const fork = chainOf(
        tell([...story.slice(0, forkAt - 3), ...suffix.slice(forkAt - 3)]),
        `fork ${forkAt}`,
        forkAt,
      );
      node.blocks = fork;
      await until("the fork is indexed", async () => {
        const answer = await fetch(`${indexer.url}/v1/seasons`);
        return ((await answer.json()) as { asOf: { blockHash: string } }).asOf.blockHash === fork.at(-1)?.hash;
      });
    }
    const last = node.blocks;
    await untilReady(indexer, head(last));
    await expectRowsOf(last);
  });

  it("follows a reorganisation that happened while it was away", async () => {
    const first = await launch();
    await untilReady(first, head(whole));
    await first.close();
    running = [];
    const fork = chainOf(tell([...story.slice(0, 30), ...choices(40, 3)]), "meanwhile", 33);
    node.blocks = fork;
    await untilReady(await launch(), head(fork));
    await expectRowsOf(fork);
  });

  it("waits for a node that lags behind and undoes nothing", async () => {
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    const before = dumpFile(files.path("db"));
    node.blocks = whole.slice(0, -10);
    await until(
      "the lag is noticed",
      () => node.requests.filter((r) => r.method === "eth_getBlockByNumber").length > 80,
    );
    expect(dumpFile(files.path("db"))).to.deep.equal(before);
    node.blocks = whole;
    await untilReady(indexer, head(whole));
  });

  it("resumes after a restart without reading again", async () => {
    node.finalized = 50;
    const first = await launch();
    await untilReady(first, head(whole));
    await first.close();
    node.requests = [];
    running = [];
    await untilReady(await launch(), head(whole));
    expect(node.requests.filter(({ method }) => method === "eth_getLogs")).to.deep.equal([]);
  });

  it("answers 503 while no node can be reached, and recovers when one comes back", async () => {
    const { port } = new URL(node.url);
    await node.close();
    const indexer = await launch();
    expect((await fetch(`${indexer.url}/healthz`)).status).to.equal(200);
    expect((await fetch(`${indexer.url}/v1/seasons`)).status).to.equal(503);
    await until("the failure is told", async () => /can't be reached/.test((await readiness(indexer)).detail));
    node = await startNode(whole, Number(port));
    await untilReady(indexer, head(whole));
  });

  it("goes over to another node when one fails", async () => {
    const broken = await startNode(whole);
    broken.fault = () => ({ status: 500, body: "out of order" });
    await untilReady(await launch({ rpcs: [broken.url, node.url] }), head(whole));
    await broken.close();
  });

  const faults: Record<string, FakeNode["fault"]> = {
    "too many requests": () => ({ status: 429, body: "slow down" }),
    "an error body with status 200": () => ({ result: undefined, error: { code: -32005, message: "limit" } }) as never,
    "truncated JSON": (_, __, honest) => ({ status: 200, body: JSON.stringify({ result: honest }).slice(0, -2) }),
    "no answer at all": () => "hang",
    "null blocks": (method) => (method === "eth_getBlockByNumber" ? { result: null } : undefined),
    "doubled logs": (method, _, honest) =>
      method === "eth_getLogs" ? { result: [...(honest as unknown[]), ...(honest as unknown[])] } : undefined,
    "removed logs": (method, _, honest) =>
      method === "eth_getLogs" ? { result: (honest as object[]).map((log) => ({ ...log, removed: true })) } : undefined,
    "logs of another block": (method, _, honest) =>
      method === "eth_getLogs"
        ? { result: (honest as object[]).map((log) => ({ ...log, blockHash: `0x${"11".repeat(32)}` })) }
        : undefined,
    "cut logs": (method, _, honest) =>
      method === "eth_getLogs"
        ? { result: (honest as { data: string }[]).map((log) => ({ ...log, data: log.data.slice(0, -64) })) }
        : undefined,
    "foreign logs": (method, _, honest) =>
      method === "eth_getLogs"
        ? { result: (honest as object[]).map((log) => ({ ...log, address: `0x${"22".repeat(20)}` })) }
        : undefined,
    "missing points": (method, _, honest) =>
      method === "eth_getLogs"
        ? { result: (honest as { address: string }[]).filter(({ address }) => address !== campaign) }
        : undefined,
    "no logs": (method) => (method === "eth_getLogs" ? { result: [] } : undefined),
  };
  for (const [name, fault] of Object.entries(faults))
    it(`recovers from ${name}, and never takes it for truth`, async () => {
      let lies = 5;
      node.finalized = 30;
      node.fault = (...asked) => (lies-- > 0 ? fault(...asked) : undefined);
      await untilReady(await launch({ rpcTimeout: 50 }), head(whole));
      await expectRowsOf(whole);
    });

  it("halves a range that the node finds too long, and halves it again", async () => {
    node.finalized = head(whole);
    const tooLong = ({ fromBlock, toBlock }: { fromBlock?: string; toBlock?: string }) =>
      Number(toBlock) - Number(fromBlock) > 5;
    node.fault = (method, [filter]) =>
      method === "eth_getLogs" && tooLong(filter as object) ? { status: 413, body: "too much" } : undefined;
    await untilReady(await launch(), head(whole));
    node.fault = () => undefined;
    await expectRowsOf(whole);
  });

  it("says so as long as the events contradict the chain, and heals when they don't any more", async () => {
    const last = whole.findLast(({ logs }) => logs.some(({ topics }) => topics.length === 4)) as Block;
    const victim = whole.slice(0, last.number).findLast(({ logs }) => logs.length > 0) as Block;
    node.fault = (method, [filter]) =>
      method === "eth_getLogs" && (filter as { blockHash?: string }).blockHash === victim.hash
        ? { result: [] }
        : undefined;
    const indexer = await launch({ blooms: false });
    await until("the contradiction is told", async () =>
      /^The events read contradict the chain: /.test((await readiness(indexer)).detail),
    );
    expect((await fetch(`${indexer.url}/readyz`)).status).to.equal(503);
    node.fault = () => undefined;
    await untilReady(indexer, head(whole));
    await expectRowsOf(whole);
  });

  it("notices points that are missing at the head by the chain's own ledger", async () => {
    const cut = whole.findLastIndex(({ ledgers }, i) => ledgers.get(1n)?.seq !== whole[i - 1]?.ledgers.get(1n)?.seq);
    node.blocks = whole.slice(0, cut + 1);
    const hash = (whole[cut] as Block).hash;
    node.fault = (method, [filter]) =>
      method === "eth_getLogs" && (filter as { blockHash?: string }).blockHash === hash ? { result: [] } : undefined;
    const indexer = await launch({ blooms: false });
    await until("the difference is told", async () =>
      /the chain's ends with entry/.test((await readiness(indexer)).detail),
    );
    const audit = (await (await fetch(`${indexer.url}/v1/audit/1`)).json()) as Audit;
    expect(audit.match).to.equal(false);
    expect(BigInt(audit.seq)).to.be.below(BigInt(audit.chainSeq));
    node.fault = () => undefined;
    await untilReady(indexer, cut);
    expect(((await (await fetch(`${indexer.url}/v1/audit/1`)).json()) as Audit).match).to.equal(true);
  });
});
