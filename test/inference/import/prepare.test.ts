import { expect } from "chai";
import fc from "fast-check";
import { admitGraph } from "../../../inference/graph/admit.ts";
import { networkOf } from "../../../inference/import/network.ts";
import { encodeStatic, prepare } from "../../../inference/import/prepare.ts";
import { ImportError, readSource } from "../../../inference/import/source.ts";
import { bytesField, intField, message, textField } from "../../../inference/protobuf.ts";
import { constant, file, node, torchFile } from "./foreign.ts";

const prepared = (bytes: Uint8Array, sample: readonly number[] = [2], output?: string) =>
  prepare(readSource(bytes), { sample, output });

const operators = (bytes: Uint8Array, sample?: readonly number[]): string[] =>
  prepared(bytes, sample).nodes.map(({ op }) => op);

const refusal = (bytes: Uint8Array, sample?: readonly number[], output?: string): string => {
  try {
    prepared(bytes, sample, output);
    return "prepared";
  } catch (error) {
    expect(error).to.be.instanceOf(ImportError);
    return (error as Error).message;
  }
};

const domain = (name: string) => bytesField(8, message(textField(1, name), intField(2, 1)));
const relu = node("Relu", ["x"], "y");

describe("import/prepare", () => {
  describe("refuses", () => {
    it("operators that no verifier runs, by name", () => {
      for (const op of ["Loop", "RandomNormalLike", "LSTM", "Resize", "NonZero", "constructor"])
        expect(refusal(file([node(op, ["x"], "y")]))).to.equal(`The operator ${op} is not taken: no verifier runs it.`);
    });

    it("operators of other domains, by name", () => {
      const quick = { ...relu, op: "QGemm", domain: "com.microsoft" };
      expect(refusal(file([quick], [], { modelFields: [domain("com.microsoft")] }))).to.equal(
        'The operator QGemm of the domain "com.microsoft" is not taken: only ONNX\'s own operators run everywhere.',
      );
      for (const op of ["TreeEnsembleClassifier", "SVMClassifier", "LabelEncoder", "Imputer"])
        expect(refusal(file([{ ...relu, op, domain: "ai.onnx.ml" }]))).to.match(
          new RegExp(`^The operator ${op} of the domain`),
        );
    });

    it("versions that are too old or unknown", () => {
      for (const opset of [6, 25])
        expect(refusal(file([relu], [], { opset }))).to.equal(
          `The model uses version ${opset} of ONNX's operators; versions 7 to 24 are read.`,
        );
    });

    it("several inputs, several outputs, and outputs that aren't there", () => {
      const x = { name: "x", dtype: 1, dims: [1, 2] };
      expect(refusal(file([relu], [], { inputs: [x, { ...x, name: "z" }] }))).to.equal(
        "The model has 2 inputs (x, z); one is needed.",
      );
      const outputs = [
        { ...x, name: "y" },
        { ...x, name: "x2" },
      ];
      expect(refusal(file([relu, node("Abs", ["x"], "x2")], [], { outputs }))).to.equal(
        "The model has 2 outputs (y, x2); say which one by --output.",
      );
      expect(refusal(file([relu]), [2], "z")).to.equal('The model has no output "z"; its outputs are y.');
    });

    it("samples of another shape, and says when only the order differs", () => {
      expect(refusal(file([relu]), [3])).to.equal(
        "A sample has the shape [3], which the model's input \"x\" (type 1) of the dims [?, 2] doesn't take.",
      );
      const image = { inputs: [{ name: "x", dtype: 1, dims: [1, 3, 8, 8] }] };
      expect(refusal(file([relu], [], image), [8, 8, 3])).to.match(
        /Their axes are in another order: transpose the samples\.$/,
      );
      expect(refusal(file([relu], [], image), [3, 8, 8])).to.equal("prepared");
    });

    it("dropout that trains, and outputs that the input doesn't change", () => {
      const train = constant("train", [], [1], 9);
      const dropout = node("Dropout", ["x", "", "train"], "y");
      expect(refusal(file([dropout], [{ ...train, data: Uint8Array.of(1) }]))).to.match(/trains/);
      expect(refusal(file([node("Add", ["a", "a"], "y")], [constant("a", [2], [1, 2])]))).to.match(/doesn't hang on/);
    });
  });

  it("computes the shapes that PyTorch leaves to the run", () => {
    expect(operators(torchFile("mlp_open.onnx"), [12])).to.deep.equal([
      ...["Sub", "Div", "Reshape", "Gemm", "BatchNormalization", "Relu", "Gemm", "Softmax"],
    ]);
  });

  it("runs one sample at a time where a batch was traced", () => {
    const { input, output } = prepared(torchFile("cnn_odd.onnx"), [1, 8, 8]);
    expect([input.dims, output.dims]).to.deep.equal([
      [1, 1, 8, 8],
      [1, 4],
    ]);
  });

  it("settles open dims by the samples, and an open rank", () => {
    const open = (dims: (number | undefined)[] | undefined) =>
      file([relu], [], { inputs: [{ name: "x", dtype: 1, dims }] });
    expect(prepared(open([undefined, undefined, undefined]), [4, 6]).input.dims).to.deep.equal([1, 4, 6]);
    expect(prepared(open([-1, 4, -1]), [4, 6]).input.dims).to.deep.equal([1, 4, 6]);
    expect(prepared(open(undefined), [4, 6]).input.dims).to.deep.equal([1, 4, 6]);
    expect(prepared(open([1, 24]), [4, 6]).input.dims).to.deep.equal([1, 24]);
  });

  it("leaves out what does nothing or isn't needed, and gives plain names", () => {
    const odd = file(
      [
        node("Identity", ["x"], "ä b"),
        node("Dropout", ["ä b"], "d"),
        node("Pad", ["d", "no pads"], "p"),
        node("Relu", ["p"], "y"),
        node("NonZero", ["x"], "unused"),
      ],
      [constant("unused too", [1], [1]), constant("no pads", [4], [0, 0, 0, 0], 7)],
    );
    const { nodes, constants } = prepared(odd);
    expect(nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs])).to.deep.equal([["Relu", ["x"], ["y"]]]);
    expect(constants.size).to.equal(0);
  });

  it("spells out scikit-learn's operators and takes the probabilities that ZipMap names", () => {
    const learned = (op: string, inputs: string[], outputs: string[], attributes = {}) => ({
      ...{ op, inputs, outputs, attributes },
      domain: "ai.onnx.ml",
    });
    const pipeline = file(
      [
        learned("Scaler", ["x"], ["s"], { offset: { floats: [1, 2] }, scale: { floats: [0.5, 2] } }),
        learned("LinearClassifier", ["s"], ["label", "raw"], {
          ...{ coefficients: { floats: [1, 2, 3, 4] }, intercepts: { floats: [0.5, -0.5] } },
          ...{ classlabels_ints: [0, 1], post_transform: "SOFTMAX" },
        }),
        learned("ZipMap", ["raw"], ["probabilities"], { classlabels_ints: [0, 1] }),
      ],
      [],
      {
        modelFields: [domain("ai.onnx.ml")],
        outputs: [
          { name: "label", dtype: 7, dims: ["n"] },
          { name: "probabilities", dtype: 1, dims: undefined },
        ],
      },
    );
    expect(operators(pipeline)).to.deep.equal(["Sub", "Mul", "MatMul", "Add", "Softmax"]);
  });

  it("brings up what older versions have as attributes", () => {
    const old = file(
      [
        node("Clip", ["x"], "a", { min: { float: 0 }, max: { float: 6 } }),
        node("Unsqueeze", ["a"], "b", { axes: [0] }),
        node("Squeeze", ["b"], "c", { axes: [0] }),
        node("Softmax", ["c"], "y"),
      ],
      [],
      { opset: 9 },
    );
    const graph = prepared(old);
    expect(graph.opset).to.equal(13);
    admitGraph(encodeStatic(graph), { widths: [], input: graph.input, output: graph.output });
  });

  it("takes Reshape as newer exporters write it", () => {
    const bytes = file(
      [node("Reshape", ["x", "s"], "a", { allowzero: 1 }), node("Relu", ["a"], "y")],
      [constant("s", [2], [1, 2], 7)],
      { opset: 18 },
    );
    const graph = prepared(bytes);
    expect(graph.opset).to.equal(18);
    admitGraph(encodeStatic(graph), { widths: [], input: graph.input, output: graph.output });
  });

  it("throws nothing but sentences, whatever is changed in a file", () => {
    for (const [name, sample] of [
      ["mlp_open.onnx", [12]],
      ["cnn_odd.onnx", [1, 8, 8]],
    ] as const) {
      const real = torchFile(name);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
          (edits) => {
            const bytes = real.slice();
            for (const [at, byte] of edits) bytes[at] = byte;
            try {
              const graph = prepared(bytes, sample);
              networkOf(graph);
              encodeStatic(graph);
            } catch (error) {
              expect(error).to.be.instanceOf(ImportError);
            }
          },
        ),
        { numRuns: 500 },
      );
    }
  });

  it("writes files that the rules admit", () => {
    for (const [name, sample] of [
      ["mlp", [12]],
      ["mlp_open", [12]],
      ["cnn", [1, 8, 8]],
      ["cnn_odd", [1, 8, 8]],
    ] as const) {
      const graph = prepared(torchFile(`${name}.onnx`), sample);
      expect(
        admitGraph(encodeStatic(graph), { widths: [], input: graph.input, output: graph.output }).work,
      ).to.be.greaterThan(0);
    }
  });
});
