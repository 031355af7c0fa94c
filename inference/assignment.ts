import type { Hex } from "viem";
import { type Client, readSeason, readTasks, type TaskInputs } from "../sdk/client.ts";
import { unitSeed, ZERO_HASH } from "../sdk/commitments.ts";
import type { Unit } from "../sdk/contexts.ts";
import { unitInput } from "../sdk/units.ts";

/** What the inputs of a task's units are derived from. */
export interface Assignment {
  /** The season's. */
  seed: Hex;
  task: TaskInputs;
}

/** What the inputs of a unit's task are derived from, or a sentence that says why they can't be. */
export async function readAssignment(
  client: Client,
  { campaign, seasonId, taskId }: Unit,
): Promise<Assignment | string> {
  if (campaign !== client.contracts.campaign.address)
    return `The unit is of the campaign ${campaign}, which this deployment doesn't know.`;
  const { seed } = await readSeason(client, seasonId);
  const task = (await readTasks(client, seasonId)).find((each) => each.taskId === taskId);
  if (task === undefined) return `Season ${seasonId} has no task ${taskId}.`;
  return seed === ZERO_HASH ? `Season ${seasonId} has no seed yet, so no input is assigned.` : { seed, task };
}

/** The input assigned to a prover's unit. */
export const assignedTo = ({ seed, task }: Assignment, prover: Hex, unit: bigint): Int8Array =>
  unitInput(unitSeed(seed, task.taskId, prover, unit), task);
