import { readAssignment } from "../../inference/assignment.ts";
import { openModels } from "../../inference/models.ts";
import { claimUnits } from "../../participant/claimUnits.ts";
import { followHeads } from "../../participant/heads.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { createSender } from "../../participant/sender.ts";
import { fraudProofOf } from "../../sdk/client.ts";
import { FRAUD_PROOF } from "../../sdk/methods.ts";
import { methodNames } from "../../sdk/proofs.ts";
import type { Invocation, Outcome } from "../command.ts";
import { grouped } from "../format.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../settings.ts";
import { parseRange, parseTask } from "../usage.ts";

/** Claims consecutive units of the key's account as one batch. */
export async function attestBatch(
  batchText: string,
  unitsText: string,
  { settings, progress }: Invocation,
): Promise<Outcome> {
  const { seasonId, taskId } = parseTask(batchText);
  const { first, count } = parseRange(unitsText);
  const { client } = await openConnection(settings);
  const fraudProof = fraudProofOf(client);
  const campaign = client.contracts.campaign.address;
  const assignment = await readAssignment(client, { campaign, seasonId, taskId, unit: first });
  if (typeof assignment === "string") throw new Error(assignment);
  const { task } = assignment;
  if (task.method !== FRAUD_PROOF)
    throw new Error(
      `Task ${taskId} of season ${seasonId} is verified by ${methodNames[task.method] ?? `method ${task.method}`}; a batch needs FraudProof.`,
    );
  if (first + BigInt(count) > BigInt(task.unitsPerAccount))
    throw new Error(
      `Task ${taskId} has no unit ${first + BigInt(count) - 1n}: the units are 0 to ${task.unitsPerAccount - 1}.`,
    );
  const account = await openSettingsAccount(settings);
  const model = await openModels(client, openSettingsContent(settings), await loadPinnedRuntime()).open(task.modelId);
  const ending = new AbortController();
  try {
    const heads = await followHeads(client.rpc, { signal: ending.signal, report: progress.say });
    const sender = createSender(client.rpc, client.deployment.chainId, heads, account);
    const made = await claimUnits(client, sender, model, { ...assignment, first, count });
    const { id, batch, bond, transactionHash, gasUsed } = made;
    const { attestationRegistry } = client.contracts;
    const record = await client.rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args: [id] });
    const window = await client.rpc.readContract({ ...fraudProof, functionName: "window" });
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
        `Whoever shows one wrong row within ${grouped(window)} seconds refutes it. Then anyone may settle and award it;`,
        "`work` does.",
      ].join("\n"),
      json: {
        ...{ id, prover: account.address, modelId: task.modelId, seasonId, taskId, first, count, root: batch.root },
        ...{ bond, refutableUntil, gasUsed, transactionHash },
      },
    };
  } finally {
    ending.abort();
  }
}
