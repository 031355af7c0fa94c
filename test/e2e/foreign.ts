import { type Hex, hexToBytes } from "viem";
import { nameModel } from "../../inference/model.ts";
import { InvalidRunError } from "../../inference/tensors.ts";
import { openBounded } from "../../participant/runtime.ts";
import { decodeLayout, encodeLayout, type Layout, tensorBytes } from "../../sdk/layouts.ts";
import { type FreeModel, floatLayout, floats, INT64, model } from "../inference/graph/onnx.ts";
import vectors from "../vectors/graphs.json" with { type: "json" };

/** A model that somebody without any role publishes, and the input that is attested. */
export interface ForeignModel {
  name: string;
  file: Uint8Array;
  layout: Layout;
  input: Uint8Array;
  /** Whether the rules let it run. */
  runs: boolean;
}

/** The models of the vectors that a publication can carry; the input of each is all zeros. */
const ofVectors: readonly ForeignModel[] = vectors
  .map(({ name, file, layout, refused }) => ({
    ...{ name, file: hexToBytes(file as Hex), layout: decodeLayout(hexToBytes(layout as Hex)) },
    runs: refused === undefined,
  }))
  .filter(({ layout }) => layout.input.rawName === undefined)
  .map((each) => ({ ...each, input: new Uint8Array(tensorBytes(each.layout.input)) }));

/** Names of vectors, one of each kind. */
const KINDS = [
  ...["loop_endless.onnx", "random_like.onnx", "dropout_training.onnx", "dim_unnamed.onnx", "dim_minus_one.onnx"],
  ...["the operator NonZero", "Tile by what is computed", "a function that a node calls", "a sparse initialiser"],
  ...["an operator of another domain", "data in a file of the host", "strings", "an initialiser that is an input, too"],
  ...["a dimension of 2^31", "a ladder of constants that are kept alive", "products beyond it", "subnormal numbers"],
];

const from = (
  name: string,
  values: readonly number[],
  free: Pick<FreeModel, "nodes" | "constants">,
  layout = floatLayout([values.length], [values.length]),
): ForeignModel => ({
  ...{ name, layout, runs: true },
  file: model({ ...free, inputs: [layout.input], outputs: [layout.output] }),
  input: new Uint8Array(Float32Array.from(values).buffer),
});

const integer = (op: string, inputs: readonly string[]) => [
  { op: "Cast", inputs: ["x"], outputs: ["i"], attributes: { to: INT64 } },
  { op, inputs, outputs: ["y"] },
];

/** Models that run: deep, slow, and without an answer for the input that is attested. */
const thatRun: readonly ForeignModel[] = [
  from("a graph as deep as the limit", [1], {
    nodes: Array.from({ length: 16_384 }, (_, i) => ({
      ...{ op: "Relu", inputs: [i === 0 ? "x" : `v${i}`], outputs: [i === 16_383 ? "y" : `v${i + 1}`] },
    })),
  }),
  from("numbers below the normal ones", [2 ** -126, 2 ** -149], {
    nodes: [{ op: "Mul", inputs: ["x", "w"], outputs: ["y"] }],
    constants: [floats("w", [1], () => 0.7)],
  }),
  from("a place beyond the table", [7], { nodes: integer("Gather", ["w", "i"]), constants: [floats("w", [4])] }),
  from("no number", [-1], { nodes: [{ op: "Log", inputs: ["x"], outputs: ["y"] }] }),
];

/** What runs on the models' inputs give, each model in a thread of its own; undefined where there is no valid run. */
export async function outputsOf(models: readonly ForeignModel[]): Promise<Map<ForeignModel, Uint8Array | undefined>> {
  const opener = await openBounded();
  const outputs = new Map<ForeignModel, Uint8Array | undefined>(models.map((each) => [each, undefined]));
  try {
    for (const each of models) {
      const { file, layout, input, runs } = each;
      if (!runs) continue;
      const { session } = await opener.open(nameModel(file, encodeLayout(layout), new Uint8Array(0)), file);
      await session.run(input).then(
        (output) => outputs.set(each, output),
        (error: unknown) => {
          if (!(error instanceof InvalidRunError)) throw error;
        },
      );
    }
  } finally {
    opener.close();
  }
  return outputs;
}

/** One of each kind, as many as the demo's short windows hold. */
export const oneOfEachKind: readonly ForeignModel[] = [
  ...ofVectors.filter(({ name }) => KINDS.includes(name)),
  ...thatRun,
];
