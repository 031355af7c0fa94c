import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import type { Indexer } from "../../indexer/main.ts";
import { rewind } from "../../indexer/maintain.ts";
import type { IndexerOptions } from "../../indexer/options.ts";
import { Stalled } from "../../indexer/watchdog.ts";
import type { Audit, Problem } from "../../sdk/wire.ts";
import { type Block, chainOf, type FakeNode, headerJson, startNode } from "./node.ts";
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
  async function cleanRows(blocks: Block[], options: Partial<IndexerOptions>): Promise<Record<string, unknown[]>> {
    const clean = await startNode(blocks);
    clean.finalized = node.finalized;
    rmSync(files.path("clean"), { force: true });
    const indexer = await start({ rpcs: [clean.url], db: files.path("clean"), ...options });
    await untilReady(indexer, head(blocks));
    await indexer.close();
    await clean.close();
    return dumpFile(files.path("clean"));
  }

  async function expectRowsOf(blocks: Block[], options: Partial<IndexerOptions> = {}): Promise<void> {
    const clean = await cleanRows(blocks, options);
    for (const [table, rows] of Object.entries(dumpFile(files.path("db"))))
      expect(rows, table).to.deep.equal(clean[table]);
  }

  const readiness = async (indexer: Indexer): Promise<Problem> =>
    (await (await fetch(`${indexer.url}/readyz`)).json()) as Problem;

  const metric = async (indexer: Indexer, name: string): Promise<string | undefined> =>
    new RegExp(`^${name} (.*)$`, "m").exec(await (await fetch(`${indexer.url}/metrics`)).text())?.[1];

  const untilAt = (indexer: Indexer, blocks: readonly Block[]): Promise<true> =>
    until("the chain is indexed", async () => {
      const answer = await fetch(`${indexer.url}/v1/seasons`);
      const { asOf } = (await answer.json()) as { asOf?: { blockHash: string } };
      return asOf?.blockHash === blocks.at(-1)?.hash;
    });

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

  it("refuses a second writer of its database, and leaves the first alone", async () => {
    const first = await launch();
    const second = await launch().catch((error: Error) => error);
    expect((second as Error).message).to.match(/^Another indexer writes the database .*: there can be only one\./);
    await untilReady(first, head(whole));
  });

  it("empties a database of another chain when told to", async () => {
    const first = await launch();
    await untilReady(first, head(whole));
    await first.close();
    running = [];
    const other = chainOf(tell(choices(40, 11)), "another genesis", 0);
    node.blocks = other;
    await untilReady(await launch({ wipe: true }), head(other));
    await expectRowsOf(other);
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

  it("follows a reorganisation of final blocks once it is rewound as it says", async () => {
    node.finalized = 40;
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    const fork = chainOf(tell([...story.slice(0, 20), ...choices(60, 8)]), "deep", 23);
    node.blocks = fork;
    const failure = await indexer.ended;
    await indexer.close();
    running = [];
    const [, to] = /rewind --to (\d+)/.exec(failure?.message ?? "") ?? [];
    expect(Number(to)).to.be.below(23);
    rewind({ deployment, db: files.path("db"), to: Number(to) });
    await untilReady(await launch(), head(fork));
    await expectRowsOf(fork);
  });

  it("doesn't give up a final block for one backend's fork", async () => {
    node.finalized = 40;
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    const fork = chainOf(tell(story), "deep", 30);
    const longer = chainOf(tell([...story, ...choices(3, 2)]));
    let strays = 3;
    node.fault = (method, [tag]) => {
      if (method !== "eth_getBlockByNumber" || strays === 0) return undefined;
      if (tag !== "latest") return { result: headerJson(fork[Number(tag)] as Block) };
      strays--;
      return { result: headerJson(fork.at(-1) as Block) };
    };
    await until("the backend has strayed", () => strays === 0);
    node.blocks = longer;
    await untilReady(indexer, head(longer));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("0");
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
      await untilAt(indexer, fork);
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

  it("keeps the parent hashes of every block that isn't final when it is started again", async () => {
    node.finalized = 20;
    const first = await launch();
    await untilReady(first, head(whole));
    await first.close();
    running = [];
    for (const depth of [40, 3, 25]) {
      const forkAt = head(whole) - depth;
      const fork = chainOf(tell([...story.slice(0, forkAt - 3), ...choices(depth + 3, depth)]), `${depth}`, forkAt);
      node.blocks = fork;
      const again = await launch();
      await untilReady(again, head(fork));
      await again.close();
      running = [];
      await expectRowsOf(fork);
    }
  });

  it("follows reorganisations of any depth, down to the seam of final and new blocks", async () => {
    node.finalized = 30;
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    let blocks = whole;
    for (const [i, forkAt] of [31, 61, 45, 31, 60, 33].entries()) {
      blocks = chainOf(
        tell([...story.slice(0, forkAt - 3), ...choices(60 + i, i).slice(forkAt - 3)]),
        `fork ${i}`,
        forkAt,
      );
      node.blocks = blocks;
      await untilAt(indexer, blocks);
    }
    await untilReady(indexer, head(blocks));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("6");
    await expectRowsOf(blocks);
  });

  it("starts over when the first blocks are reorganised and none was final", async () => {
    const indexer = await launch({ finality: 1000 });
    await untilReady(indexer, head(whole));
    const fork = chainOf(tell(choices(70, 12)), "from the first", 1);
    node.blocks = fork;
    await untilAt(indexer, fork);
    await untilReady(indexer, head(fork));
    await expectRowsOf(fork, { finality: 1000 });
  });

  it("waits for a backend that lags behind, and undoes nothing though every other answer is its", async () => {
    const indexer = await launch();
    await untilReady(indexer, head(whole));
    let asked = 0;
    node.fault = (method, [tag]) =>
      method === "eth_getBlockByNumber" && tag === "latest" && asked++ % 2 === 0
        ? { result: headerJson(whole.at(-10) as Block) }
        : undefined;
    await until("it was asked often", () => asked > 12);
    const longer = chainOf(tell([...story, ...choices(5, 2)]));
    node.blocks = longer;
    await untilReady(indexer, head(longer));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("0");
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
    "wrong hashes": (method, _, honest) =>
      method === "eth_getBlockByNumber"
        ? { result: { ...(honest as object), hash: `0x${"33".repeat(32)}` } }
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

  const withLogs = whole.filter(({ logs }) => logs.length > 0);
  const victim = withLogs.at(-2) as Block;
  const without =
    (block: Block, lies = Number.POSITIVE_INFINITY): FakeNode["fault"] =>
    (method, [filter]) =>
      method === "eth_getLogs" && (filter as { blockHash?: string }).blockHash === block.hash && lies-- > 0
        ? { result: [] }
        : undefined;

  it("doesn't believe that a block is empty whose header tells of logs, and goes no further", async () => {
    node.fault = without(victim);
    const indexer = await launch();
    await until("the doubt is told", async () =>
      /^The 0 logs of block \d+ are not all that its logsBloom tells of\./.test((await readiness(indexer)).detail),
    );
    expect(Number(await metric(indexer, "proofboard_indexed_block"))).to.be.below(victim.number);
    node.fault = () => undefined;
    await untilReady(indexer, head(whole));
    await expectRowsOf(whole);
  });

  describe("on a chain whose headers have no blooms", () => {
    const bare = () => whole.map((block) => ({ ...block, logsBloom: `0x${"00".repeat(256)}` as const }));

    beforeEach(() => {
      node.blocks = bare();
    });

    it("stops and names the option that reads it", async () => {
      const indexer = await launch();
      await until("it is told", async () => /give --no-blooms\.$/.test((await readiness(indexer)).detail));
    });

    it("reads again what doesn't follow from what was read before", async () => {
      node.fault = without(victim, 1);
      const indexer = await launch({ blooms: false });
      await untilReady(indexer, head(whole));
      await expectRowsOf(whole, { blooms: false });
    });

    it("says so as long as the events contradict each other, and heals when they don't any more", async () => {
      node.fault = without(victim);
      const indexer = await launch({ blooms: false });
      await until("the contradiction is told", async () =>
        /^The events read contradict the chain: /.test((await readiness(indexer)).detail),
      );
      expect((await fetch(`${indexer.url}/readyz`)).status).to.equal(503);
      node.fault = () => undefined;
      await untilReady(indexer, head(whole));
      await expectRowsOf(whole, { blooms: false });
    });

    it("notices points that are missing at the head by the chain's own ledger", async () => {
      const cut = whole.findLastIndex(({ ledgers }, i) => ledgers.get(1n)?.seq !== whole[i - 1]?.ledgers.get(1n)?.seq);
      node.blocks = bare().slice(0, cut + 1);
      node.fault = without(whole[cut] as Block);
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

    it("doesn't undo anything for one wrong word about the ledger", async () => {
      let lies = 1;
      node.fault = (method) => (method === "eth_call" && lies-- > 0 ? { result: `0x${"00".repeat(32)}` } : undefined);
      const indexer = await launch({ blooms: false });
      await untilReady(indexer, head(whole));
      const asked = node.requests.filter(({ method }) => method === "eth_getLogs");
      expect(new Set(asked.map(({ params }) => JSON.stringify(params)))).to.have.lengthOf(asked.length);
    });
  });

  it("waits, says so and loses nothing while another process has locked the database", async () => {
    node.fault = () => "hang";
    const indexer = await launch({ rpcTimeout: 50 });
    const other = new Database(files.path("db"));
    other.exec("BEGIN IMMEDIATE");
    node.fault = () => undefined;
    await until("the lock is told", async () =>
      /another process has locked it \(SQLITE_BUSY\)\.$/.test((await readiness(indexer)).detail),
    );
    other.close();
    await untilReady(indexer, head(whole));
    await expectRowsOf(whole);
  });

  it("ends as stalled when nothing succeeds for too long", async () => {
    node.fault = () => "hang";
    const indexer = await launch({ stallAfter: 300, rpcTimeout: 50 });
    const failure = await indexer.ended;
    expect(failure).to.be.instanceOf(Stalled);
    expect(failure?.message).to.match(/^Stalled: nothing has succeeded for 0 s\. /);
  });
});
