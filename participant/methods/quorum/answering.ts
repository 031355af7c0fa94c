import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { hashTensor } from "../../../inference/tensors.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import type { Answering } from "../method.ts";

/** Commits to a run; the prover reveals it once its panel has voted. */
export function createQuorumAnswering(client: Client): Answering {
  const contract = contractOf(client, quorum);
  const parameters = () => client.rpc.readContract({ ...contract, functionName: "parameters" });
  return {
    async seconds() {
      const { drawWindow, commitWindow, revealWindow } = await parameters();
      // Seats that are filled again have their own time to vote.
      return BigInt(drawWindow + 2 * commitWindow + revealWindow);
    },
    async prepare({ prover, model: { layout, session, publication }, input, context, salt }) {
      const { modelId } = publication;
      const output = await session.run(input);
      const { attestation, answer } = buildAttestation({
        ...{ prover, method: quorum.id, modelId, context, salt },
        inputHash: hashTensor({ spec: layout.input, data: input }),
        outputHash: hashTensor({ spec: layout.output, data: output }),
      });
      const { method, inputHash } = attestation;
      const call = callOf({
        ...client.contracts.attestationRegistry,
        functionName: "commit",
        args: [method, modelId, inputHash, context, attestation.answer],
      });
      const { firstPanel, seatFee, stake } = await parameters();
      // The first panel is paid whatever it finds.
      const cost = BigInt(firstPanel) * seatFee;
      return { attestation, answer, output, call, bond: { holder: contract.address, amount: stake + cost }, cost };
    },
  };
}
