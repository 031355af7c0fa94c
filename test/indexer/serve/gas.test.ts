import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { type Hex, padHex, toHex } from "viem";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import type { Rpc } from "../../../indexer/ingest/rpc.ts";
import { createGas, type GasSample, gasOf } from "../../../indexer/serve/gas.ts";

const hash = (n: number): Hex => padHex(toHex(n), { size: 32 });
const transaction = (n: number, step: string, shared = 1) => ({ hash: hash(n), step, shared });

/** Nodes that answer each transaction by its number, or not at all. */
function nodes(answer: (n: number) => unknown) {
  const asked: number[] = [];
  const node = {
    batch: async (_method: string, calls: readonly [Hex][]) => {
      const numbers = calls.map(([one]) => Number(one));
      asked.push(...numbers);
      return numbers.map(answer);
    },
  };
  return { asked, any: (work: (one: never) => Promise<unknown>) => work(node as never) } as unknown as {
    asked: number[];
  } & Pick<Rpc, "any">;
}
const used = (n: number) => ({ gasUsed: toHex(1_000 * n) });

describe("the gas of transactions", () => {
  it("is asked of a node once, each", async () => {
    const rpc = nodes(used);
    const gas = createGas(rpc);
    const [first] = await Promise.all([gas.of([hash(1), hash(2), hash(1)]), gas.of([hash(2)])]);
    expect([first(hash(1)), first(hash(2)), first(hash(3))]).to.deep.equal([1_000, 2_000, undefined]);
    await gas.of([hash(1), hash(2)]);
    expect(rpc.asked).to.deep.equal([1, 2]);
  });

  it("is unknown where the node has no receipt, or none answers, and isn't asked again soon", async () => {
    for (const answer of [
      () => null,
      () => {
        throw new RpcError("Nobody answers.");
      },
    ]) {
      const rpc = nodes(answer);
      const gas = createGas(rpc);
      for (let times = 0; times < 3; times++) expect((await gas.of([hash(1)]))(hash(1))).to.equal(undefined);
      expect(rpc.asked).to.deep.equal([1]);
    }
  });

  it("is not waited for for ever, and is known later", async () => {
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    const node = { batch: () => promise };
    const gas = createGas({ any: (work: (one: never) => Promise<unknown>) => work(node as never) } as never, {
      patience: 1,
    });
    expect((await gas.of([hash(4)]))(hash(4))).to.equal(undefined);
    resolve([used(4)]);
    await promise;
    await setImmediate();
    expect((await gas.of([hash(4)]))(hash(4))).to.equal(4_000);
  });
});

describe("the gas a unit", () => {
  const known = (one: Hex) => (Number(one) < 100 ? 1_000 * Number(one) : undefined);

  it("is null of nothing, and of attestations with a transaction whose gas isn't known", () => {
    expect(gasOf([], known)).to.equal(null);
    expect(
      gasOf([{ units: 1, transactions: [transaction(1, "revealed"), transaction(100, "settled")] }], known),
    ).to.equal(null);
  });

  it("is what all transactions used, by what they were for, over all units; what is about several counts in parts", () => {
    const samples: GasSample[] = [
      { units: 1, transactions: [transaction(10, "revealed"), transaction(6, "settled", 3)] },
      { units: 3, transactions: [transaction(30, "batchAttested"), transaction(8, "settled")] },
      { units: 5, transactions: [transaction(100, "revealed")] },
    ];
    expect(gasOf(samples, known)).to.deep.equal({
      ...{ attestations: 2, units: 4, perUnit: 12_500 },
      steps: [
        { step: "revealed", transactions: 1, perUnit: 2_500 },
        { step: "settled", transactions: 2, perUnit: 2_500 },
        { step: "batchAttested", transactions: 1, perUnit: 7_500 },
      ],
    });
  });
});
