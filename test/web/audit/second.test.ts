import { expect } from "chai";
import { compareWith } from "../../../web/audit/second.ts";
import type { Difference } from "../../../web/audit/served.ts";
import { account, bookOf, change, FakeChain, hashOf } from "./story.ts";

const changes = [change(1, 0, 50, 2), change(2, 1, 70, 3), change(3, 2, 20, 5)];
const season = { chainId: 31337, seasonId: 1n, startBlock: 1 };

describe("second RPC", () => {
  let first: FakeChain;
  let second: FakeChain;
  let now: number;

  beforeEach(() => {
    now = 0;
    [first, second] = [new FakeChain(), new FakeChain()];
    second.name = "http://second";
    for (const chain of [first, second]) chain.extendTo(6, changes);
  });

  const compared = () => compareWith(first, second, season, () => now).compare(first.book(), first.head_);
  const sentences = async (): Promise<string[]> =>
    ((await compared())?.differences ?? []).map(({ sentence }: Difference) => sentence);

  it("refuses one of another chain, and one that is down", async () => {
    const { chainId } = second;
    second.chainId = async () => 1;
    const refusal = await compared().catch(({ message }: Error) => message);
    expect(refusal).to.equal("The RPC at http://second serves chain 1; the contracts are on chain 31337.");
    second.chainId = chainId;
    second.down = true;
    expect(await compared().catch(({ message }: Error) => message)).to.equal("The RPC is down.");
  });

  it("names the first entry that differs, with both answers", async () => {
    second.changes = changes.map((one, i) => (i === 1 ? { ...one, delta: 71n } : one));
    const [kept, total, entry, ...others] = await sentences();
    expect(kept).to.match(
      /^At block 6 the campaign keeps the ledger hash 0x\w{64} by http:\/\/first, and 0x\w{64} by http:\/\/second\.$/,
    );
    expect(total).to.equal(
      "At block 6 the campaign keeps the total of points 140 by http://first, and 141 by http://second.",
    );
    const about = `points to ${account(1)} for reason 1 and ${changes[1]?.subject}`;
    expect(entry).to.equal(`Entry 2 is 70 ${about} by http://first, and 71 ${about} by http://second.`);
    expect(others).to.deep.equal([]);
  });

  it("says so when the second one leaves out an entry that its campaign knows", async () => {
    const { ledger } = first;
    second.ledger = ledger;
    second.changes = changes.slice(0, 2);
    const [entry, own] = await sentences();
    expect(entry).to.match(/^Entry 3 is 20 points to .* by http:\/\/first, and missing by http:\/\/second\.$/);
    expect(own).to.equal("By http://second: At block 6 the events give the last entry 2; the campaign keeps 3.");
  });

  it("says so when the first one's campaign knows another ledger", async () => {
    first.ledger = async () => ({ ...(await second.ledger()), ledgerHash: hashOf(7) });
    expect(await sentences()).to.deep.equal([
      `At block 6 the campaign keeps the ledger hash ${hashOf(7)} by http://first, and ${bookOf(changes).ledgerHash} by http://second.`,
    ]);
  });

  it("waits for a node that is on another fork, and then says so", async () => {
    second.reorganise(4, 6, [change(3, 2, 20, 5)]);
    const { compare } = compareWith(first, second, season, () => now);
    const look = () => compare(first.book(), first.head_);
    expect(await look()).to.equal(undefined);
    now = 20_001;
    expect((await look())?.differences).to.deep.equal([
      { sentence: `Block 6 is ${hashOf(6)} by http://first, and ${hashOf(6, 1)} by http://second.` },
    ]);
    first.reorganise(4, 6, [change(3, 2, 20, 5)]);
    expect(await look()).to.deep.include({ blockNumber: 6, differences: [] });
  });

  it("says nothing of a block that is undone meanwhile", async () => {
    const { ledger } = second;
    second.ledger = async () => {
      first.reorganise(5, 6, []);
      return { ...(await ledger()), seq: 9n };
    };
    expect(await compared()).to.equal(undefined);
  });

  it("hashes the block's header again, by each", async () => {
    const { header } = second;
    second.header = async (number) => ({ ...(await header(number)), extraData: "0x99" });
    const [sentence, ...others] = await sentences();
    expect(sentence).to.match(/^By http:\/\/second: The header of block \d+ hashes to 0x\w{64}, not to 0x\w{64}\.$/);
    expect(others).to.deep.equal([]);
  });

  it("believes headers that this code can't hash, where neither hashes to its hash, and says so", async () => {
    for (const chain of [first, second]) {
      const { header } = chain;
      chain.header = async (number) => ({ ...(await header(number)), extraData: "0x99" });
    }
    expect(await compared()).to.deep.equal({ blockNumber: 6, sealed: false, differences: [] });
  });

  it("agrees at the newest block that both have, and goes on", async () => {
    const { compare } = compareWith(first, second, season, () => now);
    first.extendTo(9, [change(4, 3, 200, 8)]);
    expect(await compare(first.book(), first.head_)).to.deep.equal({ blockNumber: 6, sealed: true, differences: [] });
    second.extendTo(9, [change(4, 3, 200, 8)]);
    expect(await compare(first.book(), first.head_)).to.deep.include({ blockNumber: 9, differences: [] });
    expect(second.asked.filter((call) => call.startsWith("points"))).to.deep.equal(["points 1..6", "points 7..9"]);
  });
});
