import { fetchContent, UnavailableError } from "../../inference/content.ts";
import { openModels } from "../../inference/models.ts";
import { type InferenceRuntime, loadRuntime } from "../../inference/runtime.ts";
import { verifyAttestation } from "../../inference/verify/attestation.ts";
import { verifyBatch } from "../../inference/verify/batch.ts";
import type { Check } from "../../inference/verify/checks.ts";
import { type RecordedClaim, readClaim } from "../../inference/verify/readClaim.ts";
import { showRefutation } from "../../inference/verify/refuted.ts";
import { type Client, checkDeployment, connect } from "../../sdk/client.ts";
import { WrongHashError } from "../../sdk/content.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import type { CheckMessage, CheckRequest, Found } from "./messages.ts";
import { verdictOf } from "./verdict.ts";

/**
 * Checks an attestation or a batch from the chain: everything is read by RPC and fetched by its hash, nothing is taken
 * from the indexer's word.
 *
 * @param fetchWasm Fetches the runtime's WebAssembly file; asked only when a model is to run.
 */
export async function checkHere(
  { uid, unit, deployment, rpcUrl, origin }: CheckRequest,
  fetchWasm: () => Promise<Uint8Array>,
  tell: (message: CheckMessage) => void,
): Promise<Found> {
  const doing = (what: string) => tell({ kind: "doing", what });
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
  const claim = await readClaim(client, uid);
  const onCheck = (check: Check) => tell({ kind: "check", check });
  const refuted = claim && (await refutedOf(client, claim));
  if (claim?.claim.kind === "batch") {
    const { attestation } = claim.claim;
    const recorded = { ...claim, claim: claim.claim };
    const { checks, status, input, output, wrong } = await verifyBatch({ client, models, recorded, unit, onCheck });
    return {
      ...{ verdict: verdictOf(checks), input, output, wrong, refuted },
      recorded: { ...attestation, status, inputHash: null, outputHash: null },
    };
  }
  const found = await verifyAttestation({ client, content, models, uid, onCheck });
  const { attestation, answer } = found.recorded;
  return {
    ...{ verdict: verdictOf(found.checks), input: found.input, output: found.output, refuted },
    wrong: found.wrong && { ...found.wrong, unit: found.unit?.unit },
    recorded: { ...attestation, status: found.status, outputHash: answer?.outputHash ?? null, root: null },
  };
}

async function refutedOf(client: Client, claim: RecordedClaim): Promise<Found["refuted"]> {
  const shown = await showRefutation(client, claim);
  const first = unitOf(claim.claim.attestation.context)?.unit;
  if (shown === undefined || claim.refutation === undefined) return undefined;
  const unit = first === undefined ? undefined : first + BigInt(claim.refutation.index);
  return { shown: { ...shown, unit }, contract: claim.refutation };
}

/** The pinned runtime, loaded when the first model is opened. */
function lazily(fetchWasm: () => Promise<Uint8Array>, doing: (what: string) => void): InferenceRuntime {
  let loaded: Promise<InferenceRuntime> | undefined;
  return {
    async open(artifact, layout) {
      if (loaded === undefined) doing("Loading the runtime and hashing it");
      loaded ??= fetchWasm().then(loadRuntime);
      const runtime = await loaded;
      doing("Running the model");
      return runtime.open(artifact, layout);
    },
  };
}
