import Database from "better-sqlite3";
import { expect } from "chai";
import { Stalled } from "../../indexer/watchdog.ts";
import { following, head, readiness, whole } from "./following.ts";
import { type FakeNode, startNode } from "./node.ts";
import { until, untilReady } from "./running.ts";
import { deployment } from "./story.ts";

const campaign = deployment.contracts.Campaign.address.toLowerCase();

describe("following a chain", () => {
  const on = following();

  it("refuses a node of another chain", async () => {
    on.node.chainId = 5;
    const indexer = await on.launch();
    expect((await indexer.ended)?.message).to.match(/is on chain 5, but the deployment is on chain 31337\.$/);
    expect((await fetch(`${indexer.url}/readyz`)).status).to.equal(503);
  });

  it("refuses a second writer of its database, and leaves the first alone", async () => {
    const first = await on.launch();
    const second = await on.launch().catch((error: Error) => error);
    expect((second as Error).message).to.match(/^Another indexer writes the database .*: there can be only one\./);
    await untilReady(first, head(whole));
  });

  it("answers 503 while no node can be reached, and recovers when one comes back", async () => {
    const { port } = new URL(on.node.url);
    await on.node.close();
    const indexer = await on.launch();
    expect((await fetch(`${indexer.url}/healthz`)).status).to.equal(200);
    expect((await fetch(`${indexer.url}/v1/seasons`)).status).to.equal(503);
    await until("the failure is reported", async () => /can't be reached/.test((await readiness(indexer)).detail));
    on.node = await startNode(whole, Number(port));
    await untilReady(indexer, head(whole));
  });

  it("goes over to another node when one fails", async () => {
    const broken = await startNode(whole);
    broken.fault = () => ({ status: 500, body: "out of order" });
    await untilReady(await on.launch({ rpcs: [broken.url, on.node.url] }), head(whole));
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
      on.node.finalized = 30;
      on.node.fault = (...asked) => (lies-- > 0 ? fault(...asked) : undefined);
      await untilReady(await on.launch({ rpcTimeout: name === "no answer at all" ? 500 : 5_000 }), head(whole));
      await on.expectRowsOf(whole);
    });

  it("waits, says so and loses nothing while another process has locked the database", async () => {
    on.node.fault = () => "hang";
    const indexer = await on.launch({ rpcTimeout: 500 });
    const other = new Database(on.path("db"));
    other.exec("BEGIN IMMEDIATE");
    on.node.fault = () => undefined;
    await until("the lock is reported", async () =>
      /another process has locked it \(SQLITE_BUSY\)\. Wait for that process, or end it\.$/.test(
        (await readiness(indexer)).detail,
      ),
    );
    other.close();
    await untilReady(indexer, head(whole));
    await on.expectRowsOf(whole);
  });

  it("ends as stalled when nothing succeeds for too long", async () => {
    on.node.fault = () => "hang";
    const indexer = await on.launch({ stallAfter: 300, rpcTimeout: 50 });
    const failure = await indexer.ended;
    expect(failure).to.be.instanceOf(Stalled);
    expect(failure?.message).to.match(/^Stalled: nothing has succeeded for 0 s\. /);
  });
});
