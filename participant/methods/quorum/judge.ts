import type { Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { hashTensor, InvalidRunError, readInput, requireInput, type Tensor } from "../../../inference/tensors.ts";
import type { Attestation } from "../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { contextKind } from "../../../sdk/contexts.ts";
import type { Layout } from "../../../sdk/layouts.ts";
import { INVALID } from "../../../sdk/votes.ts";
import { assignedUnit, type ChainState } from "../../chainState.ts";
import type { Content } from "../../content.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";

/**
 * What an own run says of an attestation: its output's hash, or INVALID, only for what follows from bytes alone. Rejects
 * where the model or the input can't be had, or the machine fails.
 */
export async function judge(
  { models, strangers, content }: Pick<Tools, "models" | "strangers" | "content">,
  attestation: Attestation,
  state: ChainState,
): Promise<Hex> {
  try {
    const lane = isOfTask(attestation.modelId, state) ? models : strangers;
    const { layout, session } = await lane.open(attestation.modelId);
    const input = await inputOf(attestation, layout, state, content);
    if (hashTensor(input) !== attestation.inputHash) return INVALID;
    return hashTensor({ spec: layout.output, data: await session.run(input.data) });
  } catch (error) {
    if (error instanceof InvalidRunError || error instanceof InvalidModelError) return INVALID;
    throw error;
  }
}

/** Whether a model is one that a season's accounts work on. */
const isOfTask = (modelId: Hex, { seasons }: ChainState): boolean =>
  [...seasons.values()].some(({ tasks }) => tasks.some((task) => task.modelId === modelId));

/** Kind of a context that is for a unit. */
const UNIT = 1;

/** The input that an attestation must be about: a unit's is derived, any other is fetched by its hash. */
async function inputOf(
  { context, prover, inputHash }: Attestation,
  { input }: Layout,
  state: ChainState,
  content: Content,
): Promise<Tensor> {
  // The bytes have the requested hash, so any fault in them is the same on every machine.
  if (contextKind(context) !== UNIT) return readInput(input, await content.get(cidOfKeccak256(inputHash)));
  const found = assignedUnit(state, context);
  if (found === undefined) throw new TryAgainError(`The chain doesn't show the task of context ${context} yet.`);
  return requireInput(input, new Uint8Array(assignedTo(found, prover, found.unit).buffer));
}
