import { randomBytes } from "node:crypto";
import { bytesToHex } from "viem";
import { encodeTensor } from "../../../inference/tensors.ts";
import { createProofs } from "../../../participant/methods/zkProof/attest.ts";
import { withModels } from "../../../participant/models.ts";
import { contractOf } from "../../../sdk/client.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { zkProof } from "../../../sdk/methods/zkProof.ts";
import type { Command } from "../../command.ts";
import { parseModel } from "../../modelNames.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../../settings.ts";
import { readInput, showTensor } from "../../tensors.ts";
import { UsageError } from "../../usage.ts";

/** Steps of a proof, of which the bar shows how many are done. */
const STEPS = 4;

export const prove: Command = {
  positionals: ["MODEL"],
  summary: "run a model and record its answer with a zero-knowledge proof",
  details: `Runs MODEL on --input, proves the run in a thread of its own and records a free attestation by ZkProof: the contract checks the proof, so it is verified at once. It earns no points; \`work\` proves a season's units. MODEL's key must be admitted (\`model publish\`), its proving files served or in the content directory. Needs a key with money for gas.
JSON: uid, prover, modelId, inputHash, outputHash, output (bytes), seconds (of proving), transactionHash, gasUsed.`,
  options: {
    input: { value: "FILE", help: "the input: a JSON array in a file named .json, otherwise raw bytes; needed" },
  },
  async run({ positionals: [name = ""], options, settings, progress }) {
    if (options.input === undefined) throw new UsageError("prove needs --input FILE.");
    const file = options.input;
    const modelId = await parseModel(name);
    const { client } = await openConnection(settings);
    contractOf(client, zkProof);
    const content = openSettingsContent(settings);
    const account = await openSettingsAccount(settings);
    let done = 0;
    const proofs = createProofs(client, content, (what) => progress.show(what, done++, STEPS));
    return withModels(client, content, async (models) => {
      const model = await models.open(modelId);
      const input = await readInput(file, model.layout.input);
      const started = performance.now();
      const { attestation, answer, output, call } = await proofs.prepare({
        ...{ prover: account.address, model, input, context: FREE_CONTEXT, salt: bytesToHex(randomBytes(32)) },
      });
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      await content.put(encodeTensor({ spec: model.layout.input, data: input }), "keccak-256");
      const { transactionHash, gasUsed } = await withSender(client, account, progress, (sender) => sender.send(call));
      const { chainId, contracts } = client.deployment;
      const uid = attestationUid(chainId, contracts.AttestationRegistry.address, attestation);
      return {
        good: true,
        text: [
          `Attestation  ${uid}, verified`,
          `Prover       ${account.address}`,
          `Output       ${showTensor({ spec: model.layout.output, data: output }, 13)}`,
          `Proved in    ${seconds} s`,
          `Transaction  ${transactionHash}`,
        ].join("\n"),
        json: {
          ...{ uid, prover: account.address, modelId, inputHash: attestation.inputHash },
          ...{ outputHash: answer.outputHash, output, seconds, transactionHash, gasUsed },
        },
      };
    });
  },
};
