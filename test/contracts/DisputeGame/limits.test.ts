import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type BuiltModel, GraphBuilder } from "../../../inference/graphModel/build.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { attestModel, forged, type Game, gameProtocol, honestRun, play, someInput } from "../dispute.ts";
import { publication } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Each move stays below this, whatever the model. */
const MOST = 1_000_000n;

/** What half of either side's bond pays for, of a single attestation. */
const REFUTING = 1_500_000n;
const ANSWERING = 3_000_000n;

/** Widest output of an operator. */
const WIDE = 4095;

const elements = (length: number, seed = 1): Int8Array =>
  Int8Array.from({ length }, (_, i) => ((Math.imul(i + 1, 2_654_435_761) ^ Math.imul(seed, 40_503)) >> 22) % 127);
const falling = Int8Array.from({ length: 256 }, (_, i) => Math.round(127 * Math.exp(-i / 16)));
const neuron = (inputs: number, seed: number) => ({ shift: 9, lo: -128, bias: 77, weights: elements(inputs, seed) });

/** So many rows out of the input's one: the others are zeros, to which a constant may be added. */
const rowsOf = (to: GraphBuilder, rows: number): number => {
  const window = { height: 1, across: 1, down: 1, outAcross: rows, kh: 1, kw: 1, sy: 1, sx: 1 };
  return to.gather(0, { ...window, top: 0, left: 0 });
};

const finish = (to: GraphBuilder, last: number): BuiltModel => {
  const [first, end] = [to.shapeOf(0), to.shapeOf(last)];
  return to.finish({ name: "x", dims: [first.rows, first.width] }, { name: "y", dims: [end.rows, end.width] });
};

/** The dearest models, each with the operators that are wrong in turn. */
const dearest: Record<string, () => [model: BuiltModel, ...wrong: number[]]> = {
  "as many operators, and as large an input and output, as there are": () => {
    const to = new GraphBuilder({ rows: 384, width: 16 });
    let last = to.pick(0, 7, 1);
    while (last < 1021) last = to.table(last, elements(256, last % 2));
    const window = { height: 1, across: 1, down: 1, outAcross: 384, kh: 1, kw: 1, sy: 1, sx: 1 };
    const all = to.gather(last, { ...window, top: 0, left: 0 });
    return [finish(to, to.table(all, elements(256))), 1020];
  },
  "an operator of as many rows as there are": () => {
    const to = new GraphBuilder({ rows: 1, width: 2 });
    const tall = to.linear(rowsOf(to, 65_535), [neuron(2, 1), neuron(2, 2)]);
    return [finish(to, to.pick(tall, 3, 1)), tall];
  },
  "sums of rows as wide as there are, and the largest of one": () => {
    const to = new GraphBuilder({ rows: 1, width: WIDE });
    const own = neuron(WIDE, 3);
    const wide = to.linear(
      0,
      Array.from({ length: WIDE }, (_, i) => ({ ...own, bias: i })),
    );
    const sum = to.add(wide, to.table(0, elements(256, 2)), { m: 3, n: 5, shift: 3 });
    const largest = to.max(sum, 1);
    return [finish(to, to.table(largest, elements(256))), wide, sum, largest];
  },
  "attention over as many moments as there are": () => {
    const to = new GraphBuilder({ rows: 1, width: 1 });
    const rows = rowsOf(to, WIDE);
    const exponents = to.exponents(to.scores(rows, rows, { heads: 1, causal: 0, shift: 3 }), falling);
    const mix = to.mix(exponents, to.transpose(rows), 2);
    return [finish(to, to.pick(mix, 0, 1)), exponents, mix];
  },
};

/** Publishes and admits a model. */
async function publish(p: Game, { layout }: BuiltModel): Promise<Hex> {
  const graph = encodeLayout(layout);
  await p.models.publish(publication, graph, "0x", "");
  const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
  const modelId = published?.args.modelId as Hex;
  await p.game.admit(modelId, graph);
  return modelId;
}

describe("DisputeGame, whatever the model", function () {
  this.timeout(300_000);
  /** The most that each move cost. */
  const highest = new Map<string, bigint>();
  const fixture = () => gameProtocol(ethers as HardhatEthers, networkHelpers);

  for (const [name, make] of Object.entries(dearest))
    it(`makes every move in ${MOST} gas: ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [model, ...operators] = make();
      const modelId = await publish(p, model);
      const honest = honestRun(model, someInput(model));
      for (const wrong of operators) {
        const last = (honest.outputs[wrong] as Int8Array).length - 1;
        const made = await attestModel(p, model, modelId, honest, forged(model, honest, wrong, last, 3));
        const { opened } = made;
        const begun = await p.game.connect(p.challenger).challenge(made.attestation, opened);
        const moves = [{ name: "challenge", gas: (await begun.wait())?.gasUsed ?? 0n }, ...(await play(p, made, 0))];

        expect(await p.registry.statusOf(made.id)).to.equal(Status.Refuted);
        for (const { name, gas } of moves) {
          expect(gas, name).to.be.below(MOST);
          if (gas > (highest.get(name) ?? 0n)) highest.set(name, gas);
        }
      }
    });

  it("pays for all moves of either side by half of the other's bond, were each the dearest", () => {
    const cost = (name: string, times = 1n) => times * (highest.get(name) as bigint);

    // A trace and an operator's rows have two levels at most. The prover's side may have to show what is demanded.
    expect(cost("openUnit") + cost("open", 3n) + cost("openRows") + cost("show")).to.be.below(ANSWERING);
    expect(cost("challenge") + cost("pick", 3n) + cost("pickOperator") + cost("show")).to.be.below(REFUTING);
  });
});
