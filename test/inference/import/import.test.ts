import { expect } from "chai";
import fc from "fast-check";
import { readLabels, readSamples } from "../../../cli/samples.ts";
import { checkFiles } from "../../../inference/check.ts";
import { type ImportedModel, type ImportOptions, importModel } from "../../../inference/import/import.ts";
import { ImportError } from "../../../inference/import/source.ts";
import { forward } from "../../../inference/integer.ts";
import { openHere } from "../../../inference/opener.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { decodeLayout, decodeRows } from "../../../sdk/layouts.ts";
import { FLOAT, type FreeNode } from "../graph/onnx.ts";
import { constant, file, node, samplesOf, torchFile, torchPath } from "./foreign.ts";

const runtime = await loadPinnedRuntime();
const opener = openHere(runtime);

const imported = (bytes: Uint8Array, options: ImportOptions): Promise<ImportedModel> =>
  importModel(bytes, options, opener);

const refusal = async (bytes: Uint8Array, options: ImportOptions): Promise<string> => {
  const found = await imported(bytes, options).catch((error: unknown) => error);
  expect(found).to.be.instanceOf(ImportError);
  return (found as Error).message;
};

/** Nothing that would later fail. */
async function expectGood(model: ImportedModel): Promise<void> {
  const { findings } = await checkFiles(model, opener);
  expect(findings.filter(({ result }) => result === "refused")).to.deep.equal([]);
}

const W = constant("W", [2, 2], [1, 0.5, -0.25, 2]);
const linear = file([node("MatMul", ["x", "W"], "y")], [W]);
const rows = samplesOf([
  [1, 2],
  [-3, 4],
  [0.5, -0.25],
  [2, 2],
]);

async function torch(name: string, samplesFile: string, labelsFile: string, change: Partial<ImportOptions> = {}) {
  const { labels: _, classes: __, ...samples } = await readSamples(torchPath(samplesFile));
  const labels = await readLabels(
    torchPath(labelsFile),
    samples.values.length / samples.shape.reduce((a, b) => a * b, 1),
  );
  return imported(torchFile(name), { samples, labels, ...change });
}

describe("import", () => {
  describe("refuses", () => {
    it("no samples, and samples that aren't finite", async () => {
      expect(await refusal(linear, { samples: samplesOf([]) })).to.equal(
        "There are no samples; at least one is needed.",
      );
      expect(
        await refusal(linear, {
          samples: samplesOf([
            [1, 2],
            [3, Number.NaN],
          ]),
        }),
      ).to.equal("Sample 1 holds NaN at element 1; all must be finite.");
    });

    it("labels of classes that the model doesn't have", async () => {
      expect(await refusal(linear, { samples: rows, labels: [0, 1, 2, 0] })).to.equal(
        "A sample has the label 2; the model has 2 outputs, numbered 0 to 1.",
      );
    });

    it("an integer model of what isn't dense, saying why", async () => {
      const leaky = file([node("LeakyRelu", ["x"], "y")]);
      expect(await refusal(leaky, { samples: rows, profile: "integer" })).to.equal(
        "No integer model can be made of it: the network has a LeakyRelu, which the integer profile can't express.",
      );
    });

    it("inputs of which a task takes none, and of types that int8 can't stand for", async () => {
      const wide = file([node("Relu", ["x"], "y")], [], { inputs: [{ name: "x", dtype: FLOAT, dims: [1, 130_000] }] });
      const samples = { shape: [130_000], values: new Float64Array(130_000) };
      expect(await refusal(wide, { samples })).to.match(/^An input takes 130000 bytes; a season's task takes 120000/);
      const bytes = file([node("Cast", ["x"], "y", { to: 1 })], [], {
        inputs: [{ name: "x", dtype: 2, dims: [1, 2] }],
      });
      expect(await refusal(bytes, { samples: rows })).to.equal(
        'The samples hold -3; the model\'s input "x" takes whole numbers from 0 to 255.',
      );
    });

    it("answers that aren't finite", async () => {
      const infinite = file([node("Exp", ["x"], "y")]);
      expect(await refusal(infinite, { samples: samplesOf([[1, 1000]]) })).to.equal(
        "The model gives Infinity on a sample; its answers must be finite.",
      );
    });

    it("what ONNX Runtime refuses", async () => {
      const odd = file([node("Add", ["x", "w"], "y")], [constant("w", [2], [1, 2])], {
        inputs: [{ name: "x", dtype: 13, dims: [1, 2] }],
      });
      expect(await refusal(odd, { samples: samplesOf([[1, 2]]) })).to.match(
        /^(No verifier would run it\.|A node Add takes)/,
      );
    });
  });

  it("makes an integer model of PyTorch's dense layers, whose answers stay", async () => {
    const mlp = await torch("mlp.onnx", "tabular.npy", "labels.npy");
    expect(mlp.profile).to.equal("integer");
    expect(mlp.why).to.match(/dense layers alone.*FraudProof can take it, and Quorum\.$/);
    expect(mlp.quality.agreement).to.be.greaterThan(0.99);
    expect(mlp.quality.accuracy).to.be.greaterThan(0.98);
    expect(mlp.quality.accuracyBefore).to.be.greaterThan(0.98);
    expect(mlp.inputCount).to.equal(300);
    expect(mlp.steps.scale).to.have.length(12);
    await expectGood(mlp);
    const open = await torch("mlp_open.onnx", "tabular.npy", "labels.npy");
    expect(open.why).to.match(/which answers the scores before Softmax/);
    expect(open.quality.meanDifference).to.be.lessThan(0.02);
    await expectGood(open);
  });

  it("makes a graph model of PyTorch's convolutions, whose answers stay", async () => {
    const cnn = await torch("cnn.onnx", "images.npy", "digits.npy");
    expect(cnn.why).to.equal(
      "The network slides windows over an image, so it is a graph model now: Quorum can take it.",
    );
    expect(cnn).to.include({ profile: "graph" });
    expect(cnn.rows).to.have.length(0);
    expect(cnn.quality.samples).to.equal(200);
    expect(cnn.quality.agreement).to.be.greaterThan(0.98);
    expect(cnn.quality.meanDifference).to.be.lessThan(0.02 * cnn.quality.range);
    await expectGood(cnn);
  });

  it("keeps in floating point, behind an input of int8, what has other operators or shall stay, whose answers stay", async () => {
    const cnn = await torch("cnn.onnx", "images.npy", "digits.npy", { profile: "float" });
    expect(cnn.why).to.equal(
      "The network was asked to stay in floating point, so it runs as it is behind an input of int8: Quorum can take it.",
    );
    expect(cnn.quality).to.include({ samples: 200, agreement: 1 });
    // Images of 256 shades lose nothing in 256 steps.
    expect(cnn.quality.meanDifference).to.be.lessThan(1e-4);
    expect(cnn.steps.scale).to.have.length(1);
    await expectGood(cnn);
    const odd = await torch("cnn_odd.onnx", "images.npy", "digits.npy");
    expect(odd.why).to.match(/^The network has a LeakyRelu, which the integer profile can't express, so it runs/);
    expect(odd.quality.agreement).to.equal(1);
    await expectGood(odd);
  });

  it("makes a graph model of a dense network where that is asked for, and no integer one of a Conv", async () => {
    const mlp = await torch("mlp.onnx", "tabular.npy", "labels.npy", { profile: "graph" });
    expect(mlp.why).to.match(/^The network was asked to become a graph, so it is a graph model now/);
    expect(mlp.quality.accuracy).to.be.greaterThan(0.98);
    await expectGood(mlp);
    const { shape, values } = await readSamples(torchPath("images.npy"));
    expect(await refusal(torchFile("cnn.onnx"), { samples: { shape, values }, profile: "integer" })).to.equal(
      "No integer model can be made of it: the network slides windows over an image.",
    );
    expect(await refusal(torchFile("cnn_odd.onnx"), { samples: { shape, values }, profile: "graph" })).to.match(
      /^No graph model can be made of it: the network has a LeakyRelu/,
    );
  });

  it("keeps a dense network in floating point where that is asked for", async () => {
    const mlp = await torch("mlp.onnx", "tabular.npy", "labels.npy", { profile: "float" });
    expect(mlp).to.include({ profile: "float", outputScale: null });
    expect(mlp.why).to.match(/^The network was asked to stay in floating point/);
    expect(mlp.rows).to.have.length(0);
    await expectGood(mlp);
  });

  it("takes bytes as they are: uint8 as int8 less 128, int8 without a prefix", async () => {
    const of = (dtype: number) =>
      file([node("Cast", ["x"], "f", { to: 1 }), node("MatMul", ["f", "W"], "y")], [W], {
        inputs: [{ name: "x", dtype, dims: [1, 2] }],
      });
    const small = samplesOf([
      [0, 100],
      [7, 3],
    ]);
    for (const profile of ["integer", "float"] as const) {
      const unsigned = await imported(of(2), { samples: small, profile });
      expect([...new Int8Array(unsigned.inputs.buffer)]).to.deep.equal([-128, -28, -121, -125]);
      await expectGood(unsigned);
      const signed = await imported(of(3), { samples: small, profile });
      expect([...signed.inputs]).to.deep.equal([0, 100, 7, 3]);
      await expectGood(signed);
    }
  });

  it("takes PyTorch's network of bytes", async () => {
    const bytes = await torch("bytes.onnx", "images_uint8.npy", "digits.npy");
    expect(bytes).to.include({ profile: "integer" });
    expect(bytes.steps).to.deep.equal({ scale: [1], offset: [128] });
    expect(bytes.quality.accuracy).to.be.greaterThan(0.95);
    await expectGood(bytes);
  });

  it("makes a graph model of more weights than a publication's rows take, and keeps in floating point what has too many", async () => {
    const wide = (side: number) =>
      file(
        [node("MatMul", ["x", "W"], "y")],
        [constant("W", [side, side], new Array<number>(side * side).fill(0.01))],
        {
          inputs: [{ name: "x", dtype: FLOAT, dims: [1, side] }],
          outputs: [{ name: "y", dtype: FLOAT, dims: [1, side] }],
        },
      );
    const of = async (side: number) =>
      (await imported(wide(side), { samples: { shape: [side], values: new Float64Array(side).fill(0.5) } })).why;
    expect(await of(400)).to.equal(
      "The network has 162400 bytes of rows, where a publication takes 111296, so it is a graph model now: Quorum can take it.",
    );
    expect(await of(1100)).to.match(
      /has a constant of 1210000 elements, more than rows can hold, which the integer profile/,
    );
  });

  it("takes QDQ and dynamic-int8 files, and those of Keras that turn images about", async () => {
    const dynamic = file(
      [
        { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"] },
        node("MatMulInteger", ["q", "Wq", "z"], "p"),
        node("Cast", ["p"], "f", { to: 1 }),
        node("Mul", ["s", "Ws"], "t"),
        node("Mul", ["f", "t"], "y"),
      ],
      [constant("Wq", [2, 2], [3, 5, -5, 3], 3), constant("Ws", [], [0.5])],
    );
    for (const profile of ["integer", "float"] as const)
      await expectGood(await imported(dynamic, { samples: rows, profile }));
    const keras = file(
      [
        node("Transpose", ["x"], "a", { perm: [0, 3, 1, 2] }),
        node("Conv", ["a", "k"], "b", { auto_pad: "SAME_UPPER" }),
        node("Transpose", ["b"], "c", { perm: [0, 2, 3, 1] }),
        node("ReduceMean", ["c"], "d", { axes: [1, 2], keepdims: 0 }),
        node("Softmax", ["d"], "y"),
      ],
      [
        constant(
          "k",
          [2, 3, 3, 3],
          Array.from({ length: 54 }, (_, i) => ((i * 7) % 11) / 11 - 0.5),
        ),
      ],
      { inputs: [{ name: "x", dtype: FLOAT, dims: ["unk__1", 4, 4, 3] }] },
    );
    const images = { shape: [4, 4, 3], values: Float64Array.from({ length: 96 }, (_, i) => ((i * 13) % 17) / 17) };
    for (const profile of ["graph", "float"] as const)
      await expectGood(await imported(keras, { samples: images, profile }));
  });

  it("takes what scikit-learn's exporter makes of a scaled logistic regression", async () => {
    const learned = (op: string, inputs: string[], outputs: string[], attributes: FreeNode["attributes"] = {}) => ({
      ...{ op, inputs, outputs, attributes, domain: "ai.onnx.ml" },
    });
    const of = (opset: number) =>
      file(
        [
          learned("Scaler", ["x"], ["scaled"], { offset: { floats: [0.5, 1] }, scale: { floats: [0.5, 0.25] } }),
          learned("LinearClassifier", ["scaled"], ["label", "raw"], {
            ...{ coefficients: { floats: [-1, -2, 1, 2] }, intercepts: { floats: [-0.25, 0.25] } },
            ...{ classlabels_ints: [0, 1], multi_class: 1, post_transform: "LOGISTIC" },
          }),
          learned("Normalizer", ["raw"], ["shares"], { norm: "L1" }),
          node("Cast", ["label"], "output_label", { to: 7 }),
          learned("ZipMap", ["shares"], ["output_probability"], { classlabels_int64s: [0, 1] }),
        ],
        [],
        {
          ...{ opset, inputs: [{ name: "x", dtype: FLOAT, dims: [undefined, 2] }] },
          outputs: [
            { name: "output_label", dtype: 7, dims: [undefined] },
            { name: "output_probability", dtype: FLOAT, dims: undefined },
          ],
        },
      );
    for (const opset of [15, 18])
      for (const profile of ["integer", "float"] as const) {
        const model = await imported(of(opset), { samples: rows, profile });
        expect(model.quality.agreement).to.equal(1);
        expect(model.quality.meanDifference).to.be.lessThan(0.03);
        await expectGood(model);
      }
  });

  it("measures a regression by its distance from the labels, and two classes of one output by its middle", async () => {
    const one = file([node("MatMul", ["x", "v"], "y")], [constant("v", [2, 1], [1, 1])]);
    const { quality } = await imported(one, { samples: rows, labels: [3, 1, 0.25, 5] });
    expect(quality).to.include({ accuracy: null, errorBefore: 0.25 });
    expect(Math.abs((quality.error as number) - 0.25)).to.be.at.most(0.1);
    const sure = file([node("MatMul", ["x", "v"], "s"), node("Sigmoid", ["s"], "y")], [constant("v", [2, 1], [1, 1])]);
    const twofold = await imported(sure, { samples: rows, labels: [1, 1, 1, 0] });
    expect(twofold.quality).to.include({ accuracyBefore: 0.75, accuracy: 0.75, error: null });
  });

  it("makes integer models whose file and rows give the same bytes, for any network", async () => {
    const real = fc.double({ min: -3, max: 3, noNaN: true });
    const list = (count: number) => fc.array(real, { minLength: count, maxLength: count });
    const networks = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }))
      .chain(([a, b, c]) =>
        fc.record({
          widths: fc.constant([a, b, c] as const),
          first: list(a * b),
          biases: list(b),
          last: list(b * c),
          samples: fc.array(list(a), { minLength: 1, maxLength: 6 }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(networks, async ({ widths: [a, b, c], first, biases, last, samples }) => {
        const nodes: FreeNode[] = [
          node("Gemm", ["x", "F", "b"], "h"),
          node("Relu", ["h"], "r"),
          node("MatMul", ["r", "L"], "y"),
        ];
        const bytes = file(
          nodes,
          [constant("F", [a, b], first), constant("b", [b], biases), constant("L", [b, c], last)],
          {
            inputs: [{ name: "x", dtype: FLOAT, dims: [1, a] }],
            outputs: [{ name: "y", dtype: FLOAT, dims: [1, c] }],
          },
        );
        const model = await imported(bytes, { samples: samplesOf(samples), profile: "integer" });
        const layout = decodeLayout(model.layout);
        const layers = decodeRows(layout.widths, model.rows);
        const session = await runtime.open(model.artifact, layout);
        for (const input of [...samples.keys()].map((i) => model.inputs.slice(i * a, (i + 1) * a))) {
          const ran = new Int8Array((await session.run(input)).buffer);
          expect([...ran]).to.deep.equal([...(forward(layers, new Int8Array(input.buffer)).at(-1) as Int8Array)]);
        }
        await session.release();
      }),
      { numRuns: 60 },
    );
  });

  it("throws nothing but sentences, whatever is changed in a file of convolutions", async () => {
    const real = torchFile("cnn.onnx");
    const values = Float64Array.from({ length: 3 * 64 }, (_, i) => ((i * 29) % 101) / 101);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (edits) => {
          const bytes = real.slice();
          for (const [at, byte] of edits) bytes[at] = byte;
          try {
            const { profile } = await imported(bytes, { samples: { shape: [1, 8, 8], values } });
            made += profile === "graph" ? 1 : 0;
          } catch (error) {
            expect(error).to.be.instanceOf(ImportError);
          }
        },
      ),
      { numRuns: 50 },
    );
    expect(made).to.be.greaterThan(5);
  });

  it("keeps convolutions in floating point that no graph takes, and says why", async () => {
    const of = async (dims: number[], weights: number[], attributes: FreeNode["attributes"] = {}) => {
      const count = weights.reduce((a, b) => a * b, 1);
      const bytes = file(
        [node("Conv", ["x", "W"], "y", attributes)],
        [constant("W", weights, new Array<number>(count).fill(0.01))],
        {
          inputs: [{ name: "x", dtype: FLOAT, dims: [1, ...dims] }],
          outputs: [{ name: "y", dtype: FLOAT, dims: undefined }],
        },
      );
      const size = dims.reduce((a, b) => a * b, 1);
      return imported(bytes, { samples: { shape: dims, values: new Float64Array(size).fill(0.5) } });
    };
    const widest = await of([455, 5, 5], [2, 455, 3, 3]);
    expect(widest.profile).to.equal("graph");
    await expectGood(widest);
    const large = await of([3, 70, 70], [2, 3, 3, 3], { strides: [3, 3] });
    expect(large.profile).to.equal("graph");
    await expectGood(large);
    expect((await of([456, 5, 5], [2, 456, 3, 3])).why).to.match(
      /^The network has a Conv with windows of 4104 elements, where a graph takes 4095, which the integer profile/,
    );
    expect((await of([1, 1, 300], [1, 1, 1, 256])).why).to.match(/windows of 1 x 256 pixels, where a graph takes 255/);
    expect((await of([1, 260, 260], [1, 1, 1, 1])).why).to.match(
      /an output of 67600 pixels of 1 channels, which is too large/,
    );
  });
});
