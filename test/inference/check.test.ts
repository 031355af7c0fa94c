import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { type Hex, hexToBytes } from "viem";
import { checkFiles, type Finding, type ModelFiles } from "../../inference/check.ts";
import { InvalidModelError } from "../../inference/failures.ts";
import { nameModel } from "../../inference/model.ts";
import { openHere } from "../../inference/opener.ts";
import { InvalidRunError } from "../../inference/tensors.ts";
import { readModel } from "../../models/read.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { decodeLayout, encodeLayout, INT8, type Layout, tensorBytes } from "../../sdk/layouts.ts";
import { randomGeneration } from "../simulator/graphs/random.ts";
import { createRandom } from "../simulator/random.ts";
import vectors from "../vectors/graphs.json" with { type: "json" };
import { floatLayout } from "./graph/onnx.ts";
import { constant, file, node } from "./import/foreign.ts";

const opener = openHere(await loadPinnedRuntime());
const none = new Uint8Array(0);
const onnx = new URL("../fixtures/onnx/", import.meta.url);

/** What a verifier finds on an input of zeros: a sentence for an INVALID vote, undefined for an answer. */
async function verdictOf(artifact: Uint8Array, layout: Uint8Array, rows = none): Promise<string | undefined> {
  let size: number;
  try {
    size = tensorBytes(decodeLayout(layout).input);
    const { session } = await opener.open(nameModel(artifact, layout, rows), artifact);
    await session.run(new Uint8Array(size));
    await session.release();
    return undefined;
  } catch (error) {
    const isInvalid =
      error instanceof InvalidModelError || error instanceof InvalidRunError || error instanceof RangeError;
    if (!isInvalid) throw error;
    return error.message.replace(/^Model 0x\w+ can't be run: /, "");
  }
}

const refusals = (findings: readonly Finding[], by?: Finding["by"]): string[] =>
  findings
    .filter((each) => each.result === "refused" && (by === undefined || each.by === by))
    .map(({ detail }) => detail);

const detailsOf = async (files: ModelFiles): Promise<string[]> => refusals((await checkFiles(files, opener)).findings);

const int8 = (dims: readonly number[], name: string) => ({ name, dtype: INT8, dims });

/** Twice the input, of int8 to float32. */
const layout: Layout = { widths: [], input: int8([1, 2], "x"), output: { name: "y", dtype: 1, dims: [1, 2] } };
const doubled = file([node("Cast", ["x"], "a", { to: 1 }), node("Add", ["a", "a"], "y")], [], {
  inputs: [layout.input],
});
const good: ModelFiles = { artifact: doubled, layout: encodeLayout(layout), rows: none, inputs: new Uint8Array(8) };

describe("check", () => {
  describe("comes to the verifiers' verdict", () => {
    for (const { name, file: artifact, layout: bytes } of vectors)
      it(name, async () => {
        const files = { artifact: hexToBytes(artifact as Hex), layout: hexToBytes(bytes as Hex), rows: none };
        const { findings } = await checkFiles(files, opener);
        expect(refusals(findings, "verifiers")[0]).to.equal(await verdictOf(files.artifact, files.layout));
      });

    for (const name of readdirSync(onnx).filter((each) => each.endsWith(".onnx")))
      it(`${name} by itself, by what it declares`, async () => {
        const artifact = new Uint8Array(readFileSync(new URL(name, onnx)));
        const { findings, model } = await checkFiles({ artifact, rows: none }, opener);
        const verdict = model
          ? await verdictOf(artifact, model.layout)
          : await verdictOf(artifact, encodeLayout(floatLayout([1, 4], [1, 4])));
        expect(refusals(findings, "verifiers")[0]).to.equal(verdict);
      });

    it("on files of which bytes were changed, and never throws", async () => {
      const { artifact, layout: bytes, rows, inputs } = await readModel("digits");
      const changes = fc.array(fc.tuple(fc.constantFrom("artifact", "layout", "rows"), fc.nat(), fc.nat(255)), {
        minLength: 1,
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(changes, async (edits) => {
          const parts = { artifact: artifact.slice(), layout: bytes.slice(), rows: rows.slice() };
          for (const [part, at, byte] of edits)
            parts[part as keyof typeof parts][at % parts[part as keyof typeof parts].length] = byte;
          const { findings } = await checkFiles({ ...parts, inputs: inputs.slice(0, 64) }, opener);
          const verdict = await verdictOf(parts.artifact, parts.layout, parts.rows);
          expect(refusals(findings, "verifiers").length > 0).to.equal(verdict !== undefined);
        }),
        { numRuns: 150 },
      );
    });

    it("on float files of which bytes were changed, and never throws", async () => {
      const { artifact, layout: bytes } = await readModel("risk");
      await fc.assert(
        fc.asyncProperty(fc.nat(artifact.length - 1), fc.nat(255), fc.boolean(), async (at, byte, alone) => {
          const changed = artifact.slice();
          changed[at] = byte;
          const { findings, model } = await checkFiles(
            { artifact: changed, layout: alone ? undefined : bytes, rows: none },
            opener,
          );
          const verdict = await verdictOf(changed, model?.layout ?? bytes);
          expect(refusals(findings, "verifiers").length > 0).to.equal(verdict !== undefined);
        }),
        { numRuns: 150 },
      );
    });
  });

  describe("refuses", () => {
    it("content that is too large", async () => {
      const artifact = new Uint8Array(64 * 1024 * 1024 + 1);
      expect(await detailsOf({ artifact, rows: none })).to.deep.equal([
        "The file is 67108865 bytes; content is at most 67108864.",
      ]);
    });

    it("a layout that names another tensor, or has a name that the registry doesn't take", async () => {
      const other = encodeLayout({ ...layout, input: { ...layout.input, name: "z" } });
      expect(await detailsOf({ ...good, layout: other })).to.deep.equal([
        'The model\'s input is "x"; its layout says "z".',
      ]);
      const spaced = encodeLayout(layout).slice();
      spaced[spaced.lastIndexOf("y".charCodeAt(0))] = 32;
      expect(await detailsOf({ ...good, layout: spaced })).to.include(
        'The tensor name " " is not one word of printable ASCII.',
      );
      expect(await detailsOf({ ...good, layout: spaced.slice(0, 40) })).to.match(/^The bytes end before byte/);
    });

    it("rows that aren't the file's", async () => {
      const { artifact, layout: bytes, rows } = await readModel("digits");
      const changed = rows.slice();
      changed[20] = (changed[20] as number) ^ 1;
      expect(await detailsOf({ artifact, layout: bytes, rows: changed })).to.match(
        /^The file is not what its layout and rows make: byte \d+ is/,
      );
      expect(await detailsOf({ artifact, layout: bytes, rows: rows.slice(1) })).to.deep.equal([
        "The rows are 2619 bytes; the layout needs 2620.",
      ]);
    });

    it("a loop by its name, in a file by itself", async () => {
      const artifact = new Uint8Array(readFileSync(new URL("loop_endless.onnx", onnx)));
      const { findings } = await checkFiles({ artifact, rows: none }, opener);
      expect(refusals(findings, "verifiers")).to.deep.equal(["The operator Loop is not allowed."]);
    });

    it("an input that no season can assign, and base inputs that no task takes", async () => {
      const real = file([node("Relu", ["x"], "y")]);
      expect(await detailsOf({ artifact: real, rows: none })).to.deep.equal([
        "The input is float32[1, 2]; a season assigns int8. `model import` puts an input of int8 before it.",
      ]);
      expect(await detailsOf({ ...good, inputs: new Uint8Array(3) })).to.deep.equal([
        "The base inputs are 3 bytes, which is no multiple of the input's 2.",
      ]);
      expect(await detailsOf({ ...good, inputs: new Uint8Array(60_002) })).to.deep.equal([
        "There are 30001 base inputs of 2 bytes; a task takes 1 to 30000.",
      ]);
      const wide = { widths: [], input: int8([1, 130_000], "x"), output: { name: "y", dtype: 1, dims: [1, 130_000] } };
      const artifact = file([node("Cast", ["x"], "y", { to: 1 })], [], {
        inputs: [wide.input],
        outputs: [wide.output],
      });
      expect(await detailsOf({ artifact, layout: encodeLayout(wide), rows: none })).to.deep.equal([
        "An input takes 130000 bytes; a task takes 120000 for its inputs and the layout together.",
      ]);
    });

    it("a run that ends in NaN", async () => {
      const root = file([node("Cast", ["x"], "a", { to: 1 }), node("Sqrt", ["a"], "y")], [], {
        inputs: [layout.input],
      });
      expect(await detailsOf({ ...good, artifact: root, inputs: Uint8Array.of(1, 255) })).to.deep.equal([
        'Output "y" has NaN at element 1: the run is invalid.',
      ]);
    });

    it("what ONNX Runtime doesn't load", async () => {
      const odd = file(
        [
          node("Cast", ["x"], "a", { to: 13 }),
          node("Abs", ["a"], "b"),
          node("Tanh", ["b"], "c"),
          node("Cast", ["c"], "y", { to: 1 }),
        ],
        [],
        { inputs: [layout.input] },
      );
      expect((await detailsOf({ ...good, artifact: odd })).join()).to.match(/ERROR_CODE/);
    });
  });

  it("finds nothing against the models of this repository, and says which methods can take them", async () => {
    for (const [name, fraudProof] of [
      ["digits", "ok"],
      ["risk", "no"],
    ] as const) {
      const { findings, model } = await checkFiles(await readModel(name), opener);
      expect(refusals(findings)).to.deep.equal([]);
      expect(findings.find((each) => each.name === "FraudProof")?.result).to.equal(fraudProof);
      expect(findings.find((each) => each.name === "Quorum")?.result).to.equal("ok");
      expect(findings.find((each) => each.name === "run")?.detail).to.match(/on 32 inputs, twice/);
      expect(model?.modelId).to.equal((await readModel(name)).card.modelId);
    }
  });

  it("infers what a file by itself leaves open of its output, from all that it fixes of its input", async () => {
    const weights = constant("W", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [from, to, expected] of [
      [
        [3, 4],
        [-1, 2],
        [3, 2],
      ],
      [[3, 4], undefined, [3, 2]],
      [
        ["batch", 4],
        ["batch", 2],
        [1, 2],
      ],
      [["batch", 3, 4], undefined, [1, 3, 2]],
    ] as const) {
      const artifact = file([node("MatMul", ["x", "W"], "y")], [weights], {
        inputs: [{ name: "x", dtype: 1, dims: from }],
        outputs: [{ name: "y", dtype: 1, dims: to }],
      });
      const { findings, model } = await checkFiles({ artifact, rows: none }, opener);
      expect(refusals(findings, "verifiers")).to.deep.equal([]);
      expect(model && decodeLayout(model.layout).output.dims).to.deep.equal(expected);
    }
  });

  it("looks at a model of 10 MB within two seconds of a processor", async () => {
    const side = 1600;
    const big = constant(
      "W",
      [side, side],
      Array.from({ length: side * side }, (_, i) => (i % 17) / 17),
    );
    const dims = [1, side];
    const artifact = file([node("Cast", ["x"], "a", { to: 1 }), node("MatMul", ["a", "W"], "y")], [big], {
      inputs: [int8(dims, "x")],
      outputs: [{ name: "y", dtype: 1, dims }],
    });
    expect(artifact.length).to.be.greaterThan(10_000_000);
    const from = process.cpuUsage();
    const { findings } = await checkFiles({ artifact, rows: none }, opener);
    expect(refusals(findings)).to.deep.equal([]);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1e6).to.be.lessThan(2);
  });

  describe("of a graph model", () => {
    const { model, input } = randomGeneration(createRandom(4));
    const layout = encodeLayout(model.layout);
    const files = { artifact: model.artifact, layout, rows: none, inputs: new Uint8Array(3 * input.length) };

    it("runs it by rows and file, and finds that a panel can take it", async () => {
      const { findings } = await checkFiles(files, opener);
      const details = findings.map(({ detail }) => detail);
      expect(refusals(findings)).to.deep.equal([]);
      expect(details.filter((each) => /the graph and its \d+ parameter rows make\.$/.test(each))).to.have.length(1);
      expect(findings.find(({ name }) => name === "FraudProof")?.result).to.equal("no");
      expect(findings.find(({ name }) => name === "Quorum")?.result).to.equal("ok");
    });

    it("says which operator is refused", async () => {
      const graph = (model.layout.graph ?? []).map((each, k) => (k === 3 ? { ...each, first: 3 } : each));
      const { findings } = await checkFiles({ ...files, layout: encodeLayout({ ...model.layout, graph }) }, opener);
      expect(findings.find(({ name }) => name === "graph")?.detail).to.equal(
        "Operator 3 (add) reads 3 and 1; it may read those before it.",
      );
    });
  });
});
