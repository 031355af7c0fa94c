import { expect } from "chai";
import Fastify from "fastify";
import type { Header } from "../../../indexer/ingest/blocks.ts";
import { followBlocks } from "../../../indexer/serve/answers.ts";
import { awaitBlocks } from "../../../indexer/serve/awaiting.ts";
import { answerProblems } from "../../../indexer/serve/problems.ts";
import type { App, State } from "../../../indexer/serve/state.ts";
import { createAnnouncements } from "../../../indexer/sync/announcements.ts";

const block = (number: number): Header => ({ number, hash: `0x${number}`, parentHash: "0x", timestamp: number });

/** A server of a database that other processes write, whose one route answers of the block that it was at. */
function open() {
  const announcements = createAnnouncements();
  let cursor = block(1);
  let gate: Promise<void> = Promise.resolve();
  const app = Fastify() as unknown as App;
  answerProblems(app as never);
  const state = { announcements, isOneOfSeveral: true, present: () => undefined, reached: () => cursor };
  awaitBlocks(app, state as unknown as State);
  followBlocks(app, state as unknown as State);
  app.get("/", { config: { hot: true } }, async () => {
    const { number, hash } = cursor;
    await gate;
    return { asOf: { blockHash: hash }, number };
  });
  return {
    reach(number: number) {
      cursor = block(number);
      announcements.announce({ kind: "appended", cursor, from: number });
    },
    undo(fork: number, isLost: boolean) {
      cursor = block(fork);
      announcements.announce({ kind: "reorganised", cursor, from: fork + 1, isLost });
    },
    /** Lets no answer be sent until the returned function is called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    async ask(least: number) {
      const { statusCode, body } = await app.inject({ url: "/", headers: { "min-block": String(least) } });
      return statusCode === 200 ? (JSON.parse(body) as { number: number }).number : statusCode;
    },
  };
}

describe("a request that names a block", () => {
  it("isn't answered by what is being made for another one of a block before", async () => {
    const { reach, hold, ask } = open();
    const release = hold();
    const early = ask(1);
    await new Promise(setImmediate);
    reach(2);
    const late = ask(2);
    await new Promise(setImmediate);
    release();
    expect(await Promise.all([early, late])).to.deep.equal([1, 2]);
  });

  for (const [why, isLost] of [
    ["a reorganisation has undone it", false],
    ["the database has lost it", true],
  ] as const)
    it(`waits for it again once ${why}, and is refused when it doesn't come`, async () => {
      const { reach, undo, ask } = open();
      reach(9);
      expect(await ask(9)).to.equal(9);
      undo(5, isLost);
      expect(await ask(9)).to.equal(503);
      expect(await ask(5)).to.equal(5);
      reach(9);
      expect(await ask(9)).to.equal(9);
    });
});
