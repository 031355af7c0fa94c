import { expect } from "chai";
import { createPublicClient, createTestClient, http } from "viem";
import { followBoard } from "../../participant/board.ts";
import { followHeads } from "../../participant/heads.ts";
import { connect } from "../../sdk/client.ts";
import { type Site, startSite } from "./chain.ts";
import { refusal } from "./refusal.ts";

describe("board", () => {
  let site: Site;
  before(async () => {
    site = await startSite(2);
  });
  after(() => site.close());

  it("refuses to start without an RPC", async () => {
    const rpc = createPublicClient({ transport: http("http://127.0.0.1:1", { retryCount: 0 }) });
    const following = followHeads(rpc, { signal: site.signal, report: site.report });
    expect(await refusal(following)).to.contain("HTTP request failed");
  });

  it("forgets what a reorganised block said, and tells who acts", async () => {
    const chain = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
    const snapshot = await chain.snapshot();
    const seasonId = await site.openSeason(100, 1);
    await site.until(() => site.board.state.seasons.has(seasonId));
    let reorganised = false;
    const stop = site.board.onState((_state, changed) => {
      reorganised ||= changed;
    });
    await chain.revert({ id: snapshot });
    await site.until(() => !site.board.state.seasons.has(seasonId));
    expect(reorganised).to.equal(true);
    stop();
  });

  it("shows who starts later the same as who saw it all", async () => {
    // The transactions of the season before were undone with their blocks, and with them the account's nonces.
    await site.openSeason(100, 2).catch(() => undefined);
    const seasonId = await site.openSeason(100, 2);
    await site.until(() => site.board.state.seasons.has(seasonId));
    const client = connect(site.deployment, site.rpcUrl);
    const late = await followBoard(client, { signal: site.signal, report: site.report, pollMs: 20 });
    expect([...late.state.seasons.values()].at(-1)).to.deep.equal(site.board.state.seasons.get(seasonId));
  });

  it("reads the head's number from the chain", async () => {
    expect(site.board.state.head.number).to.be.greaterThan(0n);
    const number = site.board.heads.latest.number;
    expect((await site.board.heads.next()).number).to.be.greaterThan(number);
  });
});
