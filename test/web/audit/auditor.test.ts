import { expect } from "chai";
import { type Auditor, audit } from "../../../web/audit/auditor.ts";
import type { AuditState } from "../../../web/audit/messages.ts";
import type { Served } from "../../../web/audit/served.ts";
import { account, asOfBlock, change, FakeChain, hashOf, standingsOf } from "./story.ts";

/** An audit that looks once each time `look` is called. */
function begin(chain: FakeChain, chainId = 31337, second?: FakeChain, now = Date.now) {
  const stop = new AbortController();
  const states: AuditState[] = [];
  let wake = () => {};
  let rested = () => {};
  let resting = new Promise<void>((resolve) => {
    rested = resolve;
  });
  const auditor: Auditor = audit({
    ...{ chain, second, chainId, startBlock: 1, seasonId: 1n, signal: stop.signal, now },
    emit: (state) => states.push(state),
    rest: () => {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      rested();
      return woken;
    },
  });
  return {
    ...{ auditor, states },
    async look(): Promise<AuditState> {
      await resting;
      resting = new Promise((resolve) => {
        rested = resolve;
      });
      wake();
      await resting;
      return states.at(-1) as AuditState;
    },
    async end(): Promise<void> {
      await resting;
      stop.abort();
      wake();
      await auditor.ended;
    },
  };
}

const first = [change(1, 0, 50, 2), change(2, 1, 70, 3), change(3, 2, 20, 5)];

const page = (chain: FakeChain, blockNumber: number, fork = 0): Served => {
  const book = chain.book();
  return { asOf: asOfBlock(book, blockNumber, fork), seasonId: "1", standings: standingsOf(book) };
};

describe("audit", () => {
  let chain: FakeChain;

  beforeEach(() => {
    chain = new FakeChain();
    chain.extendTo(6, first);
  });

  it("refuses an RPC of another chain", async () => {
    const { look, end } = begin(chain, 1);
    expect(await look()).to.deep.equal({
      kind: "cannot",
      why: "The RPC serves chain 31337; the contracts are on chain 1.",
    });
    await end();
  });

  it("says that an RPC doesn't answer, what it knew before, and goes on when it does", async () => {
    const { look, end } = begin(chain);
    expect((await look()).kind).to.equal("match");
    chain.down = true;
    const away = await look();
    expect(away).to.include({ kind: "cannot", why: "The RPC is down." });
    expect(away.kind === "cannot" && away.last?.blockNumber).to.equal(6);
    chain.down = false;
    chain.extendTo(7);
    expect(await look()).to.include({ kind: "match", blockNumber: 7 });
    await end();
  });

  it("says so when the campaign keeps another ledger than its events give", async () => {
    const { head_: head } = chain;
    chain.ledger = async () => ({ seq: 3n, participants: 3, totalPoints: 140n, ledgerHash: hashOf(77) });
    const { look, end } = begin(chain);
    const state = await look();
    expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.include(
      `At block ${head.number} the events give the ledger hash`,
    );
    expect(chain.asked.filter((call) => call.startsWith("points"))).to.have.length.of.at.least(3);
    await end();
  });

  it("says so when events were left out", async () => {
    const whole = chain.book();
    chain.ledger = async () => ({
      ...{ seq: whole.seq, participants: 3, totalPoints: whole.totalPoints, ledgerHash: whole.ledgerHash },
    });
    chain.changes.splice(1, 1);
    const { look, end } = begin(chain);
    const state = await look();
    expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.include("2 is missing");
    await end();
  });

  it("says so when the campaign keeps other points of an account", async () => {
    chain.entry = async () => ({ points: 1n, lastSeq: 1n });
    const { look, end } = begin(chain);
    const state = await look();
    expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.include("the campaign keeps 1 up to 1");
    await end();
  });

  it("says what a second RPC says otherwise, that it can't be asked, and that it agrees", async () => {
    let time = 0;
    const second = new FakeChain();
    second.name = "http://second";
    second.extendTo(6, first);
    const { look, end } = begin(chain, 31337, second, () => time);
    expect(await look()).to.deep.include({ kind: "match", second: { kind: "agrees", blockNumber: 6, sealed: true } });
    second.down = true;
    expect(await look()).to.deep.include({ kind: "match", second: { kind: "cannot", why: "The RPC is down." } });
    second.down = false;
    expect(await look()).to.deep.include({ second: { kind: "cannot", why: "The RPC is down." } });
    time += 60_000;
    for (const one of [chain, second]) one.extendTo(8);
    second.ledger = async () => ({ ...(await chain.ledger()), ledgerHash: hashOf(77) });
    const state = await look();
    expect(state).to.deep.include({ kind: "mismatch", second: { kind: "differs" } });
    expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.match(
      /^At block 8 the campaign keeps the ledger hash 0x\w{64} by http:\/\/first, and 0x\w{64} by http:\/\/second\.$/,
    );
    await end();
  });

  it("forgives a node that was of two minds for a moment", async () => {
    const { ledger } = chain;
    let asked = 0;
    chain.ledger = async () => (asked++ === 0 ? { ...(await ledger()), ledgerHash: hashOf(77) } : ledger());
    const { look, end } = begin(chain);
    expect((await look()).kind).to.equal("match");
    await end();
  });

  it("finds a tampered row, says where, and doesn't forget it", async () => {
    const { auditor, look, end } = begin(chain);
    const { standings = [], ...rest } = page(chain, 6);
    auditor.check("table", {
      ...rest,
      standings: standings.map((row, i) => (i === 2 ? { ...row, points: "21" } : row)),
    });
    const state = await look();
    expect(state.kind === "mismatch" && state.differences).to.deep.equal([
      { account: account(2), sentence: `Place 3, ${account(2)}, is served with 21 points; the chain gives 20.` },
    ]);
    auditor.check("table", page(chain, 6));
    expect((await look()).kind).to.equal("mismatch");
    await end();
  });

  it("finds a rank that equal points should share, and places that they should not", async () => {
    chain.extendTo(7, [change(Number(chain.book().seq) + 1, 9, 20, 7)]);
    for (const [lie, expected] of [
      [{ rank: 4 }, "is served with rank 4; the chain gives 3."],
      [{ place: 3 }, "whose place is 4; the chain gives"],
    ] as const) {
      const { auditor, look, end } = begin(chain);
      const { standings = [], ...rest } = page(chain, 7);
      expect(standings.slice(2, 4).map(({ rank, place }) => [rank, place])).to.deep.equal([
        [3, 3],
        [3, 4],
      ]);
      auditor.check("table", { ...rest, standings: standings.map((row, i) => (i === 3 ? { ...row, ...lie } : row)) });
      const state = await look();
      expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.include(expected);
      await end();
    }
  });

  it("finds an answer about another chain", async () => {
    const { auditor, look, end } = begin(chain);
    const served = page(chain, 6);
    auditor.check("table", { ...served, asOf: { ...served.asOf, chainId: 1 } });
    const state = await look();
    expect(state.kind === "mismatch" && state.differences[0]?.sentence).to.include("The API serves chain 1");
    await end();
  });

  it("matches, counts rows, and holds an answer of a block to come until it has come", async () => {
    const { auditor, look, end } = begin(chain);
    auditor.check("table", page(chain, 6));
    expect(await look()).to.include({ kind: "match", entries: "3", participants: 3, rows: 3, blockNumber: 6 });
    chain.extendTo(9, [change(4, 3, 200, 8)]);
    const ahead = page(chain, 9);
    chain.head_ = { number: 6, hash: hashOf(6) };
    auditor.check("table", ahead);
    expect(await look()).to.include({ kind: "match", rows: 3 });
    chain.extendTo(9);
    expect(await look()).to.include({ kind: "match", rows: 7, entries: "4" });
    await end();
  });

  it("reads on from where it was, and holds an answer against its own earlier block", async () => {
    const { auditor, look, end } = begin(chain);
    await look();
    const early = page(chain, 6);
    chain.asked = [];
    chain.extendTo(9, [change(4, 3, 200, 8)]);
    auditor.check("table", early);
    expect(await look()).to.include({ kind: "match", rows: 3, entries: "4" });
    expect(chain.asked.filter((call) => call.startsWith("points"))).to.deep.equal(["points 7..9"]);
    await end();
  });

  it("takes back what a reorganisation undid", async () => {
    const { auditor, look, end } = begin(chain);
    await look();
    chain.extendTo(9, [change(4, 3, 200, 8)]);
    await look();
    chain.reorganise(6, 10, [change(4, 2, 5, 9)]);
    auditor.check("table", page(chain, 10, 1));
    expect(await look()).to.include({ kind: "match", entries: "4", participants: 3, rows: 3 });
    await end();
  });

  it("waits for an API that still serves a block that was undone", async () => {
    const { auditor, look, end } = begin(chain);
    chain.extendTo(9, [change(4, 3, 200, 8)]);
    const undone = page(chain, 9);
    chain.reorganise(6, 10, []);
    auditor.check("table", undone);
    expect(await look()).to.include({ kind: "match", rows: 0 });
    auditor.check("table", page(chain, 10, 1));
    expect(await look()).to.include({ kind: "match", rows: 3 });
    await end();
  });
});
