import { InvalidModelError } from "../../../inference/failures.ts";
import { forward } from "../../../inference/integer.ts";
import { buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Answering } from "../method.ts";

/** Attests a run with its trace: its answer is open at once. */
export function createFraudProofAnswering(client: Client): Answering {
  const contract = contractOf(client, fraudProof);
  return {
    seconds: async () => 0n,
    async prepare({ prover, model, input, context, salt }) {
      const { layers, session, publication } = model;
      const { modelId, layout } = publication;
      if (layers.length === 0)
        throw new InvalidModelError(`${fraudProof.name} settles integer models, not ${modelId}.`);
      // The hidden activations as the rows give them, the output as the runtime does.
      const hidden = forward(layers.slice(0, -1), new Int8Array(input));
      const output = await session.run(input);
      const { attestation, answer, evidence } = buildTraced(layout, {
        ...{ prover, method: fraudProof.id, modelId, context, salt },
        trace: traceOf([...hidden, new Int8Array(output)]),
      });
      const { method, inputHash } = attestation;
      const call = callOf({
        ...client.contracts.attestationRegistry,
        functionName: "attest",
        args: [method, modelId, inputHash, context, answer, evidence],
      });
      const amount = await client.rpc.readContract({ ...contract, functionName: "bondFor", args: [1] });
      return { attestation, answer, output, call, bond: { holder: contract.address, amount }, cost: 0n };
    },
  };
}
