import { checkFiles } from "../inference/check.ts";
import { admitGraph } from "../inference/graph/admit.ts";
import { nameModel } from "../inference/model.ts";
import { encodeOnnx, ONNX_FLOAT } from "../inference/onnx.ts";
import { readModel } from "../models/read.ts";
import { openBounded } from "../participant/runtime.ts";
import { checkSeason } from "../participant/season/check.ts";
import { parseSeasonFile } from "../participant/season/file.ts";
import type { SeasonReader, TaskModel } from "../participant/season/tasks.ts";
import { encodeLayout, INT8, type Layout } from "../sdk/layouts.ts";
import { accountOf, startSite } from "../test/participant/chain.ts";
import { medianOf } from "./median.ts";
import type { Measurement } from "./report.ts";

const ROUNDS = 9;

/** Side of the model's one matrix: 10.2 MB of weights. */
const SIDE = 1600;

/**
 * How long the checks of a model of 10 MB take: those that need only its bytes, and all that `model check` makes, which
 * start a worker, load the model and run it; and all that `season check` makes of a season with that model and two others, on
 * a chain on this machine. Medians.
 */
export async function check(): Promise<Measurement[]> {
  const layout: Layout = {
    widths: [],
    input: { name: "x", dtype: INT8, dims: [1, SIDE] },
    output: { name: "y", dtype: ONNX_FLOAT, dims: [1, SIDE] },
  };
  const weights = Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * 7) % 31) / 31 - 0.5);
  const artifact = encodeOnnx({
    name: "wide",
    nodes: [
      { op: "Cast", inputs: ["x"], output: "real", attributes: { to: ONNX_FLOAT } },
      { op: "MatMul", inputs: ["real", "weights"], output: "y" },
    ],
    constants: [{ name: "weights", dtype: ONNX_FLOAT, dims: [SIDE, SIDE], data: new Uint8Array(weights.buffer) }],
    input: layout.input,
    output: layout.output,
  });
  const layoutBytes = encodeLayout(layout);
  const rows = new Uint8Array(0);
  const fromBytes = await medianOf(ROUNDS, async () => {
    nameModel(artifact, layoutBytes, rows);
    admitGraph(artifact, layout);
  });
  const whole = await medianOf(ROUNDS, async () => {
    const opener = await openBounded();
    await checkFiles({ artifact, layout: layoutBytes, rows }, opener);
    opener.close();
  });
  const large: TaskModel = { artifact, layout: layoutBytes, rows, inputs: new Uint8Array(70 * SIDE), card: undefined };
  return [
    { name: "check-static-10MB", value: Math.round(fromBytes), unit: "ms" },
    { name: "check-all-10MB", value: Math.round(whole), unit: "ms" },
    { name: "check-season-3-tasks", value: Math.round(await checkOfSeason(large)), unit: "ms" },
  ];
}

async function checkOfSeason(large: TaskModel): Promise<number> {
  const site = await startSite(1);
  try {
    const [digits, risk] = [await readModel("digits"), await readModel("risk")];
    const models = { large, digits: { ...digits, card: undefined }, risk: { ...risk, card: undefined } };
    const rules = { points: 10, units: 200, noise: 8 };
    const file = parseSeasonFile(
      JSON.stringify({
        metadata: { title: "Three tasks" },
        tasks: Object.keys(models).map((model) => ({ ...rules, model, method: "Quorum" })),
        dates: { startsAt: "+2h", endsAt: "7d" },
        verifierCap: 1000,
      }),
    );
    const reader: SeasonReader = {
      model: async (name) => models[name as keyof typeof models],
      inputs: async () => new Uint8Array(0),
    };
    return await medianOf(ROUNDS, async () => {
      const opener = await openBounded();
      const { client, content } = site;
      const organiser = accountOf(0).address;
      const source = "http://127.0.0.1:1";
      const { findings } = await checkSeason({ client, organiser, file, reader, content, source, opener });
      opener.close();
      const refused = findings.find(({ result }) => result === "refused");
      if (refused !== undefined) throw new Error(refused.detail);
    });
  } finally {
    await site.close();
  }
}
