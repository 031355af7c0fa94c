import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { createPublicClient, custom, http } from "viem";
import type { Models, OpenModel } from "../../../inference/models.ts";
import { countWork, nextTimestamp, startChain } from "../../../scripts/demo/chain.ts";
import { freePort } from "../../fixtures/freePort.ts";

describe("the demo's chain", () => {
  it("mines no block while there is work, and goes on when it is done", async () => {
    const closing: (() => unknown)[] = [];
    const work = { isDone: true };
    const { url } = await startChain(await freePort(), work, (close) => closing.unshift(close));
    try {
      const rpc = createPublicClient({ transport: http(url), cacheTime: 0 });
      const after = async (seen: bigint) => {
        for (;;) {
          const { number } = await rpc.getBlock();
          if (number > seen) return number;
          await sleep(50);
        }
      };
      await after(0n);
      work.isDone = false;
      // One may be on its way.
      await sleep(200);
      const { number: seen } = await rpc.getBlock();
      await sleep(2_000);
      expect((await rpc.getBlock()).number).to.equal(seen);
      work.isDone = true;
      expect(await after(seen)).to.equal(seen + 1n);
    } finally {
      for (const close of closing) await close();
    }
  });

  it("has a clock that always moves, by two seconds at most, and that no machine's clock turns back", () => {
    const second = fc.bigInt({ min: 0n, max: 2n ** 40n });
    fc.assert(
      fc.property(second, second, (last, now) => {
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
