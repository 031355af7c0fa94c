import { attestUnits } from "../../../participant/methods/fraudProof/attestUnits.ts";
import { withModels } from "../../../participant/models.ts";
import { contractOf } from "../../../sdk/client.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Invocation, Outcome } from "../../command.ts";
import { grouped } from "../../format.ts";
import { withSender } from "../../sending.ts";
import { openSettingsAccount, openSettingsContent } from "../../settings.ts";
import type { UnitsToAttest } from "../method.ts";

/** Attests consecutive units of the key's account as one batch. */
export async function attestBatch(
  { client, assignment, first, count }: UnitsToAttest,
  { settings, progress }: Invocation,
): Promise<Outcome> {
  const contract = contractOf(client, fraudProof);
  const { seed, task } = assignment;
  const { seasonId, taskId, modelId } = task;
  const account = await openSettingsAccount(settings);
  const made = await withModels(client, openSettingsContent(settings), async (models) => {
    const model = await models.open(modelId);
    return withSender(client, account, progress, (sender) =>
      attestUnits(client, sender, model, { seed, task, first, count }),
    );
  });
  const { id, batch, bond, transactionHash, gasUsed } = made;
  const { attestationRegistry } = client.contracts;
  const record = await client.rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args: [id] });
  const window = await client.rpc.readContract({ ...contract, functionName: "window" });
  const refutableUntil = record.attestedAt + window;
  return {
    good: true,
    text: [
      `Batch        ${id}`,
      `Prover       ${account.address}`,
      `Units        ${first} to ${first + BigInt(count) - 1n} of task ${taskId}, season ${seasonId}: ${grouped(count)}`,
      `Root         ${batch.root}`,
      `Bond         ${grouped(bond)} wei`,
      `Gas          ${grouped(gasUsed)}, ${grouped(gasUsed / BigInt(count))} a unit`,
      `Transaction  ${transactionHash}`,
      `Anyone who shows one wrong row within ${grouped(window)} seconds refutes it.`,
      "After that anyone may settle and award it; `work` does.",
    ].join("\n"),
    json: {
      ...{ id, prover: account.address, modelId, seasonId, taskId, first, count, root: batch.root },
      ...{ bond, refutableUntil, gasUsed, transactionHash },
    },
  };
}
