import { type ContentReader, fetchContent, UnavailableError } from "../../inference/content.ts";
import { mostUnits, runUnit } from "../../inference/methods/fraudProof/units.ts";
import { type Models, openModels } from "../../inference/models.ts";
import { openHere } from "../../inference/opener.ts";
import { type InferenceRuntime, loadRuntime } from "../../inference/runtime.ts";
import { type Client, checkDeployment, connect } from "../../sdk/client.ts";
import { WrongHashError } from "../../sdk/content.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import { sentenceOf } from "../../sdk/errors.ts";
import { tensorBytes } from "../../sdk/layouts.ts";
import { checkHere } from "../check/run.ts";
import type { Asked, Place, Ran, RunRequest, Told } from "./messages.ts";
import { fetchWasm } from "./wasm.ts";

const tell = (told: Told) => postMessage(told);

let tools: Tools | undefined;

addEventListener("message", async ({ data: asked }: MessageEvent<Asked>) => {
  try {
    tools ??= openTools(asked.place);
    if (asked.kind === "check") tell({ kind: "found", found: await checkHere(asked.request, tools, tell) });
    else if (asked.kind === "run") tell({ kind: "ran", ran: await run(asked.place, asked.request, tools) });
    else await tools.models.open(asked.place.modelId);
  } catch (error) {
    tell(asked.kind === "open" ? { kind: "unopened" } : { kind: "failed", message: sentenceOf(error) });
  }
});

/** What is asked for is done with these. */
interface Tools {
  client: Client;
  deployed: Promise<void>;
  content: ContentReader;
  models: Models;
}

function openTools({ deployment, rpcUrl, origin }: Place): Tools {
  const client = connect(parseDeployment(deployment), rpcUrl);
  const deployed = checkDeployment(client);
  deployed.catch(() => {}); // Who needs it is told.
  const content = {
    get: (cid: string) =>
      fetchContent(origin, cid).catch((error: Error) => {
        throw new UnavailableError(`The content can't be used. ${error.message}`, {
          cause: error instanceof WrongHashError ? error : undefined,
        });
      }),
  };
  let runtime: Promise<InferenceRuntime> | undefined;
  const load = () => {
    runtime ??= fetchWasm().then(loadRuntime);
    return runtime;
  };
  const models = openModels(client, content, openHere(load), { most: 1 });
  return {
    ...{ client, deployed, content },
    models: {
      open(modelId) {
        // Loaded while the model is fetched and checked; whoever opens it is told what fails.
        load().catch(() => {});
        return models.open(modelId);
      },
    },
  };
}

async function run({ modelId }: Place, { inputs, isTraced }: RunRequest, { models }: Tools): Promise<Ran> {
  const model = await models.open(modelId);
  const { layout, publication, session } = model;
  const [first] = inputs as [Uint8Array];
  const input = { spec: layout.input, data: first };
  if (!isTraced) {
    const data = await session.run(first.slice(), (byte) => tell({ kind: "wrote", byte }));
    return { input, output: { spec: layout.output, data }, traced: undefined };
  }
  const leaves: Uint8Array[] = [];
  for (const each of inputs.slice(0, mostUnits(model))) leaves.push(await runUnit(model, new Int8Array(each)));
  const output = (leaves[0] as Uint8Array).slice(-tensorBytes(layout.output));
  return { input, output: { spec: layout.output, data: output }, traced: { layout: publication.layout, leaves } };
}
