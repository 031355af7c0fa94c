import { type Hex, hexToBytes } from "viem";
import { nameModel } from "../../inference/model.ts";
import { InvalidRunError } from "../../inference/tensors.ts";
import { openBounded } from "../../participant/runtime.ts";
import { decodeLayout, encodeLayout, type Layout, tensorBytes } from "../../sdk/layouts.ts";
import { type FreeModel, floatLayout, floats, model } from "../inference/graph/onnx.ts";
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

/** Names of vectors: one for each rule that refuses a graph on other grounds. */
const KINDS = [
  "loop_endless.onnx",
  "random_like.onnx",
  "dropout_training.onnx",
  "a ladder of constants that are kept alive",
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

/** Models that run: on numbers that some machines round to zero, and without an answer for the input that is attested. */
const thatRun: readonly ForeignModel[] = [
  from("numbers below the normal ones", [2 ** -126, 2 ** -149], {
    nodes: [{ op: "Mul", inputs: ["x", "w"], outputs: ["y"] }],
    constants: [floats("w", [1], () => 0.7)],
  }),
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
