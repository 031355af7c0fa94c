import type { Hex } from "viem";
import { assuranceOf } from "../../sdk/assurance.ts";
import { type AttestationState, judgedOf, readAttestation } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { attestationUid, batchId } from "../../sdk/commitments.ts";
import { methodName } from "../../sdk/methods/index.ts";
import type { Assurance } from "../../sdk/methods/method.ts";
import { type StatusName, statusName } from "../../sdk/protocol.ts";
import type { ContentReader } from "../content.ts";
import { inferenceMethodById } from "../methods/index.ts";
import type { InferenceMethod, Looked, Scope, ShownRow } from "../methods/method.ts";
import type { Models } from "../models.ts";
import type { OnByte } from "../runtime.ts";
import type { Tensor } from "../tensors.ts";
import { checkBatch, positionOf } from "./batch.ts";
import { type Check, type Checker, checkStatus, createChecks, shared } from "./checks.ts";
import { checkSingle } from "./single.ts";

/** An attestation, checked by its reader. */
export interface Verification extends Assurance {
  status: StatusName | "unknown";
  checks: Check[];
  /** The model's input here; undefined if it can't be found or isn't the attestation's, and for a whole batch. */
  input: Tensor | undefined;
  /** The model's output; undefined if it didn't run. */
  output: Tensor | undefined;
  /** What the prover answered, where the model writes text and the content has it. */
  claimed: Tensor | undefined;
  /** The first wrong row that the method's own checks found; undefined if there is none. */
  wrong: ShownRow | undefined;
  /** No check failed: what could be checked held, and the attestation is verified or pending. */
  good: boolean;
}

/** What verifying needs. */
export interface VerifyOptions {
  client: Client;
  content: ContentReader;
  models: Models;
  /** As {@link requireAttestation} reads it. */
  attestation: AttestationState;
  /** Number in its task of the one unit of a batch to check; defaults to the whole batch. */
  unit?: bigint | undefined;
  /** A single attestation's input, raw bytes; needed if it is neither assigned nor in the content. */
  input?: Uint8Array | undefined;
  /** Called with every check as it is made. */
  onCheck?: (check: Check) => void;
  /** Called with every byte of a text while the model writes it, if the attestation is a single one. */
  onByte?: OnByte;
}

/** Reads an attestation by its id; throws a sentence if the chain has none with that id. */
export async function requireAttestation(client: Client, id: Hex): Promise<AttestationState> {
  const attestation = await readAttestation(client, id);
  if (attestation === undefined)
    throw new Error(`No attestation ${id} is recorded on chain ${client.deployment.chainId}.`);
  return attestation;
}

/**
 * Checks an attestation from the chain and by running it again. Under any method: recomputes its id and a batch's
 * tree, reads its record, fetches its model by CID and checks its parts, derives or fetches its input, runs the model on
 * the pinned runtime and compares the output. Then its method adds what it has put on chain. Throws a RangeError when a
 * batch has no unit of that number.
 */
export async function verifyAttestation(options: VerifyOptions): Promise<Verification> {
  const { client, attestation, unit, onCheck } = options;
  const { id, kind, message, detail } = attestation;
  const index = kind === "batch" && unit !== undefined ? positionOf(attestation, unit) : undefined;
  const { checks, check } = createChecks(onCheck);
  checkId(client, attestation, check);
  const status = await checkStatus(client, id, kind === "batch" ? "batch" : "attestation", check);
  const method = inferenceMethodById(message.method);
  const found = await checkContent({ ...options, index, status, method }, check);
  if (method === undefined && message.method !== 0)
    check(
      shared.method,
      "unknown",
      `${methodName(message.method)}: nothing is known here of what it proves, so nothing of that was checked.`,
    );
  return {
    ...{ status: statusName(status), checks, input: found.input, output: found.output, wrong: found.wrong },
    claimed: found.claimed,
    good: checks.every(({ result }) => result !== "failed"),
    ...assuranceOf(message.method, { ...judgedOf(attestation), status }, detail),
  };
}

interface ContentOptions extends VerifyOptions {
  index: number | undefined;
  status: number;
  method: InferenceMethod | undefined;
}

async function checkContent(
  options: ContentOptions,
  check: Checker,
): Promise<Partial<Pick<Verification, "input" | "output" | "claimed" | "wrong">>> {
  const { client, content, attestation, method } = options;
  const evidence = method?.evidence;
  const checkOwn = evidence && ((looked: Looked) => evidence.check({ client, content, attestation, ...looked }, check));
  if (attestation.kind === "batch") return checkBatch({ ...options, attestation, checkOwn }, check);
  const found = await checkSingle({ ...options, attestation }, check);
  const wrong = await checkOwn?.({
    index: undefined,
    model: found.model,
    input: found.input?.data,
    assignment: undefined,
  });
  return { ...found, wrong };
}

function checkId({ deployment: { chainId }, contracts }: Client, attestation: AttestationState, check: Checker): void {
  const { address } = contracts.attestationRegistry;
  const { id, kind, message } = attestation;
  const found = kind === "batch" ? batchId(chainId, address, message) : attestationUid(chainId, address, message);
  const detail = `The fields recorded on chain have the EIP-712 digest ${found}.`;
  check(shared.uid, found === id ? "held" : "failed", detail, { expected: id, found });
}

/** Most shared checks of an attestation. */
const MOST: Readonly<Record<Scope, number>> = { single: 6, batch: 3, unit: 9 };

/** Checks noted as unknown if the method adds none: the method, and a batch's outputs. */
const MOST_UNKNOWN = 2;

/** Most checks that are made, for showing progress. */
export function mostChecks({ kind, message }: AttestationState, isOneUnit: boolean): number {
  const scope = kind === "batch" && isOneUnit ? "unit" : kind;
  return MOST[scope] + (inferenceMethodById(message.method)?.evidence?.most[scope] ?? MOST_UNKNOWN);
}
