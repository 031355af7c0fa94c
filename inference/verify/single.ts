import type { Address, Hex } from "viem";
import type { SingleState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { cidOfKeccak256 } from "../../sdk/content.ts";
import { contextKind, type Unit, unitOf } from "../../sdk/contexts.ts";
import type { TensorSpec } from "../../sdk/layouts.ts";
import { readShownInput, readShownOutput } from "../../sdk/requests/read.ts";
import { holdsText } from "../../sdk/text.ts";
import { assignedTo, readAssignment } from "../assignment.ts";
import { type ContentReader, UnavailableError } from "../content.ts";
import type { Models, OpenModel } from "../models.ts";
import type { OnByte } from "../runtime.ts";
import { decodeTensor, hashTensor, readInput, requireInput, type Tensor } from "../tensors.ts";
import { type Checker, checkInputOf, checkModelOf, checkRun, shared } from "./checks.ts";

interface SingleOptions {
  client: Client;
  content: ContentReader;
  models: Models;
  attestation: SingleState;
  /** Raw bytes of an input that is neither assigned nor in the content. */
  input?: Uint8Array | undefined;
  onByte?: OnByte | undefined;
}

/** What the checks found on the way. */
interface Found {
  model?: OpenModel;
  input?: Tensor;
  output?: Tensor | undefined;
  claimed?: Tensor | undefined;
}

/** Makes the shared checks of a single attestation: its model, its input, its run and its output. */
export async function checkSingle(options: SingleOptions, check: Checker): Promise<Found> {
  const { models, attestation, onByte } = options;
  const { message, answer } = attestation;
  const model = await checkModelOf(models, message.modelId, check);
  if (!model) return {};
  const input = await checkInput(options, model, check);
  if (!input) return { model };
  const [claimed, output] = await Promise.all([
    answer && findClaimed(options, model.layout.output, answer.outputHash),
    checkRun(model, input.data, check, holdsText(model.layout.output) ? onByte : undefined),
  ]);
  if (!output) return { model, input, claimed };
  if (answer) compareOutput(hashTensor(output), answer.outputHash, check);
  else check(shared.output, "unknown", "The prover has not revealed its answer, so there is nothing to compare.");
  return { model, input, output, claimed };
}

/** The bytes of an answer that is text: they are on chain if it is a request's, else its prover put them into the content. */
async function findClaimed(
  { client, content, attestation: { id: uid, message } }: SingleOptions,
  spec: TensorSpec,
  outputHash: Hex,
): Promise<Tensor | undefined> {
  if (!holdsText(spec)) return undefined;
  const { modelId, context } = message;
  try {
    const shown =
      contextKind(context) === REQUEST ? await readShownOutput(client, { uid, modelId, context }) : undefined;
    const claimed = decodeTensor(shown ?? (await content.get(cidOfKeccak256(outputHash))));
    return hashTensor({ spec, data: claimed.data }) === outputHash ? claimed : undefined;
  } catch (error) {
    if (error instanceof UnavailableError || error instanceof RangeError) return undefined;
    throw error;
  }
}

async function checkInput(
  { client, content, attestation: { message }, input }: SingleOptions,
  { layout }: OpenModel,
  check: Checker,
): Promise<Tensor | undefined> {
  const { read, source } = await findInput(client, content, message, layout.input, input);
  if (!read) {
    check(shared.input, "unknown", source);
    return undefined;
  }
  const tensor = checkInputOf(read, source, check);
  if (!tensor) return undefined;
  const hashes = { expected: message.inputHash, found: hashTensor(tensor) };
  if (hashes.found === hashes.expected) {
    check(shared.input, "held", `${source} Its hash is the attestation's.`, hashes);
    return tensor;
  }
  const detail = `${source} It has the hash ${hashes.found}; the attestation names ${hashes.expected}.`;
  check(shared.input, "failed", detail, hashes);
  return undefined;
}

function compareOutput(found: Hex, expected: Hex, check: Checker): void {
  const hashes = { expected, found };
  if (expected === found) check(shared.output, "held", "The output is the prover's, byte for byte.", hashes);
  else check(shared.output, "failed", `The output has the hash ${found}; the prover answered ${expected}.`, hashes);
}

interface FoundInput {
  /** Reads it; throws an InvalidRunError where the model can't run on it. Undefined if there is none. */
  read: (() => Tensor) | undefined;
  /** Where the input is from, or why there is none; a sentence. */
  source: string;
}

/** Kind of a context that is for a request. */
const REQUEST = 2;

async function findInput(
  client: Client,
  content: ContentReader,
  { context, prover, inputHash, modelId }: SingleState["message"],
  spec: TensorSpec,
  given: Uint8Array | undefined,
): Promise<FoundInput> {
  const unit = unitOf(context);
  if (unit) return assigned(client, unit, prover, spec);
  if (given) return { read: () => requireInput(spec, given), source: "The input is the one given." };
  const shown = contextKind(context) === REQUEST ? await readShownInput(client, modelId, context) : undefined;
  if (shown)
    return { read: () => readInput(spec, shown), source: "The input is the one that its request shows on chain." };
  const cid = cidOfKeccak256(inputHash);
  try {
    const bytes = await content.get(cid);
    return { read: () => readInput(spec, bytes), source: `The input was found as ${cid}.` };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const use = contextKind(context) === 0 ? "free attestation" : "attestation of another contract's";
    return { read: undefined, source: `This is a ${use}: its input is not on chain. ${error.message}` };
  }
}

async function assigned(client: Client, unit: Unit, prover: Address, spec: TensorSpec): Promise<FoundInput> {
  const assignment = await readAssignment(client, unit);
  if (typeof assignment === "string") return { read: undefined, source: assignment };
  const data = new Uint8Array(assignedTo(assignment, prover, unit.unit));
  const name = `unit ${unit.unit} of task ${unit.taskId} in season ${unit.seasonId}`;
  return {
    read: () => requireInput(spec, data),
    source: `The input is the one assigned to ${name}, derived here.`,
  };
}
