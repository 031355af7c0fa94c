import { expect } from "chai";
import { shortfall } from "../../cli/commands/work.ts";
import { ask } from "../../sdk/requests/ask.ts";
import { waitForAnswer } from "../../sdk/requests/wait.ts";
import { accountOf } from "../participant/chain.ts";
import { Refusal, startProxy } from "../participant/proxy.ts";
import { wishOf } from "../participant/requests/byHand.ts";
import { ANSWERER, ASKER, keyOf, NEWCOMER, useSite } from "./site.ts";

describe("proofboard work", () => {
  const site = useSite();

  it("refuses to work without a key", async () => {
    const { code, stderr } = await site().run(["work", "1"]);
    expect(stderr).to.equal("There is no key: give a keystore file, or PROOFBOARD_PRIVATE_KEY.\n");
    expect(code).to.equal(1);
  });

  it("refuses a malformed key without quoting it", async () => {
    const { code, stderr } = await site().run(["work", "1"], { PROOFBOARD_PRIVATE_KEY: "0xsecret" });
    expect(stderr).to.contain("must be 0x and 64 hex digits").and.not.to.contain("secret");
    expect(code).to.equal(1);
  });

  it("refuses a season or a task that doesn't exist", async () => {
    const key = { PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER) };
    const season = await site().run(["work", "7"], key);
    expect(season.stderr).to.equal("There is no season 7; the last one is 1.\n");
    expect(season.code).to.equal(1);
    const task = await site().run(["work", "1", "--task", "3"], key);
    expect(task.stderr).to.equal("Season 1 has no task 3; its tasks are 1 to 1.\n");
    expect(task.code).to.equal(1);
  });

  it("earns points for a newcomer, and says when it is done", async () => {
    const args = ["work", "1", "--task", "1", "--units", "1", "--once", "--json"];
    args.push("--appeal", "--serve", "0", "--source", "http://127.0.0.1:1,http://127.0.0.1:2");
    const { code, stdout, stderr } = await site().run(args, { PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER) });
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/^Serving content at http:\/\/127\.0\.0\.1:\d+\/ipfs\/\.$/m);
    const { account, verified, pending, entered } = JSON.parse(stdout);
    expect({ account, verified, pending, entered }).to.deep.equal({
      account: accountOf(NEWCOMER).address,
      verified: 1,
      pending: 0,
      entered: 1,
    });
    const { client, seasonId } = site();
    const [points] = await client.rpc.readContract({
      ...client.contracts.campaign,
      functionName: "entryOf",
      args: [seasonId, account],
    });
    expect(points).to.equal(10n);
    const again = await site().run(args, { PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER) });
    const { units, reasons, rank } = JSON.parse(again.stdout);
    expect({ units, reasons, rank, code: again.code }).to.deep.equal({
      ...{ units: 1, reasons: ["Nothing was left to do; units attested before: 1."], code: 1 },
      rank: JSON.parse(stdout).rank,
    });
  });

  it("waits for a node that takes no more requests, and asks for each contract's code once", async () => {
    const node = await startProxy(site().rpcUrl);
    const looks: unknown[] = [];
    const refused = new Set<string>();
    node.intercept = (method, params) => {
      const question = JSON.stringify([method, params]);
      if (refused.has(question)) {
        if (method === "eth_getCode") looks.push(params[0]);
        return undefined;
      }
      refused.add(question);
      return new Refusal({ code: -32016, message: "over rate limit" });
    };
    const args = ["work", "1", "--task", "1", "--units", "1", "--once", "--json"];
    const environment = { PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER), PROOFBOARD_RPC: node.url };
    const { stdout, stderr } = await site().run(args, environment);
    await node.goAway();
    expect(JSON.parse(stdout), stderr).to.deep.include({
      ...{ units: 1, reasons: ["Nothing was left to do; units attested before: 1."] },
    });
    expect(looks).to.deep.equal([...new Set(looks)]);
    expect(looks.length).to.equal(Object.keys(site().deployment.contracts).length);
  });

  for (const [given, said] of [
    [["work"], '"work" needs SEASON, or --requests.'],
    [["work", "1", "--min-fee", "1"], '"--min-fee" needs --requests.'],
    [
      ["work", "--requests", "--max-cover", "much"],
      '--max-cover is "much"; it must be an amount of ETH above 0, as in 0.05.',
    ],
    [["work", "--requests", "--units", "3"], '"--units" needs SEASON.'],
  ] as [string[], string][])
    it(`refuses "${given.join(" ")}"`, async () => {
      const { code, stderr } = await site().run(given);
      expect(stderr).to.equal(`${said}\n`);
      expect(code).to.equal(2);
    });

  it("answers requests until Ctrl-C, and says what that earned", async () => {
    const { client, senderOf } = site();
    const { requestId } = await ask(client, senderOf(ASKER), wishOf(site(), 70));
    const working = site().start(["work", "--requests", "--json"], { PROOFBOARD_PRIVATE_KEY: keyOf(ANSWERER) });
    const { prover } = await waitForAnswer(client, requestId, { pollMs: 100 });
    expect(prover).to.equal(accountOf(ANSWERER).address);
    // Its own view of the chain is a block behind at most.
    for (let blocks = 0; blocks < 10; blocks++) await site().follower.heads.next();
    working.interrupt();
    const { code, stdout, stderr } = await working.answer;
    expect(stderr).to.contain(`request prover ${prover}: ${requestId} is accepted.`).and.contain("Leaving: ");
    expect(JSON.parse(stdout)).to.include({ account: prover, answered: 1, fees: "1000000000000000" });
    expect(code).to.equal(0);
  });

  describe("that does less than a season assigns", () => {
    const at = { seasonId: 7n, assigned: 10, hasEnded: false, endsAt: 1_750_000_000 };
    const none = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    const done = { ...none, units: 10, verified: 10, entered: 10 };

    it("says how many units are refuted, one or several", () => {
      for (const refuted of [1, 2])
        expect(shortfall({ ...none, units: 4, refuted }, none, at)).to.deep.equal([`Units refuted: ${refuted}.`]);
    });

    it("says when the season ended, and how many units were not attested", () => {
      expect(shortfall({ ...none, units: 4 }, none, { ...at, hasEnded: true })).to.deep.equal([
        "Season 7 ended at 2025-06-15 15:06:40 UTC; units not attested: 6.",
      ]);
    });

    it("says that nothing was left where all was attested before", () => {
      expect(shortfall(done, done, at)).to.deep.equal(["Nothing was left to do; units attested before: 10."]);
    });

    it("says nothing where work is left and there is time, or all was done", () => {
      expect(shortfall({ ...none, units: 4 }, none, at)).to.deep.equal([]);
      expect(shortfall(done, none, { ...at, hasEnded: true })).to.deep.equal([]);
    });
  });
});
