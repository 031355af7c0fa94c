import { expect } from "chai";
import { createPacer } from "../../../indexer/ingest/pacer.ts";
import { type Allowance, createBudget } from "./budget.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

const never = new AbortController().signal;
/** A range's logs, and its headers. */
const sizes = (i: number): number => (i % 2 === 0 ? 1 : 33);

interface Provider extends Allowance {
  retryAfter?: number;
}

/** Makes so many requests of a provider's node, six at a time; how long it took, of what the budget asks for. */
async function work(requests: number, { retryAfter, ...allowance }: Provider) {
  const time = createVirtualTime();
  const pacer = createPacer(time);
  const budget = createBudget(allowance, time.now);
  let started = 0;
  let refused = 0;

  async function worker(): Promise<void> {
    while (started < requests)
      for (let left = sizes(started++); left > 0; ) {
        const turn = await pacer.turn(left, never);
        await time.sleep(5);
        const answered = budget.admit(turn.calls);
        if (answered < turn.calls) refused++;
        turn.settled(answered, turn.calls - answered, retryAfter);
        left -= answered;
      }
  }
  await time.run(Promise.all(Array.from({ length: 6 }, worker)));
  const cost = budget.spent();
  return { ratio: (time.now() * allowance.rate) / 1000 / cost, cost, refused };
}

describe("the pace of a node", () => {
  for (const counts of ["requests", "calls", "whole batches"] as const)
    for (const rate of [5, 25, 50, 200])
      for (const retryAfter of [undefined, 1_000])
        it(`takes at most 1.5 times as long as ${rate} ${counts} a second allow${retryAfter ? ", told to wait a second" : ""}`, async () => {
          const { ratio, cost, refused } = await work(rate === 5 ? 40 : 300, {
            ...{ rate, counts },
            ...(retryAfter && { retryAfter }),
          });
          expect(ratio).to.be.below(1.5);
          if (counts === "requests") expect(refused).to.be.at.most(8 + cost / 50);
        });

  describe("after a refusal", () => {
    let time: VirtualTime;
    let pacer: ReturnType<typeof createPacer>;
    beforeEach(() => {
      time = createVirtualTime();
      pacer = createPacer(time);
    });

    /** How many requests get their turn within so many milliseconds, all of them answered. */
    async function within(milliseconds: number): Promise<number> {
      const stop = new AbortController();
      let turns = 0;
      const asking = (async () => {
        for (;;) {
          const turn = await pacer.turn(1, stop.signal);
          if (stop.signal.aborted) return;
          turns++;
          await time.sleep(1);
          turn.settled(1, 0);
        }
      })().catch(() => {});
      await time.run(time.sleep(milliseconds));
      stop.abort();
      await time.run(asking);
      return turns;
    }

    it("is without limit again when a node refuses nothing for long", async () => {
      (await pacer.turn(1, never)).settled(0, 1);
      expect(await within(1_000)).to.be.below(10);
      await time.run(time.sleep(120_000));
      expect(await within(1_000)).to.be.above(900);
    });

    it("rests for as long as the node asks", async () => {
      (await pacer.turn(1, never)).settled(0, 1, 7_000);
      expect(pacer.rest()).to.equal(7_000);
      expect(await within(6_990)).to.equal(0);
      expect(await within(500)).to.be.above(0);
    });

    it("rests a second each time while a node goes on refusing", async () => {
      const rests: number[] = [];
      for (let i = 0; i < 6; i++) {
        const turn = pacer.turn(1, never);
        await time.run(turn);
        (await turn).settled(0, 1);
        rests.push(pacer.rest());
      }
      expect(rests).to.deep.equal([0, 1_000, 1_000, 1_000, 1_000, 1_000]);
    });

    it("slows down once for requests that were sent together", async () => {
      const many = await Promise.all(Array.from({ length: 100 }, () => pacer.turn(1, never)));
      await time.run(time.sleep(10));
      for (const turn of many.slice(0, 50)) turn.settled(1, 0);
      for (const turn of many.slice(50)) turn.settled(0, 1);
      expect(await within(1_000)).to.be.within(40, 70);
    });

    it("makes batches smaller where each call counts", async () => {
      expect((await pacer.turn(100, never)).calls).to.equal(100);
      (await pacer.turn(100, never)).settled(20, 80);
      const turn = pacer.turn(80, never);
      await time.run(turn);
      expect((await turn).calls).to.be.within(1, 10);
    });

    it("gives no turn to who stopped waiting, and the next to who didn't", async () => {
      (await pacer.turn(1, never)).settled(0, 1, 1_000);
      const stop = new AbortController();
      const stopped = pacer.turn(1, stop.signal).catch((error) => error);
      const next = pacer.turn(1, never);
      stop.abort(new Error("stop"));
      await time.run(next);
      expect((await stopped).message).to.equal("stop");
      expect((await next).calls).to.equal(1);
    });
  });
});
