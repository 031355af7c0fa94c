import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { checkInput, hashTensor, InvalidRunError } from "../../../inference/tensors.ts";
import type { Attestation } from "../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { contextKind } from "../../../sdk/contexts.ts";
import { type Layout, tensorHeader } from "../../../sdk/layouts.ts";
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
    const data = await inputOf(attestation, layout, state, content);
    if (hashTensor({ spec: layout.input, data }) !== attestation.inputHash) return INVALID;
    return hashTensor({ spec: layout.output, data: await session.run(data) });
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
  layout: Layout,
  state: ChainState,
  content: Content,
): Promise<Uint8Array> {
  if (contextKind(context) !== UNIT) return fetchInput(inputHash, layout, content);
  const found = assignedUnit(state, context);
  if (found === undefined) throw new TryAgainError(`The chain doesn't show the task of context ${context} yet.`);
  const data = new Uint8Array(assignedTo(found, prover, found.unit).buffer);
  return checked(data, layout, "Its unit's input");
}

/** Throws an {@link InvalidRunError} unless the bytes can be the model's input. */
function checked(data: Uint8Array, { input }: Layout, what: string): Uint8Array {
  try {
    checkInput(input, data);
    return data;
  } catch (error) {
    throw new InvalidRunError(`${what} is no input of the model: ${(error as Error).message}`, { cause: error });
  }
}

async function fetchInput(inputHash: Hex, layout: Layout, content: Content): Promise<Uint8Array> {
  const bytes = await content.get(cidOfKeccak256(inputHash));
  const header = tensorHeader(layout.input);
  // The bytes have the requested hash, so any fault in them is the same on every machine.
  if (bytesToHex(bytes.subarray(0, header.length)) !== bytesToHex(header))
    throw new InvalidRunError(`${inputHash} is no input of the model: it has another header.`);
  return checked(bytes.slice(header.length), layout, inputHash);
}
