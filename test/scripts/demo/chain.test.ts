import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { createPublicClient, custom, http } from "viem";
import type { Models, OpenModel } from "../../../inference/models.ts";
import { countWork, mineBlocks, nextTimestamp, startChain } from "../../../scripts/demo/chain.ts";
import { freePort } from "../../fixtures/freePort.ts";

describe("the demo's chain", () => {
  let url: string;
  const work = { isDone: true };
  const closing: (() => unknown)[] = [];
  before(async () => {
    ({ url } = await startChain(await freePort(), work, (close) => closing.unshift(close)));
  });
  after(async () => {
    for (const close of closing) await close();
  });

  const height = () => createPublicClient({ transport: http(url) }).getBlockNumber({ cacheTime: 0 });
  const heightAbove = async (seen: bigint): Promise<bigint> => {
    for (;;) {
      const number = await height();
      if (number > seen) return number;
      await sleep(50);
    }
  };

  it("mines no block while there is work, and goes on when it is done", async () => {
    await heightAbove(0n);
    work.isDone = false;
    // One may be on its way.
    await sleep(1_500);
    const seen = await height();
    await sleep(2_000);
    expect(await height()).to.equal(seen);
    work.isDone = true;
    await heightAbove(seen);
  });

  it("isn't stopped by work that is never done", async () => {
    const ending = new AbortController();
    work.isDone = false;
    await sleep(1_500);
    const seen = await height();
    const never = { isDone: false };
    const mining = mineBlocks(url, never, { blockMs: 50, longestWork: 200, signal: ending.signal });
    await heightAbove(await heightAbove(seen));
    ending.abort();
    await mining;
    work.isDone = true;
  });

  it("has a clock that always moves, by two seconds at most, and that no machine's clock turns back", () => {
    const last = fc.bigInt({ min: 10n, max: 2n ** 40n });
    const later = fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -10n, max: 2n ** 40n }));
    for (const [now, next] of [
      [9n, 11n],
      [10n, 11n],
      [11n, 11n],
      [12n, 12n],
      [13n, 12n],
    ] as const)
      expect(nextTimestamp(10n, now)).to.equal(next);
    fc.assert(
      fc.property(last, later, (last, later) => {
        const now = last + later;
        const next = nextTimestamp(last, now);
        expect(next > last && next <= last + 2n).to.equal(true);
        if (now > last && now <= last + 2n) expect(next).to.equal(now);
      }),
    );
  });
});

describe("the demo's work", () => {
  /** A promise, and what settles it. */
  const held = <T>() => Promise.withResolvers<T>();

  it("is a request on its way, also one that fails", async () => {
    const work = countWork();
    const answer = held<string>();
    const provider = { request: () => answer.promise };
    const rpc = createPublicClient({ transport: work.transport(custom(provider, { retryCount: 0 })) });
    expect(work.isDone).to.equal(true);
    const asked = rpc.getChainId().catch((error: Error) => error);
    expect(work.isDone).to.equal(false);
    answer.reject(new Error("no"));
    expect(await asked).to.be.instanceOf(Error);
    expect(work.isDone).to.equal(true);
  });

  it("is a model that is opened or runs", async () => {
    const work = countWork();
    const [opening, running] = [held<OpenModel>(), held<Uint8Array>()];
    const models: Models = { open: () => opening.promise };
    const opened = work.models(models).open("0x01");
    expect(work.isDone).to.equal(false);
    opening.resolve({ session: { run: () => running.promise } } as unknown as OpenModel);
    const { session } = await opened;
    expect(work.isDone).to.equal(true);
    const ran = session.run(new Uint8Array());
    expect(work.isDone).to.equal(false);
    running.resolve(Uint8Array.of(7));
    expect(await ran).to.deep.equal(Uint8Array.of(7));
    expect(work.isDone).to.equal(true);
  });
});
