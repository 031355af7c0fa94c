import { fetchContent } from "../../inference/content.ts";
import { openModels } from "../../inference/models.ts";
import { openHere } from "../../inference/opener.ts";
import { loadRuntime } from "../../inference/runtime.ts";
import { connect } from "../../sdk/client.ts";
import { sentenceOf } from "../../sdk/errors.ts";
import { fetchWasm } from "../check/wasm.ts";
import type { RunAnswer, RunRequest } from "./run.ts";

const answer = (message: RunAnswer) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<RunRequest>) => {
  const { deployment, rpcUrl, origin, modelId, input } = data;
  try {
    const content = { get: (cid: string) => fetchContent(origin, cid) };
    const models = openModels(connect(deployment, rpcUrl), content, openHere(await loadRuntime(await fetchWasm())));
    const { layout, session } = await models.open(modelId);
    const output = await session.run(input);
    answer({ ran: { input: { spec: layout.input, data: input }, output: { spec: layout.output, data: output } } });
  } catch (error) {
    answer({ failure: sentenceOf(error) });
  }
});
