import type { Hex } from "viem";
import type { AttestationState } from "../../../sdk/attestations.ts";
import { type Client, readModel } from "../../../sdk/client.ts";
import { tensorHash, ZERO_HASH } from "../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { type Layout, tensorHeader } from "../../../sdk/layouts.ts";
import { type Assignment, assignedTo } from "../../assignment.ts";
import type { ContentReader } from "../../content.ts";
import { InvalidModelError } from "../../failures.ts";
import { admitOperators } from "../../graphModel/admit.ts";
import { type Program, programOf } from "../../graphModel/program.ts";
import { checkModel } from "../../model.ts";
import { artifactOf, NoFileError } from "../../models.ts";
import { signed } from "../../operators/operator.ts";
import { decodeTensor, InvalidRunError } from "../../tensors.ts";
import type { GameModel } from "./element.ts";
import { type TracedRun, tracedRun } from "./run.ts";

/** A graph model with all that the game needs of it. */
export interface PlayableModel {
  layout: Layout;
  program: Program;
  model: GameModel;
}

/**
 * A published graph model, from its file. Throws an `UnavailableError` where the file can't be had, an
 * {@link InvalidModelError} where its parts disagree or it is no graph.
 */
export async function openPlayable(client: Client, content: ContentReader, modelId: Hex): Promise<PlayableModel> {
  const publication = await readModel(client, modelId);
  if (publication.artifactHash === ZERO_HASH) throw new NoFileError(modelId);
  const artifact = await artifactOf(client, publication, content);
  const { layout, parameters } = checkModel(publication, artifact);
  if (!parameters) throw new InvalidModelError(`Model ${modelId} is no graph, so there is no game about it.`);
  const operators = admitOperators(layout);
  const program = programOf(operators, parameters);
  return { layout, program, model: { graph: layout.graph ?? [], operators, parameters } };
}

/** Runs a model on an attestation's input. */
export function runTraced({ program }: PlayableModel, input: Uint8Array): TracedRun {
  return tracedRun(program.operators, program.run(signed(input)));
}

/** One pass over an input and an output: what a generation computes of both. */
export const passTraced = ({ program }: PlayableModel, input: Uint8Array, output: Uint8Array): TracedRun =>
  tracedRun(program.operators, passed(program, input, output));

/** The run of an input as one attests it who says that an output came of it: right only if it did. */
export const claimTraced = ({ program }: PlayableModel, input: Uint8Array, output: Uint8Array): TracedRun =>
  tracedRun(program.operators, [...passed(program, input, output).slice(0, -1), signed(output)]);

function passed({ fed, pass }: Program, input: Uint8Array, output: Uint8Array): Int8Array[] {
  return pass(signed(Uint8Array.from([...input, ...output.subarray(0, fed)])));
}

/**
 * The input of each unit of an attestation, or of its one run, by its position. Throws an `UnavailableError` where it
 * isn't found, an {@link InvalidRunError} where it isn't the one that is named.
 *
 * @param assignment What units' inputs are derived from; undefined for an attestation that is about none.
 */
export async function inputsOf(
  { message }: Pick<AttestationState, "message">,
  { layout }: PlayableModel,
  content: ContentReader,
  assignment: Assignment | undefined,
): Promise<(unit: number) => Uint8Array> {
  const { context, prover } = message;
  const first = unitOf(context)?.unit;
  const assigned =
    assignment && first !== undefined
      ? (unit: number) => new Uint8Array(assignedTo(assignment, prover, first + BigInt(unit)).buffer)
      : undefined;
  if (!("inputHash" in message)) {
    if (!assigned) throw new InvalidRunError("A batch is about units of a task that no event shows.");
    return assigned;
  }
  const header = tensorHeader(layout.input);
  // A single attestation may be of a unit, and name another input: only an award compares them.
  if (assigned && tensorHash(header, assigned(0)) === message.inputHash) return assigned;
  const { data } = decodeTensor(await content.get(cidOfKeccak256(message.inputHash)));
  if (tensorHash(header, data) !== message.inputHash)
    throw new InvalidRunError(`The input ${message.inputHash} is of another tensor than the model's.`);
  return () => data;
}
