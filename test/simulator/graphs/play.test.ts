import { expect } from "chai";
import { GraphBuilder } from "../../../inference/graphModel/build.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { createRandom } from "../random.ts";
import { playInChromium } from "./chromium.ts";
import { differencesOf } from "./command.ts";
import { compare } from "./compare.ts";
import { createEvm, type Evm } from "./evm.ts";
import { play } from "./play.ts";

describe("random operators and graphs", function () {
  this.timeout(240_000);
  let evm: Evm;

  before(async () => {
    evm = await createEvm();
  });

  after(() => evm.close());

  it("give the same bytes in TypeScript and on onnxruntime-web, in Node and in Chromium, and in the EVM", async () => {
    const plan = { operators: 120, graphs: 20, seed: 1 };
    const node = await play(plan, await loadPinnedRuntime(), evm);

    expect(differencesOf(node, await playInChromium(plan))).to.deep.equal([]);
  });

  it("are told apart where Chromium differs, or finds a difference", async () => {
    const node = { operators: 1, graphs: 0, seed: 1, differences: [], digest: "0x01" } as const;

    expect(
      differencesOf({ ...node, differences: ["one"] }, { ...node, differences: ["two"], digest: "0x02" }),
    ).to.deep.equal(["one", "In Chromium: two", "Chromium gives other outputs than Node."]);
  });

  it("are told apart where one byte is another", async () => {
    const to = new GraphBuilder({ rows: 1, width: 2 });
    to.table(0, new Int8Array(256).fill(7));
    const shape = { dims: [1, 2] };
    const model = to.finish({ name: "x", ...shape }, { name: "y", ...shape });
    const parameters = [[], [new Uint8Array(256).fill(8)]];
    const sample = { model: { ...model, parameters }, input: Int8Array.of(1, 2) };

    const found = await compare(sample, createRandom(1), await loadPinnedRuntime(), evm);

    expect(found.wrong).to.include("onnxruntime-web gives another output.");
  });
});
