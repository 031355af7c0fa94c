import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { mostUnits, runUnit } from "../../../inference/methods/fraudProof/units.ts";
import type { OpenModel } from "../../../inference/models.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf, type TaskInputs } from "../../../sdk/client.ts";
import { type Batch, batchId } from "../../../sdk/commitments.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { ensureDeposit } from "../../deposits.ts";
import type { Sender } from "../../sender.ts";

/** Consecutive units of one task. */
export interface UnitRange {
  /** The season's seed. */
  seed: Hex;
  task: TaskInputs;
  first: bigint;
  count: number;
}

/** The attested units. */
interface AttestedUnits {
  id: Hex;
  batch: Batch;
  /** What was locked, in wei. */
  bond: bigint;
  transactionHash: Hex;
  gasUsed: bigint;
}

/**
 * Runs the sender's units of a FraudProof task and records them as one batch; deposits what is missing for the bond. Throws a
 * RangeError when they are more than {@link mostUnits}.
 */
export async function attestUnits(
  client: Client,
  sender: Sender,
  model: OpenModel,
  { seed, task, first, count }: UnitRange,
): Promise<AttestedUnits> {
  const most = mostUnits(model);
  if (count > most) throw new RangeError(`A batch of ${count} units doesn't fit into a transaction; ${most} do.`);
  const { attestationRegistry, campaign } = client.contracts;
  const contract = contractOf(client, fraudProof);
  const prover = sender.account.address;
  const { seasonId, taskId, modelId } = task;
  const context = unitContext({ campaign: campaign.address, seasonId, taskId, unit: first });
  const units = Array.from({ length: count }, (_, i) => first + BigInt(i));
  const leaves = await Promise.all(units.map((unit) => runUnit(model, assignedTo({ seed, task }, prover, unit))));
  const { batch, traces } = buildBatch({ prover, method: fraudProof.id, modelId, context }, leaves);
  const bond = await client.rpc.readContract({ ...contract, functionName: "bondFor", args: [count] });
  await ensureDeposit(client, sender, contract.address, bond);
  const args = [fraudProof.id, modelId, context, count, bytesToHex(model.publication.layout), traces] as const;
  const { transactionHash, gasUsed } = await sender.send(
    callOf({ ...attestationRegistry, functionName: "attestBatch", args }),
  );
  const id = batchId(client.deployment.chainId, attestationRegistry.address, batch);
  return { id, batch, bond, transactionHash, gasUsed };
}
