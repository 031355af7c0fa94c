import { openModels } from "../../inference/models.ts";
import { attestFree } from "../../participant/attest.ts";
import { followHeads } from "../../participant/heads.ts";
import { openJournal } from "../../participant/journal.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { createSender } from "../../participant/sender.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { parseModel } from "../modelNames.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../settings.ts";
import { readInput, showTensor } from "../tensors.ts";
import { UsageError } from "../usage.ts";
import { attestBatch } from "./attestBatch.ts";

export const attest: Command = {
  positionals: ["[MODEL]"],
  summary: "run a model and record an attestation, or a batch of units",
  details: `With MODEL and --input it records a free attestation by method 0: it says who said it, stays pending and earns nothing. The salt is in the journal, the input in the content directory, before anything is sent.
With --batch and --units it runs the key's own units of a FraudProof task and records them as one batch, every activation in calldata: whoever shows one wrong row within the window refutes it, and its bond is lost; otherwise the bond returns and all units are paid at once. What the bond lacks is deposited. Needs a key.
JSON: uid, prover, modelId, inputHash, outputHash, output (bytes), transactionHash; of a batch: id, prover, modelId, seasonId, taskId, first, count, root, bond (wei), refutableUntil (unix seconds), gasUsed, transactionHash.`,
  options: {
    input: { value: "FILE", help: "the input: a JSON array in a file named .json, else raw bytes" },
    batch: { value: "SEASON/TASK", help: "the task whose units are claimed, as in 1/3" },
    units: { value: "FIRST..LAST", help: "the units, both ends included, as in 0..199" },
  },
  run(invocation) {
    const { positionals, options } = invocation;
    const [name] = positionals;
    if (options.batch === undefined && options.units === undefined) return attestOne(name, invocation);
    if (options.batch === undefined || options.units === undefined)
      throw new UsageError("A batch needs both --batch SEASON/TASK and --units FIRST..LAST.");
    if (name !== undefined || options.input !== undefined)
      throw new UsageError(
        "A batch takes neither MODEL nor --input: the task says which model, and assigns the inputs.",
      );
    return attestBatch(options.batch, options.units, invocation);
  },
};

async function attestOne(name: string | undefined, { options, settings, progress }: Invocation): Promise<Outcome> {
  if (name === undefined)
    throw new UsageError("attest needs MODEL and --input FILE, or --batch SEASON/TASK and --units FIRST..LAST.");
  const modelId = await parseModel(name);
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
        `Attestation    ${uid}`,
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
}
