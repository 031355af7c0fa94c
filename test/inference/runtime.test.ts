import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { sha256 } from "viem";
import { canonicalOnnx } from "../../inference/canonical.ts";
import { forward } from "../../inference/integer.ts";
import { encodeOnnx, type Graph, ONNX_FLOAT } from "../../inference/onnx.ts";
import { pinnedRuntime, RUNTIME_ID } from "../../inference/pinned.ts";
import { bytesField, message, textField } from "../../inference/protobuf.ts";
import { type InferenceRuntime, type InferenceSession, loadRuntime } from "../../inference/runtime.ts";
import { InvalidRunError } from "../../inference/tensors.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { runtimeId } from "../../sdk/commitments.ts";
import type { Layout, Row } from "../../sdk/layouts.ts";
import { integerLayout } from "./layers.ts";

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("The promise was expected to be rejected."),
    (error) => error as Error,
  );

const floatVector = (name: string, length: number) => ({ name, dtype: ONNX_FLOAT, dims: [length] });

const floatBytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

const floatsOf = (bytes: Uint8Array) => [...new Float32Array(bytes.slice().buffer)];

/** A graph of one operation from "x" to "y", both of `length` floats. */
const unary = (op: string, length: number): Graph & Layout => ({
  name: "unary",
  nodes: [{ op, inputs: ["x"], output: "y" }],
  constants: [],
  widths: [],
  input: floatVector("x", length),
  output: floatVector("y", length),
});

describe("runtime", () => {
  const rows: Row[] = [{ shift: 1, lo: -128, bias: 0, weights: Int8Array.of(2, -2) }];
  const layout = integerLayout(2, 1);
  const artifact = canonicalOnnx(layout, [rows]);
  let runtime: InferenceRuntime;

  before(async () => {
    runtime = await loadPinnedRuntime();
  });

  const opened = async (file: Uint8Array, shape: Layout, work: (session: InferenceSession) => Promise<void>) => {
    const session = await runtime.open(file, shape);
    try {
      await work(session);
    } finally {
      await session.release();
    }
  };

  it("refuses a WebAssembly file with another sha256, naming both", async () => {
    const file = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
    const wasm = new Uint8Array(await readFile(file));
    wasm[1000] = (wasm[1000] as number) ^ 1;
    const error = await rejection(loadRuntime(wasm));
    expect(error.message).to.include(sha256(wasm)).and.to.include(pinnedRuntime.wasmHash);
  });

  it("refuses a file that is no ONNX model", async () => {
    expect(await rejection(runtime.open(new Uint8Array(100), layout))).to.be.instanceOf(Error);
    expect(await rejection(runtime.open(artifact.slice(0, -100), layout))).to.be.instanceOf(Error);
  });

  const mismatches: [string, Layout, string][] = [
    ["name", { ...layout, input: { ...layout.input, name: "z" } }, `The model's input is "x"; its layout says "z".`],
    [
      "element type",
      { ...layout, output: { ...layout.output, dtype: 2 } },
      `The model's output "y" is int8[1, 1]; its layout says uint8[1, 1].`,
    ],
    [
      "length",
      { ...layout, input: { ...layout.input, dims: [1, 3] } },
      `The model's input "x" is int8[1, 2]; its layout says int8[1, 3].`,
    ],
    [
      "rank",
      { ...layout, output: { ...layout.output, dims: [1] } },
      `The model's output "y" is int8[1, 1]; its layout says int8[1].`,
    ],
  ];

  for (const [what, other, sentence] of mismatches)
    it(`refuses a model whose tensors have another ${what} than the layout says`, async () => {
      expect((await rejection(runtime.open(artifact, other))).message).to.equal(sentence);
    });

  it("refuses a model with a second output", async () => {
    // Protobuf merges a repeated message field: this adds the input, passed through, to the graph's outputs.
    const second = bytesField(7, message(bytesField(12, message(textField(1, "0/products")))));
    const error = await rejection(runtime.open(message(artifact, second), layout));
    expect(error.message).to.equal("The model has 2 output tensors; it must have one.");
  });

  it("refuses an input of another length, and NaN", async () => {
    await opened(artifact, layout, async (session) => {
      const error = await rejection(session.run(new Uint8Array(3)));
      expect(error).to.be.instanceOf(RangeError);
      expect(error.message).to.equal('Tensor "x" needs 2 bytes; 3 were given.');
    });
    const graph = unary("Identity", 1);
    await opened(encodeOnnx(graph), graph, async (session) => {
      expect((await rejection(session.run(floatBytes(Number.NaN)))).message).to.include("has NaN at element 0");
    });
  });

  it("says that a run with NaN in its output is invalid", async () => {
    const graph = unary("Sqrt", 2);
    await opened(encodeOnnx(graph), graph, async (session) => {
      const error = await rejection(session.run(floatBytes(4, -1)));
      expect(error).to.be.instanceOf(InvalidRunError);
      expect(error.message).to.equal('Output "y" has NaN at element 1: the run is invalid.');
      expect(floatsOf(await session.run(floatBytes(4, 9)))).to.deep.equal([2, 3]);
    });
  });

  it("says that a run which comes out in another shape is invalid", async () => {
    // NonZero's second dimension is the number of elements that aren't zero.
    const shape: Layout = { widths: [], input: floatVector("x", 3), output: { name: "y", dtype: 7, dims: [1, 2] } };
    const file = encodeOnnx({ ...unary("NonZero", 3), output: shape.output });
    await opened(file, shape, async (session) => {
      const error = await rejection(session.run(floatBytes(1, 2, 3)));
      expect(error).to.be.instanceOf(InvalidRunError);
      expect(error.message).to.equal('Output "y" came out as int64[1, 3]; its layout says int64[1, 2].');
      expect([...new BigInt64Array((await session.run(floatBytes(1, 0, 3))).buffer)]).to.deep.equal([0n, 2n]);
    });
  });

  it("keeps -0 and infinities of an output", async () => {
    const graph = unary("Neg", 1);
    await opened(encodeOnnx(graph), graph, async (session) => {
      expect(await session.run(floatBytes(0))).to.deep.equal(floatBytes(-0));
    });
    const log = unary("Log", 1);
    await opened(encodeOnnx(log), log, async (session) => {
      expect(floatsOf(await session.run(floatBytes(0)))).to.deep.equal([-Infinity]);
    });
  });

  it("answers concurrent runs of several sessions as if they were alone", async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => runtime.open(artifact, layout)));
    const inputs = Array.from({ length: 60 }, (_, i) => Int8Array.of(i, -i));
    const outputs = await Promise.all(
      inputs.map((input, i) => (sessions[i % 3] as InferenceSession).run(new Uint8Array(input))),
    );
    for (const [i, input] of inputs.entries())
      expect(new Int8Array((outputs[i] as Uint8Array).buffer)).to.deep.equal(forward([rows], input)[1]);
    await Promise.all(sessions.map((session) => session.release()));
  });

  it("goes on after a run that failed", async () => {
    await opened(artifact, layout, async (session) => {
      const graph = unary("Sqrt", 1);
      await opened(encodeOnnx(graph), graph, async (failing) => {
        const [error, output] = await Promise.all([
          rejection(failing.run(floatBytes(-1))),
          session.run(new Uint8Array(Int8Array.of(5, 1))),
        ]);
        expect(error).to.be.instanceOf(InvalidRunError);
        expect([...output]).to.deep.equal([4]);
      });
    });
  });

  it("takes its input and its file from views into larger buffers, and leaves them alone", async () => {
    const padded = new Uint8Array(artifact.length + 20).fill(7);
    padded.set(artifact, 10);
    await opened(padded.subarray(10, -10), layout, async (session) => {
      const input = new Uint8Array([9, 5, 1, 9]);
      expect([...(await session.run(input.subarray(1, 3)))]).to.deep.equal([4]);
      expect([...input]).to.deep.equal([9, 5, 1, 9]);
    });
  });

  it("has the identity that the house is pinned to", () => {
    expect(RUNTIME_ID).to.equal(runtimeId(pinnedRuntime));
    expect(RUNTIME_ID).to.equal("0xd2aba3098f34cd849c7cba046d1e73b532c190788b651e95032df88cfc0cf7da");
  });
});
