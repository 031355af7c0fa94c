import { expect } from "chai";
import { collectAnswers, WHOLE } from "../../../web/audit/answers.ts";
import { asOfBlock, change, FakeChain, standingsOf } from "./story.ts";

describe("answers that wait for the audit", () => {
  const chain = new FakeChain();
  chain.extendTo(6, [change(1, 0, 50, 2), change(2, 1, 70, 3)]);
  const book = chain.book();
  const answer = (fork: number, blockNumber = 6) => ({
    ...{ asOf: asOfBlock(book, blockNumber, fork), seasonId: "1", standings: standingsOf(book) },
  });

  it("differ when they are of an unknown block for long", async () => {
    let now = 0;
    const answers = collectAnswers(chain, 31337, () => now);
    answers.add("table", answer(1));
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 0, differences: [] });
    now = 21_000;
    answers.add("table", answer(1));
    const { differences } = await answers.compare(book, chain.head_);
    expect(differences[0]?.sentence).to.match(/^Block 6 is 0x\w+ to the API; on chain it is 0x/);
  });

  it("differ when the RPC doesn't reach their block for long", async () => {
    let now = 0;
    const answers = collectAnswers(chain, 31337, () => now);
    answers.add("table", answer(0, 8));
    await answers.compare(book, chain.head_);
    now = 21_000;
    const { differences } = await answers.compare(book, chain.head_);
    expect(differences[0]?.sentence).to.equal("The API is at block 8; the RPC's newest is 6.");
  });

  it("are forgiven a strange block when a known one follows", async () => {
    let now = 0;
    const answers = collectAnswers(chain, 31337, () => now);
    answers.add("table", answer(1));
    await answers.compare(book, chain.head_);
    now = 15_000;
    answers.add("table", answer(0));
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 2, differences: [] });
    now = 30_000;
    answers.add("table", answer(1));
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 0, differences: [] });
  });

  it("are compared once each, the newest of a place only", async () => {
    const answers = collectAnswers(chain, 31337);
    answers.add("table", { ...answer(0), total: 99 });
    answers.add("table", answer(0));
    answers.add("own", answer(0));
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 4, differences: [] });
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 0, differences: [] });
  });

  it("say how many rows of a whole ranking agree", async () => {
    const answers = collectAnswers(chain, 31337);
    answers.add(WHOLE, { ...answer(0), total: 3 });
    expect((await answers.compare(book, chain.head_)).differences).to.have.length(1);
    answers.add(WHOLE, { ...answer(0), total: 2 });
    expect(await answers.compare(book, chain.head_)).to.deep.equal({ rows: 2, whole: 2, differences: [] });
  });
});
