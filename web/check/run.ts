import { fetchContent, UnavailableError } from "../../inference/content.ts";
import { inferenceMethodById } from "../../inference/methods/index.ts";
import { openModels } from "../../inference/models.ts";
import { type ModelOpener, openHere } from "../../inference/opener.ts";
import { type InferenceRuntime, loadRuntime } from "../../inference/runtime.ts";
import { requireAttestation, verifyAttestation } from "../../inference/verify/attestation.ts";
import type { Check } from "../../inference/verify/checks.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import { checkDeployment, connect } from "../../sdk/client.ts";
import { WrongHashError } from "../../sdk/content.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import type { CheckMessage, CheckRequest, Found, Recorded } from "./messages.ts";
import { verdictOf } from "./verdict.ts";

/**
 * Checks an attestation or a batch from the chain: everything is read by RPC or fetched by its hash; the indexer isn't
 * trusted.
 *
 * @param fetchWasm Fetches the runtime's WebAssembly file; asked only when a model is to run.
 */
export async function checkHere(
  { uid, unit, deployment, rpcUrl, origin }: CheckRequest,
  fetchWasm: () => Promise<Uint8Array>,
  post: (message: CheckMessage) => void,
): Promise<Found> {
  const doing = (what: string) => post({ kind: "doing", what });
  doing("Reading the attestation from the chain");
  const client = connect(parseDeployment(deployment), rpcUrl);
  await checkDeployment(client);
  const content = {
    async get(cid: string) {
      doing(`Fetching ${cid} and hashing it`);
      return fetchContent(origin, cid).catch((error: Error) => {
        throw new UnavailableError(`The content can't be used. ${error.message}`, {
          cause: error instanceof WrongHashError ? error : undefined,
        });
      });
    },
  };
  const models = openModels(client, content, lazily(fetchWasm, doing));
  const attestation = await requireAttestation(client, uid);
  const onCheck = (check: Check) => post({ kind: "check", check });
  const refuted = await inferenceMethodById(attestation.message.method)?.rows?.show(client, attestation);
  const onByte = (byte: number) => post({ kind: "wrote", byte });
  const found = await verifyAttestation({ client, content, models, attestation, unit, onCheck, onByte });
  const { checks, status, ...seen } = found;
  return { verdict: verdictOf(checks), recorded: recordedOf(attestation, status), ...seen, refuted };
}

function recordedOf(attestation: AttestationState, status: string): Recorded {
  const { prover, modelId, method, context } = attestation.message;
  const named = { prover, modelId, method, context, status };
  return attestation.kind === "batch"
    ? { ...named, inputHash: null, outputHash: null, root: attestation.message.root }
    : {
        ...{ ...named, inputHash: attestation.message.inputHash, root: null },
        outputHash: attestation.answer?.outputHash ?? null,
      };
}

/** Runs models in this worker; the pinned runtime is loaded when the first is opened. */
function lazily(fetchWasm: () => Promise<Uint8Array>, doing: (what: string) => void): ModelOpener {
  let loaded: Promise<InferenceRuntime> | undefined;
  return openHere(async () => {
    if (loaded === undefined) doing("Loading the runtime and hashing it");
    loaded ??= fetchWasm().then(loadRuntime);
    const runtime = await loaded;
    doing("Running the model");
    return runtime;
  });
}
