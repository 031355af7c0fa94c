import { expect } from "chai";
import { sha256 } from "viem";
import { UnavailableError } from "../../../inference/content.ts";
import { HostLimitError, InvalidModelError } from "../../../inference/failures.ts";
import { programOf } from "../../../inference/graphModel/program.ts";
import { nameModel } from "../../../inference/model.ts";
import type { ModelOpener } from "../../../inference/opener.ts";
import { signed, unsigned } from "../../../inference/operators/operator.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { readModel } from "../../../models/read.ts";
import { loadPinnedRuntime, openBounded } from "../../../participant/runtime.ts";
import { encodeLayout, type Layout, tensorBytes } from "../../../sdk/layouts.ts";
import { randomGeneration } from "../../simulator/graphs/random.ts";
import { createRandom } from "../../simulator/random.ts";
import { type FreeModel, floatLayout, floats, INT64, int64s, model } from "../graph/onnx.ts";

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("The promise was expected to be rejected."),
    (error) => error as Error,
  );

const floatBytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A float model, named as it would be published. */
function published(free: Omit<FreeModel, "inputs" | "outputs">, layout: Layout) {
  const artifact = model({ ...free, inputs: [layout.input], outputs: [layout.output] });
  return { artifact, model: nameModel(artifact, encodeLayout(layout), new Uint8Array(0)) };
}

const one = floatLayout([1], [1]);
const relu = published({ nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }] }, one);
const doubled = published({ nodes: [{ op: "Add", inputs: ["x", "x"], outputs: ["y"] }] }, one);

/** A model that multiplies two square matrices of this width. */
const busy = (width: number) =>
  published(
    {
      nodes: [
        { op: "Expand", inputs: ["x", "s"], outputs: ["a"] },
        { op: "MatMul", inputs: ["a", "a"], outputs: ["b"] },
        { op: "ReduceMean", inputs: ["b", "k"], outputs: ["m"], attributes: { keepdims: 0 } },
        { op: "Reshape", inputs: ["m", "one"], outputs: ["y"] },
      ],
      constants: [int64s("s", [width, width]), int64s("k", [0, 1]), int64s("one", [1])],
    },
    one,
  );

describe("bounded/host", () => {
  const opened: { close(): void }[] = [];
  const bounded = async (limits?: Parameters<typeof openBounded>[0]): Promise<ModelOpener> => {
    const opener = await openBounded(limits);
    opened.push(opener);
    return opener;
  };
  afterEach(() => {
    for (const each of opened.splice(0)) each.close();
  });

  const open = async (opener: ModelOpener, of: typeof relu) => opener.open(of.model, of.artifact);

  describe("refuses", () => {
    it("what follows from the bytes, as a model that nobody can run", async () => {
      const loop = published({ nodes: [{ op: "Loop", inputs: ["x"], outputs: ["y"] }] }, one);
      const error = await rejection(open(await bounded(), loop));
      expect(error).to.be.instanceOf(InvalidModelError);
      expect(error.message).to.equal(`Model ${loop.model.modelId} can't be run: The operator Loop is not allowed.`);
    });

    it("a file that the runtime can't load, likewise", async () => {
      const node = { op: "BitShift", inputs: ["x", "x"], outputs: ["y"], attributes: { direction: "LEFT" } };
      expect(await rejection(open(await bounded(), published({ nodes: [node] }, one)))).to.be.instanceOf(
        InvalidModelError,
      );
    });

    it("a run over the time, which says nothing of the model", async () => {
      const opener = await bounded({ time: 300 });
      // Just within the limit of multiply-adds: seconds of work.
      const { session } = await open(opener, busy(2000));
      const error = await rejection(session.run(floatBytes(1)));
      expect(error).to.be.instanceOf(HostLimitError).and.instanceOf(UnavailableError);
      expect(error.message).to.equal("The model took longer than 0.3 s on this machine.");
    });

    it("a model over this machine's memory, which says nothing of it", async () => {
      const opener = await bounded({ memory: 48 * 2 ** 20 });
      const large = published(
        {
          nodes: [
            { op: "Expand", inputs: ["x", "s"], outputs: ["a"] },
            { op: "ReduceMean", inputs: ["a", "k"], outputs: ["y"], attributes: { keepdims: 1 } },
          ],
          constants: [int64s("s", [2 ** 25]), int64s("k", [0])],
        },
        one,
      );
      const failed = open(opener, large).then(({ session }) => session.run(floatBytes(1)));
      expect(await rejection(failed)).to.be.instanceOf(HostLimitError);
    });

    it("an input of another length, as the caller's mistake", async () => {
      const { session } = await open(await bounded(), relu);
      expect(await rejection(session.run(new Uint8Array(3)))).to.be.instanceOf(RangeError);
      expect(await session.run(floatBytes(-1))).to.deep.equal(floatBytes(0));
    });

    it("runs that fail on their input, as runs that fail everywhere, and goes on", async () => {
      const gather = published(
        {
          nodes: [
            { op: "Cast", inputs: ["x"], outputs: ["i"], attributes: { to: INT64 } },
            { op: "Gather", inputs: ["c", "i"], outputs: ["y"] },
          ],
          constants: [floats("c", [2], (i) => i + 5)],
        },
        one,
      );
      const opener = await bounded();
      const { session } = await open(opener, gather);
      expect(await rejection(session.run(floatBytes(9)))).to.be.instanceOf(InvalidRunError);
      expect(await session.run(floatBytes(1))).to.deep.equal(floatBytes(6));
      const log = published({ nodes: [{ op: "Log", inputs: ["x"], outputs: ["y"] }] }, one);
      const nan = await rejection((await open(opener, log)).session.run(floatBytes(-1)));
      expect(nan).to.be.instanceOf(InvalidRunError);
    });

    it("a division of whole numbers by zero, which traps, as a run that fails everywhere", async () => {
      const divide = published(
        {
          nodes: [
            { op: "Cast", inputs: ["x"], outputs: ["i"], attributes: { to: INT64 } },
            { op: "Div", inputs: ["c", "i"], outputs: ["q"] },
            { op: "Cast", inputs: ["q"], outputs: ["y"], attributes: { to: 1 } },
          ],
          constants: [int64s("c", [12])],
        },
        one,
      );
      const { session } = await open(await bounded(), divide);
      expect(await rejection(session.run(floatBytes(0)))).to.be.instanceOf(InvalidRunError);
      expect(await session.run(floatBytes(4))).to.deep.equal(floatBytes(3));
    });
  });

  it("gives the same bytes as the runtime in this thread, for many runs at once", async () => {
    const { artifact, layout, rows, inputs, card } = await readModel("digits");
    const named = nameModel(artifact, layout, rows);
    const opener = await bounded();
    const { session, layers, layout: shape } = await opener.open(named, artifact);
    expect(layers).to.have.lengthOf(2);
    const here = await (await loadPinnedRuntime()).open(artifact, shape);
    const length = inputs.length / card.inputCount;
    const all = Array.from({ length: 32 }, (_, i) => inputs.slice(i * length, (i + 1) * length));
    const outputs = await Promise.all(all.map((input) => session.run(input)));
    for (const [i, input] of all.entries()) expect(outputs[i]).to.deep.equal(await here.run(input));
    expect(sha256(artifact)).to.equal(named.artifactHash);
  });

  it("tells what each run writes while it writes, a byte after another", async () => {
    const { artifact, layout, operators, parameters } = randomGeneration(createRandom(6)).model;
    const model = nameModel(artifact, encodeLayout(layout), new Uint8Array(0));
    const { session } = await open(await bounded(), { artifact, model });
    const prompts = [1, 2, 3].map((byte) => new Uint8Array(tensorBytes(layout.input)).fill(byte));
    const written = await Promise.all(
      prompts.map(async (prompt) => {
        const told: [byte: number, position: number][] = [];
        const output = await session.run(prompt, (...byte) => told.push(byte));
        expect(told).to.deep.equal([...output].map((byte, position) => [byte, position]));
        return output;
      }),
    );
    const { run } = programOf(operators, parameters);
    expect(written).to.deep.equal(prompts.map((prompt) => unsigned(run(signed(prompt)).at(-1) as Int8Array)));
  });

  it("keeps as many models as it may, and loads one again when it is asked for", async () => {
    const opener = await bounded({ most: 1 });
    const first = (await open(opener, relu)).session;
    const second = (await open(opener, doubled)).session;
    for (let i = 1; i < 3; i++) {
      expect(await first.run(floatBytes(i))).to.deep.equal(floatBytes(i));
      expect(await second.run(floatBytes(i))).to.deep.equal(floatBytes(2 * i));
    }
  });

  it("loads a model once for all who wait for it, and runs it before another takes its place", async () => {
    const opener = await bounded({ most: 1 });
    const models = [relu, doubled];
    const sessions = await Promise.all(models.map(async (each) => (await open(opener, each)).session));
    let started = 0;
    const count = () => {
      started += 1;
    };
    process.on("worker", count);
    const asked = [1, 2, 3].flatMap((value) => sessions.map((session) => session.run(floatBytes(value))));
    expect(await Promise.all(asked)).to.deep.equal([1, 2, 2, 4, 3, 6].map((value) => floatBytes(value)));
    process.off("worker", count);
    expect(started).to.be.lessThanOrEqual(2);
  });

  it("keeps a model that was opened for its first run, while another waits", async () => {
    const opener = await bounded({ most: 1 });
    const { session } = await open(opener, relu);
    let opened = false;
    const other = open(opener, doubled).then((found) => {
      opened = true;
      return found;
    });
    expect(await session.run(floatBytes(2))).to.deep.equal(floatBytes(2));
    expect(opened).to.equal(false);
    expect(await (await other).session.run(floatBytes(2))).to.deep.equal(floatBytes(4));
  });

  it("looks at the next model with a worker that ran nothing of the last one", async () => {
    let started = 0;
    const count = () => {
      started += 1;
    };
    process.on("worker", count);
    const opener = await bounded();
    const loop = published({ nodes: [{ op: "Loop", inputs: ["x"], outputs: ["y"] }] }, one);
    for (let i = 0; i < 3; i++) expect(await rejection(open(opener, loop))).to.be.instanceOf(InvalidModelError);
    expect(started).to.equal(1);
    const { session } = await open(opener, relu);
    expect(await session.run(floatBytes(2))).to.deep.equal(floatBytes(2));
    expect(started).to.equal(1);
    const shift = { op: "BitShift", inputs: ["x", "x"], outputs: ["y"], attributes: { direction: "LEFT" } };
    const unloadable = published({ nodes: [shift] }, one);
    for (let i = 0; i < 2; i++) expect(await rejection(open(opener, unloadable))).to.be.instanceOf(InvalidModelError);
    expect(started).to.equal(3);
    process.off("worker", count);
  });

  it("goes on with other models while one runs", async () => {
    const opener = await bounded({ time: 30_000 });
    const { session } = await open(opener, busy(1200));
    const other = (await open(opener, relu)).session;
    let ended = false;
    const running = session.run(floatBytes(1)).then(() => {
      ended = true;
    });
    expect(await other.run(floatBytes(2))).to.deep.equal(floatBytes(2));
    expect(ended).to.equal(false);
    await running;
  });
});
