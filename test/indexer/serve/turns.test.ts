import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { createTurns } from "../../../indexer/serve/turns.ts";

describe("turns", () => {
  const here = () => false;
  /** Does the work at once when its turn comes; answers why it was refused, if it was. */
  const problem = (waiting: Promise<() => void>): Promise<unknown> =>
    waiting.then(
      (leave) => leave(),
      (error: unknown) => error,
    );
  const REFUSED = { status: 503, message: "More is asked than can be answered in time: try again later." };

  it("refuse what is more than 50 ms of work while the event loop is too late, and never less", async () => {
    const { wait } = createTurns(() => 6_000);
    expect(await problem(wait("a", 501, here))).to.include(REFUSED);
    expect(await problem(wait("a", 500, here))).to.equal(undefined);
    const together = Array.from({ length: 10 }, (_, n) => problem(wait(`${n}`, 50, here)));
    expect(await Promise.all(together)).to.deep.equal(new Array(10).fill(undefined));
  });

  it("refuse what waited too long, and later where the event loop is late", async () => {
    for (const [late, isRefused] of [
      [0, true],
      [1_000, false],
    ] as const) {
      const { wait } = createTurns(() => late);
      const leave = await wait("a", 1, here);
      const waiting = [problem(wait("a", 1, here)), problem(wait("b", 1, here))];
      for (const until = performance.now() + 700; performance.now() < until; );
      leave();
      const refused = (await Promise.all(waiting)).map((error) => error !== undefined);
      // Nobody waits for the last to be done.
      expect(refused, `${late} ms late`).to.deep.equal([isRefused, false]);
    }
  });

  it("refuse what is too much, of the client first who has the most waiting", async () => {
    const { wait } = createTurns(() => 0);
    const many = Array.from({ length: 59 }, () => problem(wait("many", 50, here)));
    const few = problem(wait("few", 50, here));
    const newcomer = problem(wait("newcomer", 50, here));
    const more = problem(wait("many", 50, here));
    const refused = (await Promise.all([...many, few, newcomer, more])).map((error) => error !== undefined);
    expect(refused.indexOf(true)).to.equal(58);
    expect(refused.slice(58)).to.deep.equal([true, false, false, true]);
  });

  it("refuse less the less the event loop is late", async () => {
    const refusedAt = async (late: number) => {
      const { wait } = createTurns(() => late);
      const all = await Promise.all(Array.from({ length: 20 }, () => problem(wait("a", 300, here))));
      return all.filter((error) => error !== undefined).length;
    };
    expect([await refusedAt(0), await refusedAt(150), await refusedAt(285)]).to.deep.equal([10, 15, 19]);
  });

  it("let the event loop go round several times between two pieces of work", async () => {
    const { wait } = createTurns(() => 0);
    const begunAt: number[] = [];
    let turn = 0;
    const ask = async () => {
      const leave = await wait("a", 1, here);
      begunAt.push(turn);
      for (const until = performance.now() + 50; performance.now() < until; );
      leave();
    };
    const all = Promise.all([ask(), ask(), ask()]);
    for (; begunAt.length < 3; turn++) await setImmediate();
    await all;
    const [first = 0, second = 0, third = 0] = begunAt;
    expect([second - first, third - second].every((between) => between >= 7)).to.equal(true);
  });

  it("come to clients by what their work costs, however much of it waits", async () => {
    const { wait } = createTurns(() => 0);
    const order: string[] = [];
    const ask = (client: string, cost: number) =>
      wait(client, cost, here).then((leave) => {
        order.push(client);
        leave();
      });
    await Promise.all([
      ...Array.from({ length: 4 }, () => ask("dear", 40)),
      ...Array.from({ length: 4 }, () => ask("cheap", 10)),
    ]);
    expect(order).to.deep.equal(["dear", "cheap", "cheap", "cheap", "cheap", "dear", "dear", "dear"]);
  });

  it("begin nothing for those who are gone", async () => {
    const { wait } = createTurns(() => 0);
    let isGone = false;
    const gone = problem(wait("a", 1, () => isGone));
    isGone = true;
    expect(await gone).to.include({ status: 503 });
  });

  it("let only so much be under way, until some of it is done", async () => {
    const { wait } = createTurns(() => 0);
    const begun: (() => void)[] = [];
    for (let n = 0; n < 20; n++) void wait("a", 1, here).then((leave) => begun.push(leave));
    for (let turn = 0; turn < 300; turn++) await setImmediate();
    expect(begun).to.have.lengthOf(16);
    for (const leave of begun.splice(0, 2)) leave();
    for (let turn = 0; turn < 300; turn++) await setImmediate();
    expect(begun).to.have.lengthOf(16);
  });
});
