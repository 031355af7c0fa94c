import { expect } from "chai";
import fc from "fast-check";
import { ImportError, readSource } from "../../../inference/import/source.ts";
import { bytesField, intField, message, textField } from "../../../inference/protobuf.ts";
import { constant, file, node, torchFile } from "./foreign.ts";

const relu = [node("Relu", ["x"], "y")];
const refusal = (bytes: Uint8Array): string => {
  try {
    readSource(bytes);
    return "read";
  } catch (error) {
    expect(error).to.be.instanceOf(ImportError);
    return (error as Error).message;
  }
};

describe("import/source", () => {
  it("refuses what is no ONNX file", () => {
    expect(refusal(new Uint8Array())).to.equal("The file holds no graph: it is no ONNX model.");
    expect(refusal(new TextEncoder().encode("no model"))).to.match(/^The file can't be read as ONNX: The model /);
    expect(refusal(new Uint8Array(64 * 1024 * 1024 + 1))).to.match(/is 67108865 bytes; at most 67108864 are read/);
  });

  it("refuses data in other files, strings, and data of another length", () => {
    const external = message(intField(1, 1), intField(2, 1), textField(8, "w"), intField(14, 1));
    expect(refusal(file(relu, [], { graphFields: [bytesField(5, external)] }))).to.equal(
      'The tensor "w" has its data in another file; save the model as one file.',
    );
    const strings = message(intField(1, 1), intField(2, 8), textField(6, "a"), textField(8, "w"));
    expect(refusal(file(relu, [], { graphFields: [bytesField(5, strings)] }))).to.match(/element type 8, which is not/);
    expect(refusal(file(relu, [constant("w", [3], [1, 2])]))).to.equal('The tensor "w" has 8 bytes; its dims make 12.');
    expect(refusal(file(relu, [], { graphFields: [bytesField(15, message())] }))).to.match(/sparse initialiser/);
  });

  it("never throws anything but a sentence, whatever bytes it is given", () => {
    const real = torchFile("mlp_open.onnx");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        (edits) => {
          const bytes = real.slice();
          for (const [at, byte] of edits) bytes[at] = byte;
          expect(refusal(bytes)).to.match(/^read$|\.$/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("reads a version of a file that takes initialisers for inputs, too", () => {
    const { inputs, constants } = readSource(
      file(relu, [constant("w", [2], [1, 2])], {
        irVersion: 3,
        inputs: [
          { name: "x", dtype: 1, dims: [1, 2] },
          { name: "w", dtype: 1, dims: [2] },
        ],
      }),
    );
    expect(inputs.map(({ name }) => name)).to.deep.equal(["x"]);
    expect([...constants.keys()]).to.deep.equal(["w"]);
  });

  it("reads what PyTorch exports", () => {
    const { opset, nodes, inputs, outputs } = readSource(torchFile("mlp_open.onnx"));
    expect(opset).to.equal(13);
    expect(nodes.map(({ op }) => op)).to.include.members(["Gemm", "BatchNormalization", "Softmax", "Shape"]);
    expect(inputs).to.deep.equal([{ name: "features", dtype: 1, dims: [undefined, 12] }]);
    expect(outputs[0]?.name).to.equal("scores");
  });
});
