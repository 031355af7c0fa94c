import { expect } from "chai";
import { GraphBuilder } from "../../../inference/graphModel/build.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { createRandom } from "../random.ts";
import { play } from "./command.ts";
import { compare } from "./compare.ts";
import { createEvm, type Evm } from "./evm.ts";

describe("random operators and graphs", function () {
  this.timeout(240_000);
  let evm: Evm;

  before(async () => {
    evm = await createEvm();
  });

  after(() => evm.close());

  it("give the same bytes in TypeScript, on onnxruntime-web and in the EVM", async () => {
    expect((await play({ operators: 240, graphs: 40, seed: 1 }, evm)).differences).to.deep.equal([]);
  });

  it("are told apart where one byte is another", async () => {
    const to = new GraphBuilder({ rows: 1, width: 2 });
    to.table(0, new Int8Array(256).fill(7));
    const shape = { dims: [1, 2] };
    const model = to.finish({ name: "x", ...shape }, { name: "y", ...shape });
    const parameters = [[], [new Uint8Array(256).fill(8)]];
    const sample = { model: { ...model, parameters }, input: Int8Array.of(1, 2) };

    const found = await compare(sample, createRandom(1), await loadPinnedRuntime(), evm);

    expect(found).to.include("onnxruntime-web gives another output.");
  });
});
