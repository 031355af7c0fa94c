import { expect } from "chai";
import { type Hex, hexToBytes } from "viem";
import { admitOperators } from "../../../inference/graphModel/admit.ts";
import { type BuiltModel, GraphBuilder } from "../../../inference/graphModel/build.ts";
import { checkParameters, fileLayout, graphOnnx, readGraphModel } from "../../../inference/graphModel/file.ts";
import { programOf } from "../../../inference/graphModel/program.ts";
import { checkModel, nameModel } from "../../../inference/model.ts";
import { openHere } from "../../../inference/opener.ts";
import { unsigned } from "../../../inference/operators/operator.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { decodeLayout, encodeLayout } from "../../../sdk/layouts.ts";
import { randomGeneration, randomGraph } from "../../simulator/graphs/random.ts";
import { createRandom } from "../../simulator/random.ts";
import operators from "../../vectors/operators.json" with { type: "json" };
import type { RowsVector } from "../../vectors/operators.ts";

const named = ({ layout }: BuiltModel, artifact: Uint8Array) =>
  nameModel(artifact, encodeLayout(layout), new Uint8Array());

/** A linear and an exponents over one input. */
function small(): BuiltModel {
  const to = new GraphBuilder({ rows: 2, width: 2 });
  to.linear(
    0,
    [1, 2].map((bias) => ({ shift: 3, lo: -128, bias, weights: Int8Array.of(5, -6) })),
  );
  to.exponents(
    to.scores(1, 0, { heads: 1, causal: 0, shift: 2 }),
    Int8Array.from({ length: 256 }, (_, i) => 127 >> i),
  );
  return to.finish({ name: "x", dims: [2, 2] }, { name: "y", dims: [2, 2] });
}

/** The file with a byte replaced where these bytes stand last. */
function patched(artifact: Uint8Array, where: readonly number[], at: number, byte: number): Uint8Array {
  const found = Buffer.from(artifact).lastIndexOf(Buffer.from(where));
  if (found === -1) throw new Error("The file has no such bytes.");
  const copy = artifact.slice();
  copy[found + at] = byte;
  return copy;
}

const WEIGHTS = [5, 5, 0xfa, 0xfa];
const ENTRIES = [127, 0, 0, 0, 63, 0, 0, 0];

describe("parameter rows", () => {
  const vectors = operators.rows as RowsVector[];
  // Those of the same graph that are taken as they are.
  const right = new Map([1, 2, 3, 5].map((k) => [k, vectors.find((each) => each.operator === k)?.rows as Hex[]]));
  for (const { name, graph, operator, rows, error, row } of vectors)
    it(`${error === undefined ? "takes" : "refuses"} ${name}, as the contract does`, () => {
      const layout = decodeLayout(hexToBytes(graph));
      const admitted = admitOperators(layout);
      const parameters = admitted.map((_, k) =>
        (k === operator ? rows : (right.get(k) ?? [])).map((each) => hexToBytes(each)),
      );

      const check = expect(() => checkParameters(layout, admitted, parameters));

      if (error === undefined) check.to.not.throw();
      else if (row === undefined)
        check.to.throw(new RegExp(`operator ${operator} has \\d+ (bytes|parameter rows); `, "i"));
      else check.to.throw(new RegExp(`^Parameter row ${row} of operator ${operator} \\(\\w+\\) is malformed\\.$`));
    });
});

describe("file of a graph model", () => {
  it("gives the parameter rows back that it was made of", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { model } = (seed % 2 === 0 ? randomGraph : randomGeneration)(createRandom(seed));
      const read = readGraphModel(model.layout, model.artifact);
      expect(read.parameters).to.deep.equal(model.parameters);
      expect(graphOnnx(model.layout, read)).to.deep.equal(model.artifact);
    }
  });

  it("is refused with another weight", () => {
    const model = small();
    const artifact = patched(model.artifact, WEIGHTS, 0, 6);
    expect(() => checkModel(named(model, artifact), artifact)).to.throw(
      /^Operator 1's parameter rows have the root 0x/,
    );
  });

  it("is refused with a malformed row", () => {
    const model = small();
    const artifact = patched(model.artifact, ENTRIES, 0, 128);
    expect(() => checkModel(named(model, artifact), artifact)).to.throw(
      "Parameter row 0 of operator 3 (exponents) is malformed.",
    );
  });

  it("is refused with another table length, or without a constant", () => {
    const model = small();
    const other = new GraphBuilder({ rows: 2, width: 2 });
    other.table(0, new Int8Array(256));
    const shape = { dims: [2, 2] };
    const { artifact } = other.finish({ name: "x", ...shape }, { name: "y", ...shape });
    expect(() => checkModel(named(model, artifact), artifact)).to.throw(
      'The file has no constant "1 weights", which the graph needs.',
    );
    expect(() => readGraphModel(model.layout, patched(model.artifact, [0x31, 0x20, 0x6c, 0x6f], 2, 0x6d))).to.throw(
      'The file has no constant "1 lo", which the graph needs.',
    );
  });

  it("is refused with a byte that the rows don't make", () => {
    const model = small();
    const artifact = patched(model.artifact, [...Buffer.from("graph")], 0, 0x47);
    expect(() => checkModel(named(model, artifact), artifact)).to.throw(
      /^The file is not what its layout and rows make: byte \d+ is 0x47, not 0x67\.$/,
    );
  });

  it("is admitted as any other, and gives the model's name with its graph", () => {
    const model = small();
    const published = named(model, model.artifact);
    const checked = checkModel(published, model.artifact);
    expect(checked.parameters).to.deep.equal(model.parameters);
    expect(checked.layers).to.deep.equal([]);
  });

  it("runs by the pinned runtime as the reference does, a generation from its prompt", async () => {
    const runtime = await loadPinnedRuntime();
    for (const make of [randomGraph, randomGeneration]) {
      const { model, input } = make(createRandom(5));
      const { session } = await openHere(runtime).open(named(model, model.artifact), model.artifact);
      const program = programOf(model.operators, model.parameters);
      const outputs = program.run(input);
      expect(await session.run(unsigned(input))).to.deep.equal(unsigned(outputs.at(-1) as Int8Array));
      await session.release();
    }
  });

  it("takes a generation's prompt and what comes out", () => {
    const { model } = randomGeneration(createRandom(3));
    const { input, output } = fileLayout(model.layout);
    expect(input.dims).to.deep.equal([model.operators[0]?.rows, 1]);
    expect(output).to.deep.equal(model.layout.output);
  });
});
