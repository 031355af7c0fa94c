import { expect } from "chai";
import { csvText } from "../../../indexer/serve/table/csv.ts";
import { ledgerHash } from "../../../sdk/commitments.ts";
import { cidOfSha256 } from "../../../sdk/content.ts";
import type { Attestation, AttestationSummary, Receipt, Standing } from "../../../sdk/wire.ts";
import { onEachStore } from "../store/stores.ts";
import { deployment } from "../story.ts";
import { NOBODY, openSite, type Site, UNKNOWN } from "./site.ts";

onEachStore("the API", (store) => {
  let site: Site;
  before(async () => {
    site = await openSite(store());
  });
  after(() => site.close());

  const standings = async (): Promise<Standing[]> => (await site.get("/v1/seasons/1/standings")).body.items;
  const first = async (): Promise<string> => ((await standings())[0] as Standing).account;

  it("points a visitor to routes that exist", async () => {
    const { status, headers, text } = await site.get("/");
    expect([status, headers.get("content-type")]).to.deep.equal([200, "text/plain; charset=utf-8"]);
    const routes = [...text.matchAll(/^ {2}(\/\S+)/gm)].map(([, route]) => route as string);
    expect(routes).to.include("/v1/seasons/1/standings").and.to.include("/openapi.json");
    for (const route of routes) expect((await site.get(route)).status, route).to.equal(200);
  });

  it("lists standings page by page, and each account at its rank and place", async () => {
    const all = await standings();
    expect(all.length).to.be.above(5);
    const more = (points: string) => all.filter((other) => BigInt(other.points) > BigInt(points)).length;
    expect(all.map(({ rank, place }) => [rank, place])).to.deep.equal(
      all.map(({ points }, i) => [1 + more(points), i + 1]),
    );
    const paged: Standing[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const { body } = await site.get(`/v1/seasons/1/standings?limit=2${next === "" ? "" : `&cursor=${next}`}`);
      paged.push(...body.items);
      expect(body.total).to.equal(all.length);
      next = body.next;
    }
    expect(paged).to.deep.equal(all);
    const middle = all[3] as Standing;
    const { body } = await site.get(`/v1/seasons/1/standings/${middle.account.toLowerCase()}?around=2`);
    expect(body.item).to.deep.equal(middle);
    expect(body.neighbours).to.deep.equal([all[1], all[2], all[4], all[5]]);
  });

  it("gives the whole table as CSV, with the state it is of", async () => {
    const { text, headers } = await site.get("/v1/seasons/1/standings.csv");
    const [head, ...lines] = text.trimEnd().split("\n") as [string, ...string[]];
    const columns = head.split(",");
    expect(columns.slice(0, 3)).to.deep.equal(["rank", "place", "account"]);
    expect(lines).to.deep.equal(
      (await standings()).map((row) =>
        columns.map((column) => (column === "name" ? csvText(row.name) : row[column as keyof Standing])).join(","),
      ),
    );
    expect(columns.at(-1)).to.equal("name");
    expect(JSON.parse(headers.get("as-of") ?? "")).to.deep.equal((await site.get("/v1/seasons/1")).body.asOf);
  });

  it("says of what state of the chain it answers", async () => {
    const last = site.node.blocks.at(-1);
    const { asOf } = (await site.get("/v1/seasons/1/standings")).body;
    const ledger = last?.ledgers.get(1n);
    expect(asOf).to.deep.equal({
      chainId: 31337,
      blockNumber: last?.number,
      blockHash: last?.hash,
      finalizedBlock: 0,
      seq: String(ledger?.seq),
      ledgerHash: ledger?.ledgerHash,
    });
    expect((await site.get("/v1/seasons")).body.asOf).to.include({ seq: null, ledgerHash: null });
  });

  it("answers 304 to an ETag of the same block, and has another one later", async () => {
    const { headers } = await site.get("/v1/seasons/1/standings");
    const etag = headers.get("etag") as string;
    expect(etag).to.include(site.node.blocks.at(-1)?.hash.slice(2));
    expect((await site.get("/v1/seasons/1/standings", { "if-none-match": `"x", ${etag}` })).status).to.equal(304);
    expect((await site.get("/v1/seasons/1/standings", { "if-none-match": '"other"' })).status).to.equal(200);
    expect((await site.get("/v1/seasons/77", {})).headers.get("etag")).to.equal(null);
  });

  it("lets pages of other origins read", async () => {
    const { headers } = await site.get("/v1/seasons", { origin: "https://example.org" });
    expect(headers.get("access-control-allow-origin")).to.equal("*");
  });

  it("shows a season's rules in full", async () => {
    const { item } = (await site.get("/v1/seasons/1")).body;
    expect(item).to.include({ seasonId: "1", state: "running", verifierCap: "1000", uri: "https://example.org" });
    expect(item.tasks).to.have.lengthOf(2);
    expect(item.tasks[1]).to.deep.include({ taskId: "2", method: { id: 2, name: "FraudProof" } });
    expect(item.tasks[0]).to.deep.include({ taskId: "1", method: { id: 1, name: "Quorum" }, points: "100", noise: 8 });
    const ledger = site.node.blocks.at(-1)?.ledgers.get(1n);
    expect(item.totals).to.deep.include({ seq: String(ledger?.seq), participants: ledger?.participants });
  });

  it("gives receipts for every point: they chain to the ledger and add up to the score", async () => {
    for (const { account, points } of await standings()) {
      const receipts: Receipt[] = [];
      for (let next: string | null = ""; next !== null; ) {
        const { body } = await site.get(
          `/v1/accounts/${account}/receipts?season=1${next === "" ? "" : `&cursor=${next}`}`,
        );
        receipts.push(...body.items);
        next = body.next;
      }
      expect(receipts.reduce((sum, { delta }) => sum + BigInt(delta), 0n)).to.equal(BigInt(points));
      expect(receipts[0]?.points).to.equal(points);
      for (const { seasonId, seq, delta, reason, subject, previousLedgerHash, ...receipt } of receipts) {
        const entry = { seasonId: BigInt(seasonId), account, subject, reason: reason.id, delta: BigInt(delta) };
        expect(ledgerHash(previousLedgerHash, { ...entry, seq: BigInt(seq) })).to.equal(receipt.ledgerHash);
        expect(receipt.attestation.uid).to.equal(subject);
        expect(receipt.attestation.steps.some((step) => "seq" in step && step.seq === seq)).to.equal(true);
      }
    }
  });

  it("filters receipts by the attestation's status", async () => {
    const account = await first();
    const all: Receipt[] = (await site.get(`/v1/accounts/${account}/receipts?season=1`)).body.items;
    for (const status of ["pending", "verified", "refuted", "void", "revoked"]) {
      const { items } = (await site.get(`/v1/accounts/${account}/receipts?season=1&status=${status}`)).body;
      expect(items).to.deep.equal(all.filter(({ attestation }) => attestation.status === status));
    }
  });

  it("lists attestations newest first, filtered by prover, model and status together", async () => {
    const { items } = (await site.get("/v1/attestations")).body;
    const order = items.map(({ attested }: { attested: { blockNumber: number; logIndex: number } }) => attested);
    expect(order).to.deep.equal(
      order.toSorted((a: typeof order, b: typeof order) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex),
    );
    const { prover, status, modelId } = items[3];
    const filtered = (await site.get(`/v1/attestations?prover=${prover}&status=${status}&model=${modelId}`)).body.items;
    expect(filtered).to.not.deep.equal([]);
    for (const item of filtered) expect(item).to.include({ prover, status, modelId });
    expect((await site.get(`/v1/attestations?model=${UNKNOWN}`)).body.items).to.deep.equal([]);
  });

  it("gives an attestation's life step by step, and what is proven", async () => {
    const { items: verified } = (await site.get("/v1/attestations?status=verified")).body;
    const items = verified.filter(({ method }: AttestationSummary) => method.name === "Quorum");
    expect(items).to.not.deep.equal([]);
    for (const { uid } of items) {
      const { item } = (await site.get(`/v1/attestations/${uid}`)).body;
      expect(item.steps[0].step).to.be.oneOf(["committed", "revealed"]);
      expect(item.steps.map(({ step }: { step: string }) => step)).to.include("settled");
      const isShown = item.steps.some(({ step }: { step: string }) => step === "runShown");
      const [proven, notProven] = isShown
        ? [/^The prover showed all activations of its run/, /^That a challenger was watching/]
        : [/^A (drawn|deciding) panel( of \d+)? re-ran the model/, /^That the members were honest and independent\./];
      expect(item.proven).to.match(proven);
      expect(item.notProven).to.match(notProven);
    }
  });

  /** Attestations of FraudProof in full, with this status, batches or singles. */
  const itemsOf = async (status: string, batches: boolean): Promise<Attestation[]> => {
    const { items } = (await site.get(`/v1/attestations?status=${status}`)).body as { items: AttestationSummary[] };
    const found = items.filter(({ method, root }) => method.id === 2 && (root !== null) === batches);
    expect(found).to.not.deep.equal([]);
    return Promise.all(found.map(async ({ uid }) => (await site.get(`/v1/attestations/${uid}`)).body.item));
  };

  it("answers a batch from where its traces are, without the traces", async () => {
    for (const item of await itemsOf("verified", true)) {
      expect(item).to.include({ inputHash: null, answer: null, outputHash: null, traceHash: null, salt: null });
      expect(item.steps[0]).to.deep.equal({
        ...{ step: "batchAttested", by: item.prover, count: item.count, root: item.root, at: item.attested },
      });
      expect(item.steps.map(({ step }) => step)).to.include("settled");
      expect(JSON.stringify(item)).to.not.include("traces");
      expect(item.proven).to.include(`activations of the batch's ${item.count} units are on chain`);
      expect(item.proven).to.include("nobody showed a wrong one within the window");
      expect(item.proven).to.include("the contract derives it from the base input");
      expect(item.notProven).to.match(/^That a challenger was watching/);
    }
  });

  it("doesn't say that a single attestation's input is the assigned one before the campaign paid for it", async () => {
    for (const item of await itemsOf("verified", false)) {
      expect(item.steps[0]?.step).to.equal("revealed");
      const paid = item.steps.some((step) => step.step === "awarded" && step.reason.id === 1);
      if (item.unit) expect(item.notProven.endsWith("Nor is the input proven.")).to.equal(!paid);
      else expect(item.proven).to.match(/The input is the one that the attestation names\.$/);
    }
  });

  it("shows the disputed row with both numbers and the challenger", async () => {
    for (const batches of [true, false])
      for (const item of await itemsOf("refuted", batches)) {
        const [dispute, settled] = item.steps.filter(({ step }) => step === "rowRefuted" || step === "settled");
        if (dispute?.step !== "rowRefuted" || settled?.step !== "settled") throw new Error("There is no dispute.");
        expect(dispute).to.include({ claimed: -7, correct: 12, by: settled.by });
        const unit = item.unit && String(BigInt(item.unit.unit) + BigInt(dispute.index));
        expect(dispute.unit).to.equal(unit);
        expect(item.proven).to.match(
          new RegExp(
            `^${dispute.by} showed that row ${dispute.row} of layer ${dispute.layer} .*claimed -7.*computed 12`,
          ),
        );
        if (unit !== null) expect(item.proven).to.include(`of unit ${unit}`);
        if (item.count > 1) expect(item.notProven).to.include(`the ${item.count - 1} others`);
      }
  });

  it("says of a pending batch that anyone may still refute it", async () => {
    for (const item of await itemsOf("pending", true)) {
      expect(item.proven).to.include("staked a bond");
      expect(item.notProven).to.include("until the window ends, anyone can refute it");
    }
  });

  it("gives the rule of a batch's points with its number of units", async () => {
    const rules: string[] = [];
    for (const { account } of await standings()) {
      const { items } = (await site.get(`/v1/accounts/${account}/receipts`)).body as { items: Receipt[] };
      for (const { attestation, rule, reason } of items) {
        const { count, root } = attestation;
        if (root === null || reason.id !== 1) continue;
        const total = `for each verified unit: ${100 * count} for the batch's ${count}.`;
        expect(rule).to.equal(`Task 2 gives the prover 100 points ${total}`);
        rules.push(rule);
      }
    }
    expect(rules).to.not.deep.equal([]);
  });

  it("shows an account's seasons, and none for one that did nothing", async () => {
    const account = await first();
    const { seasons } = (await site.get(`/v1/accounts/${account}`)).body;
    expect(seasons.at(-1)).to.include({ seasonId: "1", rank: 1 });
    expect((await site.get(`/v1/accounts/${NOBODY}`)).body.seasons).to.deep.equal([]);
  });

  it("lists models with their address, layout and hints", async () => {
    const { items } = (await site.get("/v1/models")).body;
    const oldest = items.at(-1);
    expect(oldest).to.include({ kind: "float", cid: cidOfSha256(oldest.artifactHash) });
    expect(oldest.layout.input).to.deep.equal({ name: "x0", dtype: 3, dims: [1, 4] });
    expect(oldest.uris[0]).to.equal("ipfs://somewhere");
    expect((await site.get(`/v1/models/${oldest.modelId}`)).body.item).to.deep.equal(oldest);
    const graph = items.findLast(({ kind }: { kind: string }) => kind === "graph");
    expect(graph.parameterRows.count).to.equal(256);
    expect(graph.parameterRows.onChain).to.be.within(1, 256);
    expect(graph.uris).to.deep.equal(["ipfs://somewhere"]);
  });

  it("audits the ledger against the chain at the same block, and says so when no node answers", async () => {
    const { body } = await site.get("/v1/audit/1");
    expect(body).to.include({ match: true, chainLedgerHash: body.localLedgerHash, chainSeq: body.seq });
    site.node.fault = (method) => (method === "eth_call" ? { status: 500, body: "" } : undefined);
    const { status, body: problem } = await site.get("/v1/audit/1");
    site.node.fault = () => undefined;
    expect(status).to.equal(503);
    expect(problem.detail).to.match(/^No node says what the ledger is at block/);
  });

  it("asks a node once a block where an account's money is, and says so when none answers", async () => {
    const account = await first();
    const path = `/v1/accounts/${account}/money`;
    site.node.fault = (method) => (method === "eth_getBalance" ? { status: 500, body: "" } : undefined);
    const { status, body: problem } = await site.get(path);
    site.node.fault = () => undefined;
    expect(status).to.equal(503);
    expect(problem.detail).to.match(/^No node says where the money is at block/);
    const { body } = await site.get(path);
    const bond = { free: "5", locked: "3", unbonding: "2", withdrawableAt: 900 };
    const { Quorum, FraudProof } = deployment.contracts;
    expect(body).to.deep.include({
      ...{ account, balance: "11", claimable: "7" },
      bonds: [
        { holder: Quorum?.address, name: "Quorum", ...bond },
        { holder: FraudProof?.address, name: "FraudProof", ...bond },
      ],
    });
    for (const { owed } of body.debts) expect(owed).to.equal("4");
    site.node.requests.length = 0;
    expect((await site.get(path)).body).to.deep.equal(body);
    expect(site.node.requests.filter(({ method }) => method === "eth_getBalance")).to.deep.equal([]);
  });

  it("says where the contracts are, and an RPC URL on this machine", async () => {
    const { body } = await site.get("/v1/deployment");
    expect(body).to.deep.equal({ ...deployment, rpcUrl: site.node.url, explorer: null });
  });

  it("reports itself in Prometheus' format", async () => {
    const { text } = await site.get("/metrics");
    for (const name of ["head_block", "indexed_block", "reorgs_total", "rpc_errors_total", "request_seconds_count"])
      expect(text).to.include(`proofboard_${name}`);
  });
});
