import { type Hex, keccak256 } from "viem";
import { type RecordedAttestation, readAttestations, statuses } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../sdk/content.ts";
import { contextKind, type Unit, unitOf } from "../../sdk/contexts.ts";
import type { Row } from "../../sdk/layouts.ts";
import { QUORUM } from "../../sdk/methods.ts";
import { type Panel, type Proof, proofOf } from "../../sdk/proofs.ts";
import { type ContentReader, UnavailableError } from "../content.ts";
import { type ShownRow, showRow } from "../methods/fraudProof/dispute.ts";
import type { Models, OpenModel } from "../models.ts";
import { decodeTensor, hashTensor, type Tensor } from "../tensors.ts";
import {
  assignedTo,
  type Check,
  type Checker,
  checkModelOf,
  checkRows,
  checkRun,
  checkStatus,
  createChecks,
  readAssignment,
} from "./checks.ts";
import type { Refutation, SingleClaim } from "./claims.ts";
import { readClaim, tracedOf } from "./readClaim.ts";

/** An attestation, checked by its reader. */
export interface Verification extends Proof {
  recorded: RecordedAttestation;
  status: (typeof statuses)[number];
  unit: Unit | undefined;
  /** The row that FraudProof computed otherwise than claimed; undefined where nobody showed one. */
  refutation: Refutation | undefined;
  checks: Check[];
  /** What the model saw here; undefined where its input can't be had or isn't the attestation's. */
  input: Tensor | undefined;
  /** What it gave; undefined when it didn't run. */
  output: Tensor | undefined;
  /** The model's rows by layer; undefined where its parts fail. */
  layers: Row[][] | undefined;
  /** Of an attestation under FraudProof, the first row of its trace that is wrong; undefined where none is. */
  wrong: ShownRow | undefined;
  /** Every check that could be made held, and the attestation is verified or pending. */
  good: boolean;
}

/** What verifying needs. */
export interface VerifyOptions {
  client: Client;
  content: ContentReader;
  models: Models;
  uid: Hex;
  /** The input's raw bytes; needed where the input is neither assigned nor among the content. */
  input?: Uint8Array | undefined;
  /** Told of every check as it is made. */
  onCheck?: (check: Check) => void;
}

/**
 * Checks an attestation from the chain and by running it again: recomputes its uid, reads its record, fetches its model by
 * CID and checks its parts, derives or fetches its input, runs the model on the pinned runtime and compares the output.
 * Throws a sentence when the chain knows no attestation of that uid.
 */
export async function verifyAttestation(options: VerifyOptions): Promise<Verification> {
  const { client, uid, onCheck } = options;
  const { checks, check } = createChecks(onCheck);
  const recorded = await readRecorded(client, uid);
  const { attestation } = recorded;
  const digest = attestationUid(client.deployment.chainId, client.contracts.attestationRegistry.address, attestation);
  check("uid", digest === uid ? "held" : "failed", `The fields recorded on chain have the EIP-712 digest ${digest}.`, {
    expected: uid,
    found: digest,
  });
  const status = await checkStatus(client, uid, "attestation", check);
  const { input, output, model } = await rerun(options, recorded, check);
  const claim = await readClaim(client, uid);
  const wrong = claim?.claim.kind === "single" ? checkTrace(claim.claim, model, check) : undefined;
  const unit = unitOf(attestation.context);
  return {
    recorded,
    status,
    unit,
    refutation: claim?.refutation,
    checks,
    ...{ input, output, wrong, layers: model?.layers },
    good: checks.every(({ result }) => result !== "failed"),
    ...proofOf({
      ...{ method: attestation.method, status: statuses.indexOf(status), isUnit: unit !== undefined },
      outputHash: recorded.answer?.outputHash ?? null,
      panel: attestation.method === QUORUM ? await readPanel(client, uid) : null,
      traced: claim ? tracedOf(claim) : null,
    }),
  };
}

interface Rerun {
  model?: OpenModel;
  input?: Tensor;
  output?: Tensor | undefined;
}

async function rerun(
  { client, content, models, input }: VerifyOptions,
  { attestation, answer }: RecordedAttestation,
  check: Checker,
): Promise<Rerun> {
  const model = await checkModelOf(models, attestation.modelId, check);
  if (!model) return {};
  const spec = model.layout.input;
  const { data, source } = await findInput(client, content, attestation, input);
  if (!data) {
    check("input", "unknown", source);
    return { model };
  }
  const inputHash = hashTensor({ spec, data });
  const hashes = { expected: attestation.inputHash, found: inputHash };
  if (inputHash !== attestation.inputHash) {
    const detail = `${source} It has the hash ${inputHash}; the attestation names ${attestation.inputHash}.`;
    check("input", "failed", detail, hashes);
    return { model };
  }
  check("input", "held", `${source} Its hash is the attestation's.`, hashes);
  const found = { model, input: { spec, data } };
  const output = await checkRun(model, data, check);
  if (!output) return found;
  if (answer) compareOutput(hashTensor(output), answer.outputHash, check);
  else check("output", "unknown", "The prover has not revealed its answer, so there is nothing to compare.");
  return { ...found, output };
}

function compareOutput(found: Hex, expected: Hex, check: Checker): void {
  const hashes = { expected, found };
  if (expected === found) check("output", "held", "The output is the prover's, byte for byte.", hashes);
  else check("output", "failed", `The output has the hash ${found}; the prover answered ${expected}.`, hashes);
}

function checkTrace(
  { trace, answer, attestation }: SingleClaim,
  model: OpenModel | undefined,
  check: Checker,
): ShownRow | undefined {
  const hash = keccak256(trace);
  const held = hash === answer.traceHash;
  check("trace", held ? "held" : "failed", `The ${trace.length} activations on chain have the hash ${hash}.`, {
    expected: answer.traceHash,
    found: hash,
  });
  const wrong = held && model ? checkRows(model, trace, unitOf(attestation.context)?.unit, check) : undefined;
  return wrong && model && showRow(model.layers, trace, wrong);
}

async function readRecorded(client: Client, uid: Hex): Promise<RecordedAttestation> {
  const toBlock = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const { attestations } = await readAttestations(client, toBlock, [uid]);
  const recorded = attestations.get(uid);
  if (!recorded) throw new Error(`No attestation ${uid} is recorded on chain ${client.deployment.chainId}.`);
  return recorded;
}

const REVEALED = 2;

/** The last panel that was drawn for an attestation. */
async function readPanel({ rpc, contracts }: Client, uid: Hex): Promise<Panel | null> {
  const seats = await rpc.readContract({ ...contracts.quorum, functionName: "seatsOf", args: [uid] });
  const last = seats.filter(({ round }) => round === seats.at(-1)?.round);
  if (last.length === 0) return null;
  return { size: last.length, votes: last.filter(({ state }) => state === REVEALED).map(({ vote }) => vote) };
}

interface FoundInput {
  data: Uint8Array | undefined;
  /** Where the input is from, or why there is none; a sentence. */
  source: string;
}

async function findInput(
  client: Client,
  content: ContentReader,
  { context, prover, inputHash }: RecordedAttestation["attestation"],
  given: Uint8Array | undefined,
): Promise<FoundInput> {
  const unit = unitOf(context);
  if (unit) return assigned(client, unit, prover);
  if (given) return { data: given, source: "The input is the one given." };
  const cid = cidOfKeccak256(inputHash);
  try {
    const { data } = decodeTensor(await content.get(cid));
    return { data, source: `The input was found as ${cid}.` };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const use = contextKind(context) === 0 ? "free attestation" : "attestation of another contract's";
    return { data: undefined, source: `This is a ${use}: its input is not on chain. ${error.message}` };
  }
}

async function assigned(client: Client, unit: Unit, prover: Hex): Promise<FoundInput> {
  const assignment = await readAssignment(client, unit);
  if (typeof assignment === "string") return { data: undefined, source: assignment };
  const data = new Uint8Array(assignedTo(assignment, prover, unit.unit));
  const name = `unit ${unit.unit} of task ${unit.taskId} in season ${unit.seasonId}`;
  return { data, source: `The input is the one assigned to ${name}, derived here.` };
}
