import { fetchContent } from "../../inference/content.ts";
import { mostUnits, runUnit } from "../../inference/methods/fraudProof/units.ts";
import { type OpenModel, openModels } from "../../inference/models.ts";
import { openHere } from "../../inference/opener.ts";
import { loadRuntime } from "../../inference/runtime.ts";
import { connect } from "../../sdk/client.ts";
import { sentenceOf } from "../../sdk/errors.ts";
import { tensorBytes } from "../../sdk/layouts.ts";
import { fetchWasm } from "../check/wasm.ts";
import type { Ran, RunAnswer, RunRequest } from "./run.ts";

const answer = (message: RunAnswer) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<RunRequest>) => {
  const { deployment, rpcUrl, origin, modelId } = data;
  try {
    const content = { get: (cid: string) => fetchContent(origin, cid) };
    const models = openModels(connect(deployment, rpcUrl), content, openHere(await loadRuntime(await fetchWasm())));
    answer({ ran: await run(await models.open(modelId), data) });
  } catch (error) {
    answer({ failure: sentenceOf(error) });
  }
});

async function run(model: OpenModel, { inputs, isTraced }: RunRequest): Promise<Ran> {
  const { layout, publication, session } = model;
  const [first] = inputs as [Uint8Array];
  const input = { spec: layout.input, data: first };
  if (!isTraced) {
    const data = await session.run(first.slice(), (byte) => answer({ wrote: byte }));
    return { input, output: { spec: layout.output, data }, traced: undefined };
  }
  const leaves: Uint8Array[] = [];
  for (const each of inputs.slice(0, mostUnits(model))) leaves.push(await runUnit(model, new Int8Array(each)));
  const output = (leaves[0] as Uint8Array).slice(-tensorBytes(layout.output));
  return { input, output: { spec: layout.output, data: output }, traced: { layout: publication.layout, leaves } };
}
