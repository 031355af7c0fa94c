import { network } from "hardhat";
import type { Hex } from "viem";
import { forward } from "../inference/integer.ts";
import { readModel } from "../models/read.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitContext } from "../sdk/contexts.ts";
import { decodeLayout, decodeRows, encodeLayout, encodeRows, INT8, type Row } from "../sdk/layouts.ts";
import { showInput, unitInput } from "../sdk/units.ts";
import { addressOf, core, publication, rowsOf } from "../test/contracts/fixtures.ts";

const NOISE = 8;

/** An integer model's bytes and base inputs. */
interface Source {
  layout: Uint8Array;
  layers: Row[][];
  inputs: Uint8Array;
}

/** The committed model. */
async function digits(): Promise<Source> {
  const { layout, rows, inputs } = await readModel("digits");
  return { layout, layers: decodeRows(decodeLayout(layout).widths, rows), inputs };
}

/** A model with a first layer of this width and rows that aren't constant. */
function dense(width: number): Source {
  const widths = [width, 32, 10];
  const layout = encodeLayout({
    widths,
    input: { name: "input", dtype: INT8, dims: [1, width] },
    output: { name: "output", dtype: INT8, dims: [1, 10] },
  });
  return { layout, layers: rowsOf(widths), inputs: Uint8Array.from({ length: 64 * width }, (_, i) => 37 * i) };
}

/** One chain in this process with the core contracts and three published models. */
export async function createSite() {
  const { ethers, networkHelpers } = await network.create();
  const contracts = await core(ethers);
  const { models: registered } = contracts;
  const publish = async (source: Source) => {
    const { layout, layers } = source;
    const parts = [publication, layout, encodeRows(layers), ""] as const;
    const modelId = (await registered.publish.staticCall(...parts)) as Hex;
    await registered.publish(...parts);
    return { ...source, modelId, width: decodeLayout(layout).widths[0] as number };
  };
  const models = {
    digits: await publish(await digits()),
    middle: await publish(dense(256)),
    wide: await publish(dense(1024)),
  };
  return { ...contracts, ...models, ethers, networkHelpers };
}

export type Site = Awaited<ReturnType<typeof createSite>>;
type PublishedModel = Site["digits"];

/** A running season with a task of each model under a method. */
export async function runSeason({ campaign, organiser, prover, networkHelpers, ...site }: Site, method: number) {
  const startsAt = (await networkHelpers.time.latest()) + 1000;
  const organised = campaign.connect(organiser);
  await organised.draft(startsAt, startsAt + 100_000, startsAt + 200_000, 0);
  const seasonId = await campaign.seasonCount();
  const models = [site.digits, site.middle, site.wide];
  for (const { modelId, layout, inputs } of models) {
    const rules = { modelId, method, points: 10, unitsPerAccount: 4096, noise: NOISE };
    await organised.addTask(seasonId, rules, layout, inputs);
  }
  await organised.open(seasonId, "");
  await networkHelpers.mine(3);
  await campaign.seed(seasonId);
  await networkHelpers.time.increaseTo(startsAt);
  const seed = (await campaign.seasonOf(seasonId)).seed as Hex;

  /** A model's units as the prover gets them. */
  const unitsOf = (model: PublishedModel, taskId: bigint) => {
    const { layout, layers, inputs, width } = model;
    const task = { inputs, inputCount: inputs.length / width, noise: NOISE };
    const seedOf = (unit: number) => unitSeed(seed, taskId, addressOf(prover), BigInt(unit));
    return {
      ...model,
      contextOf: (unit: number) => unitContext({ campaign: addressOf(campaign), seasonId, taskId, unit: BigInt(unit) }),
      inputOf: (unit: number) => showInput(seedOf(unit), task, decodeLayout(layout).input),
      activationsOf: (unit: number) => forward(layers, unitInput(seedOf(unit), task)),
    };
  };
  return {
    digits: unitsOf(site.digits, 1n),
    middle: unitsOf(site.middle, 2n),
    wide: unitsOf(site.wide, 3n),
  };
}

/** A model and its units in a season. */
export type SeasonModel = Awaited<ReturnType<typeof runSeason>>["digits"];

/** Gas that a transaction used. */
export async function gasOf(sent: { wait(): Promise<{ gasUsed: bigint } | null> }): Promise<number> {
  const receipt = await sent.wait();
  if (receipt === null) throw new Error("The transaction was not mined.");
  return Number(receipt.gasUsed);
}
