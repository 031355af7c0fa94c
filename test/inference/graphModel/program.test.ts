import { expect } from "chai";
import { type BuiltModel, GraphBuilder } from "../../../inference/graphModel/build.ts";
import { programOf } from "../../../inference/graphModel/program.ts";
import { randomGeneration } from "../../simulator/graphs/random.ts";
import { createRandom } from "../../simulator/random.ts";

const programOfModel = ({ operators, parameters }: BuiltModel) => programOf(operators, parameters);

/** The output of a graph of an input of these rows and what `make` adds. */
function outputOf(rows: readonly (readonly number[])[], make: (to: GraphBuilder) => number): number[] {
  const width = rows[0]?.length as number;
  const to = new GraphBuilder({ rows: rows.length, width });
  const { rows: out, width: wide } = to.shapeOf(make(to));
  const model = to.finish({ name: "x", dims: [rows.length, width] }, { name: "y", dims: [out, wide] });
  return [...(programOfModel(model).run(Int8Array.from(rows.flat())).at(-1) as Int8Array)];
}

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

describe("program of a graph", () => {
  it("refuses an input of another length", () => {
    const { model } = randomGeneration(createRandom(1));
    const program = programOfModel(model);
    const rows = model.operators[0]?.rows as number;
    expect(() => program.pass(new Int8Array(rows + 1))).to.throw(
      `The input has ${rows + 1} bytes; ${rows} are needed.`,
    );
    expect(() => program.run(new Int8Array(0))).to.throw(/^The input has 0 bytes; \d+ are needed\.$/);
  });

  describe("operators", () => {
    it("round halves up, and saturate", () => {
      const add = (m: number, n: number, shift: number) => (to: GraphBuilder) => to.add(0, 0, { m, n, shift });
      expect(outputOf([[1, -1, 3, -3, 127, -128]], add(1, 0, 1))).to.deep.equal([1, 0, 2, -1, 64, -64]);
      expect(outputOf([[127, -128]], add(32767, 32767, 1))).to.deep.equal([127, -128]);
    });

    it("take the first of equal scores", () => {
      expect(
        outputOf(
          [
            [3, 7, 7],
            [-128, -128, -128],
          ],
          (to) => to.argmax(0),
        ),
      ).to.deep.equal([1, 0]);
    });

    it("give a byte above 127 as it is in int8", () => {
      const row = Array.from({ length: 256 }, (_, i) => (i === 200 ? 1 : 0));
      expect(outputOf([row], (to) => to.argmax(0))).to.deep.equal([200 - 256]);
    });

    it("see the moment itself first, and nothing after it", () => {
      const scored = outputOf([[1], [2], [3]], (to) => to.scores(0, 0, { heads: 1, causal: 1, shift: 1 }));
      expect(scored).to.deep.equal([1, 0, 0, 1, 2, 0, 2, 3, 5]);
    });

    it("give 0 where no weight is left", () => {
      const none = (to: GraphBuilder) =>
        to.mix(
          to.exponents(to.scores(0, 0, { heads: 1, causal: 1, shift: 1 }), new Int8Array(256)),
          to.transpose(0),
          7,
        );
      expect(outputOf([[-128], [127]], none)).to.deep.equal([0, 0]);
    });

    it("mix exactly: the mean of equal weights, rounded once", () => {
      const even = (gain: number) => (to: GraphBuilder) =>
        to.mix(
          to.exponents(to.scores(0, 0, { heads: 1, causal: 0, shift: 26 }), new Int8Array(256).fill(1)),
          to.transpose(0),
          gain,
        );
      expect(outputOf([[1], [2], [2]], even(0))).to.deep.equal([2, 2, 2]);
      expect(outputOf([[-1], [-2], [-2]], even(1))).to.deep.equal([-3, -3, -3]);
    });

    it("pad windows with zeros", () => {
      const window = { height: 1, across: 3, down: 1, outAcross: 3, kh: 1, kw: 3, sy: 1, sx: 1, top: 0, left: -1 };
      expect(outputOf([[1], [2], [3]], (to) => to.gather(0, window))).to.deep.equal([0, 1, 2, 1, 2, 3, 2, 3, 0]);
    });

    it("repeat the stop byte up to the end", () => {
      const stopped = (to: GraphBuilder) =>
        to.argmax(
          to.constant(
            [
              [0, 1],
              [0, 1],
            ].map((row) => Int8Array.from(row)),
          ),
          { stop: 9, tokens: 0 },
        );
      expect(outputOf([[9], [8]], stopped)).to.deep.equal([9, 1]);
    });
  });

  describe("of a generation", () => {
    for (const seed of seeds)
      it(`writes the one output that it gives for prompt and output (seed ${seed})`, () => {
        const { model, input } = randomGeneration(createRandom(seed));
        const program = programOfModel(model);
        const told: number[] = [];
        const outputs = program.run(input, (byte, position) => (told[position] = byte));
        const written = outputs.at(-1) as Int8Array;

        expect(program.pass(Int8Array.from([...input, ...written.slice(0, program.fed)]))).to.deep.equal(outputs);
        expect(told).to.deep.equal([...written].map((byte) => byte & 255));
      });

    it("lets no byte rest on itself or a later one, nor any operator on what its state excludes", () => {
      for (const seed of seeds) {
        const random = createRandom(seed);
        const { model } = randomGeneration(random);
        const program = programOfModel(model);
        const moments = model.operators[0]?.rows as number;
        const tokens = Int8Array.from({ length: moments }, () => random.between(-128, 127));
        const from = random.between(0, moments - 1);
        const others = tokens.map((token, i) => (i < from ? token : random.between(-128, 127)));
        const [before, after] = [program.pass(tokens), program.pass(others)];
        for (const [k, { rows, width, state }] of model.operators.entries()) {
          if (!state) throw new Error("A generation's operators have states.");
          for (let r = 0; r < rows; r++)
            for (let c = 0; c < width; c++) {
              const at = state.time === "columns" ? c : state.time === "heads" ? r % width : r;
              if (state.time === "still" || at + state.late < from)
                expect(after[k]?.[r * width + c]).to.equal(before[k]?.[r * width + c]);
            }
        }
      }
    });
  });
});
