import { expect } from "chai";
import type { Hex } from "viem";
import { keepLast } from "../../../../participant/methods/disputeGame/kept.ts";

const [A, B, C]: Hex[] = ["0xaa", "0xbb", "0xcc"] as Hex[];

describe("keepLast", () => {
  const count = () => {
    const made: Hex[] = [];
    const kept = keepLast<number>(2);
    const get = (name: Hex) => kept.get(name, async () => made.push(name));
    return { made, kept, get };
  };

  it("doesn't keep what failed", async () => {
    const { made, kept, get } = count();
    const failing = kept.get(A as Hex, () => Promise.reject(new Error("No file.")));
    expect(await failing.catch((error: Error) => error.message)).to.equal("No file.");

    await get(A as Hex);
    expect(made).to.deep.equal([A]);
  });

  it("makes a thing once while it is one of the last that were asked for", async () => {
    const { made, get } = count();
    for (const name of [A, B, A, C, A, B]) await get(name as Hex);

    expect(made).to.deep.equal([A, B, C, B]);
  });

  it("makes it anew once it is forgotten", async () => {
    const { made, kept, get } = count();
    await get(A as Hex);
    kept.forget(A as Hex);
    await get(A as Hex);

    expect(made).to.deep.equal([A, A]);
  });
});
