import { expect } from "chai";
import { newStatus } from "../../../indexer/sync/status.ts";
import manifest from "../../../package.json" with { type: "json" };
import { choices } from "../running.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("readiness", () => {
  let served: Served;
  let url: string;
  beforeEach(async () => {
    served = openServed(chainTold(choices(10, 3)));
    url = await served.listen();
  });
  afterEach(() => served.close());

  async function refusal(): Promise<string> {
    const response = await fetch(`${url}/readyz`);
    expect([response.status, response.headers.get("retry-after")]).to.deep.equal([503, "5"]);
    return ((await response.json()) as { detail: string }).detail;
  }

  it("is refused while syncing, with the reason where there is one", async () => {
    expect(await refusal()).to.equal("Syncing: the head of the chain is not reached yet.");
    served.condition.failure = "The node is away.";
    expect(await refusal()).to.equal("The node is away.");
  });

  it("is refused when the head wasn't reached for long", async () => {
    Object.assign(served.condition, { caughtUpAt: performance.now() - 40_000, failure: "The node is away." });
    expect(await refusal()).to.equal("Stalled: the head of the chain was last reached 40 s ago. The node is away.");
  });

  it("is refused when the events contradict the chain", async () => {
    Object.assign(served.condition, {
      caughtUpAt: performance.now(),
      failure: "Entry 5 is missing.",
      inconsistent: true,
    });
    expect(await refusal()).to.equal("The events read contradict the chain: Entry 5 is missing.");
  });

  it("says how far it is", async () => {
    Object.assign(served.condition, { caughtUpAt: performance.now(), headBlock: 99 });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({ status: "ready", blockNumber: 12, headBlock: 99 });
  });
});

describe("before the chain was read for the first time", () => {
  let served: Served;
  before(() => {
    served = openServed(chainTold(choices(10, 3)), { complete: false });
  });
  after(() => served.close());

  it("refuses every answer of the chain, and readiness", async () => {
    served.condition.caughtUpAt = performance.now();
    const url = await served.listen();
    const paths = ["seasons", "seasons/1/standings", "attestations", "models", "activity", "stream", "audit/1"];
    for (const path of [...paths.map((one) => `/v1/${one}`), "/readyz"]) {
      const response = await fetch(url + path);
      expect([response.status, response.headers.get("retry-after")], path).to.deep.equal([503, "5"]);
    }
    for (const path of ["/healthz", "/metrics", "/v1/deployment"])
      expect((await fetch(url + path)).status, path).to.equal(200);
  });
});

describe("metrics", () => {
  it("report the chain, the store, nodes and answers in Prometheus' format", async () => {
    const served = openServed(chainTold(choices(10, 3)));
    Object.assign(served.condition, { ...newStatus(), headBlock: 20, reorgs: 2, events: 70 });
    const caughtUp = Date.now() - 5_000;
    served.condition.caughtUpAt = performance.now() - 5_000;
    const url = await served.listen();
    await fetch(`${url}/v1/seasons/1/standings?limit=0`);
    await fetch(`${url}/v1/seasons/1/standings`);
    const text = await (await fetch(`${url}/metrics`)).text();
    await served.close();
    const told = Number(/^proofboard_caught_up_timestamp_seconds (.*)$/m.exec(text)?.[1]);
    expect(Math.abs(1_000 * told - caughtUp)).to.be.below(500);
    const ledger = served.blocks.at(-1)?.ledgers.get(1n);
    for (const [name, value] of Object.entries({
      proofboard_head_block: 20,
      proofboard_indexed_block: 12,
      proofboard_head_lag_blocks: 8,
      proofboard_verified_block: 1,
      proofboard_reorgs_total: 2,
      proofboard_events_total: 70,
      proofboard_inconsistent: 0,
      proofboard_logs_proven: 1,
      proofboard_ranking_built: 1,
      proofboard_streams: 0,
      [`proofboard_build_info{version="${manifest.version}"}`]: 1,
      'proofboard_rpc_errors_total{kind="timeout"}': 3,
      'proofboard_ledger_entries{season="1"}': ledger?.seq,
      'proofboard_accounts{season="1"}': ledger?.participants,
      'proofboard_request_seconds_count{route="/v1/seasons/:seasonId/standings",status="400"}': 1,
      'proofboard_request_seconds_count{route="/v1/seasons/:seasonId/standings",status="200"}': 1,
      'proofboard_request_seconds_bucket{le="+Inf",route="/v1/seasons/:seasonId/standings",status="200"}': 1,
    }))
      expect(text).to.include(`\n${name} ${value}\n`);
    for (const name of ["proofboard_database_bytes", "proofboard_wal_bytes"])
      expect(Number(new RegExp(`\n${name} (\\d+)\n`).exec(text)?.[1]), name).to.be.above(0);
    expect(text).to.match(/^proofboard_request_seconds_sum\{route="\S+standings",status="200"\} 0\.\d+$/m);
    expect(text).to.match(/^proofboard_request_seconds_bucket\{le="2",route="\S+standings",status="400"\} 1$/m);
    const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    for (const [, name, type] of names) if (type === "counter") expect(name).to.match(/_total$/);
  });

  it("are computed once for all who ask within a second, and tell of the newest seasons only", async () => {
    const served = openServed(chainTold(choices(10, 3)));
    const url = await served.listen();
    const { seasons } = served.readers;
    const [season] = seasons.seasons(1);
    const asked: number[] = [];
    seasons.seasons = (limit) => {
      asked.push(limit);
      return Array.from({ length: limit }, (_, n) => ({ ...(season as NonNullable<typeof season>), seasonId: 99 - n }));
    };
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${url}/metrics`)).text()));
    await served.close();
    expect(asked).to.have.lengthOf.within(1, 2);
    expect(texts[0]?.match(/^proofboard_accounts\{/gm)).to.have.lengthOf(asked[0] as number);
    expect(asked[0]).to.equal(20);
  });

  it("tell what was verified since the last block", async () => {
    const served = openServed(chainTold(choices(10, 3)));
    const url = await served.listen();
    const verified = async () =>
      /^proofboard_verified_block (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text());
    expect((await verified())?.[1]).to.equal("1");
    served.writer.markVerified();
    expect((await verified())?.[1]).to.equal("12");
    await served.close();
  });
});
