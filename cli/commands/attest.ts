import { attestFree } from "../../participant/attest.ts";
import { followHeads } from "../../participant/heads.ts";
import { openJournal } from "../../participant/journal.ts";
import { openModels } from "../../participant/models.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { createSender } from "../../participant/sender.ts";
import type { Command } from "../command.ts";
import { parseModel } from "../modelNames.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../settings.ts";
import { readInput, showTensor } from "../tensors.ts";
import { UsageError } from "../usage.ts";

export const attest: Command = {
  positionals: ["MODEL"],
  summary: "run a model and record the signed statement on chain",
  details: `Runs MODEL on --input and records a free statement by method 0: it says who said it, stays pending and earns nothing. The salt is in the journal, the input in the content directory, before anything is sent. Needs a key.
JSON: uid, prover, modelId, inputHash, outputHash, output (bytes), transactionHash.`,
  options: { input: { value: "FILE", help: "the input: a JSON array in a file named .json, else raw bytes" } },
  async run({ positionals: [name], options, settings, progress }) {
    const modelId = await parseModel(name as string);
    if (options.input === undefined) throw new UsageError("attest needs --input FILE.");
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const model = await openModels(client, content, await loadPinnedRuntime()).open(modelId);
    const input = await readInput(options.input, model.layout.input);
    const account = await openSettingsAccount(settings);
    const journal = openJournal(settings.journal);
    const ending = new AbortController();
    try {
      const heads = await followHeads(client.rpc, { signal: ending.signal, report: progress.say });
      const sender = createSender(client.rpc, client.deployment.chainId, heads, account);
      const made = await attestFree({ client, sender, journal, content, model, input });
      const { uid, inputHash, output, outputHash, transactionHash } = made;
      return {
        good: true,
        text: [
          `Statement    ${uid}`,
          `Prover       ${account.address}`,
          `Output       ${showTensor(output, 13)}`,
          `Transaction  ${transactionHash}`,
          "It says who said it; nobody settles whether it is true. `verify` runs it again.",
        ].join("\n"),
        json: {
          ...{ uid, prover: account.address, modelId, inputHash, outputHash },
          ...{ output: output.data, transactionHash },
        },
      };
    } finally {
      ending.abort();
      journal.close();
    }
  },
};
