import type { ContentReader } from "../../../inference/content.ts";
import { claimTraced, openPlayable, type PlayableModel } from "../../../inference/methods/disputeGame/playable.ts";
import { buildOpen } from "../../../inference/openRun.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { disputeGame } from "../../../sdk/methods/disputeGame.ts";
import type { Answering } from "../method.ts";
import { keepLast } from "./kept.ts";

/** Models that are kept. */
const KEPT = 4;

/** Attests runs by the roots of their traces: an answer is open at once. Who challenges it is the prover's own part. */
export function createGameAnswering(client: Client, content: ContentReader): Answering {
  const contract = contractOf(client, disputeGame);
  const models = keepLast<PlayableModel>(KEPT);
  return {
    seconds: async () => 0n,
    async prepare({ prover, model, input, context, salt }) {
      const { modelId } = model.publication;
      const playable = await models.get(modelId, () => openPlayable(client, content, modelId));
      const output = await model.session.run(input);
      const run = { prover, method: disputeGame.id, modelId, context, salt, input, output };
      const { root } = claimTraced(playable, input, output).trace;
      const { attestation, answer } = buildOpen(model.layout, run, root);
      const args = [disputeGame.id, modelId, attestation.inputHash, context, answer, "0x"] as const;
      const amount = await client.rpc.readContract({ ...contract, functionName: "bondFor", args: [1] });
      return {
        ...{ attestation, answer, output },
        call: callOf({ ...client.contracts.attestationRegistry, functionName: "attest", args }),
        bond: { holder: contract.address, amount },
        cost: 0n,
      };
    },
  };
}
