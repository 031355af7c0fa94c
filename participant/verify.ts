import { bytesToHex, type Hex } from "viem";
import { decodeTensor, hashTensor, InvalidRunError, type Tensor } from "../inference/tensors.ts";
import { type Client, readSeason, readTasks } from "../sdk/client.ts";
import { attestationUid, unitSeed } from "../sdk/commitments.ts";
import { cidOfKeccak256, cidOfSha256 } from "../sdk/content.ts";
import { contextKind, type Unit, unitOf } from "../sdk/contexts.ts";
import { type Panel, type Proof, proofOf } from "../sdk/proofs.ts";
import { type RecordedStatement, readStatements, statuses } from "../sdk/statements.ts";
import { unitInput } from "../sdk/units.ts";
import { type Content, UnavailableError } from "./content.ts";
import { InvalidModelError, type Models, type OpenModel } from "./models.ts";
import { QUORUM } from "./units.ts";

/** One thing that was looked at: it held, it failed, or it couldn't be known here. */
export interface Check {
  name: "uid" | "record" | "model" | "input" | "run" | "output";
  result: "held" | "failed" | "unknown";
  /** What was found, a sentence. */
  detail: string;
}

/** A statement, checked by its reader. */
export interface Verification extends Proof {
  recorded: RecordedStatement;
  status: (typeof statuses)[number];
  unit: Unit | undefined;
  checks: Check[];
  /** What the model gave here; undefined when it didn't run. */
  output: Tensor | undefined;
  /** Every check that could be made held, and the statement is verified or pending. */
  good: boolean;
}

/** What verifying needs. */
export interface VerifyOptions {
  client: Client;
  content: Content;
  models: Models;
  uid: Hex;
  /** The input's raw bytes; needed where the input is neither assigned nor among the content. */
  input?: Uint8Array | undefined;
  /** Told of every check as it is made. */
  onCheck?: (check: Check) => void;
}

/**
 * Checks a statement from the chain and by running it again: recomputes its uid, reads its record, fetches its model by
 * CID and checks its parts, derives or fetches its input, runs the model on the pinned runtime and compares the output.
 * Throws a sentence when the chain knows no statement of that uid.
 */
export async function verifyStatement(options: VerifyOptions): Promise<Verification> {
  const { client, uid, onCheck = () => {} } = options;
  const checks: Check[] = [];
  const check = (name: Check["name"], result: Check["result"], detail: string) => {
    checks.push({ name, result, detail });
    onCheck({ name, result, detail });
  };
  const recorded = await readRecorded(client, uid);
  const { statement } = recorded;
  const digest = attestationUid(client.deployment.chainId, client.contracts.attestationRegistry.address, statement);
  check("uid", digest === uid ? "held" : "failed", `The fields recorded on chain have the EIP-712 digest ${digest}.`);
  const status = await readStatus(client, uid);
  const settledWell = status === "verified" || status === "pending";
  check("record", settledWell ? "held" : "failed", `The registry says that the statement is ${status}.`);
  const output = await rerun(options, recorded, check);
  const unit = unitOf(statement.context);
  return {
    recorded,
    status,
    unit,
    checks,
    output,
    good: checks.every(({ result }) => result !== "failed"),
    ...proofOf({
      ...{ method: statement.method, status: statuses.indexOf(status), isUnit: unit !== undefined },
      outputHash: recorded.answer?.outputHash ?? null,
      panel: statement.method === QUORUM ? await readPanel(client, uid) : null,
    }),
  };
}

type Checker = (name: Check["name"], result: Check["result"], detail: string) => void;

async function rerun(
  { client, content, models, input }: VerifyOptions,
  { statement, answer }: RecordedStatement,
  check: Checker,
): Promise<Tensor | undefined> {
  const model = await openModel(models, statement.modelId, check);
  if (!model) return undefined;
  const spec = model.layout.input;
  const { data, source } = await findInput(client, content, statement, input);
  if (!data) {
    check("input", "unknown", source);
    return undefined;
  }
  const inputHash = hashTensor({ spec, data });
  if (inputHash !== statement.inputHash) {
    check("input", "failed", `${source} It has the hash ${inputHash}; the statement names ${statement.inputHash}.`);
    return undefined;
  }
  check("input", "held", `${source} Its hash is the statement's.`);
  const output = await run(model, data, check);
  if (!output) return undefined;
  const outputHash = hashTensor(output);
  if (!answer) check("output", "unknown", "The prover has not revealed its answer, so there is nothing to compare.");
  else if (answer.outputHash === outputHash) check("output", "held", "The output is the prover's, byte for byte.");
  else check("output", "failed", `The output has the hash ${outputHash}; the prover answered ${answer.outputHash}.`);
  return output;
}

async function readRecorded(client: Client, uid: Hex): Promise<RecordedStatement> {
  const toBlock = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const { statements } = await readStatements(client, toBlock, [uid]);
  const recorded = statements.get(uid);
  if (!recorded) throw new Error(`No statement ${uid} is recorded on chain ${client.deployment.chainId}.`);
  return recorded;
}

async function readStatus({ rpc, contracts }: Client, uid: Hex): Promise<(typeof statuses)[number]> {
  const call = { ...contracts.attestationRegistry, functionName: "statusOf", args: [uid] } as const;
  return statuses[await rpc.readContract(call)] ?? "none";
}

const REVEALED = 2;

/** The last panel that was drawn for a statement. */
async function readPanel({ rpc, contracts }: Client, uid: Hex): Promise<Panel | null> {
  const seats = await rpc.readContract({ ...contracts.quorum, functionName: "seatsOf", args: [uid] });
  const last = seats.filter(({ round }) => round === seats.at(-1)?.round);
  if (last.length === 0) return null;
  return { size: last.length, votes: last.filter(({ state }) => state === REVEALED).map(({ vote }) => vote) };
}

async function openModel(models: Models, modelId: Hex, check: Checker): Promise<OpenModel | undefined> {
  try {
    const model = await models.open(modelId);
    const cid = cidOfSha256(model.publication.artifactHash);
    check("model", "held", `The file ${cid} has its hash, and its parts make the model ${modelId}.`);
    return model;
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof InvalidModelError)) throw error;
    check("model", "failed", error.message);
    return undefined;
  }
}

interface FoundInput {
  data: Uint8Array | undefined;
  /** Where the input is from, or why there is none; a sentence. */
  source: string;
}

async function findInput(
  client: Client,
  content: Content,
  { context, prover, inputHash }: RecordedStatement["statement"],
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
    const use = contextKind(context) === 0 ? "free statement" : "statement of another contract's";
    return { data: undefined, source: `This is a ${use}: its input is not on chain. ${error.message}` };
  }
}

async function assigned(client: Client, unit: Unit, prover: Hex): Promise<FoundInput> {
  const { seasonId, taskId, campaign } = unit;
  if (campaign !== client.contracts.campaign.address)
    return { data: undefined, source: `The unit is of the campaign ${campaign}, which this deployment doesn't know.` };
  const { seed } = await readSeason(client, seasonId);
  const task = (await readTasks(client, seasonId)).find((each) => each.taskId === taskId);
  if (!task) return { data: undefined, source: `Season ${seasonId} has no task ${taskId}.` };
  const data = unitInput(unitSeed(seed, taskId, prover, unit.unit), task);
  const name = `unit ${unit.unit} of task ${taskId} in season ${seasonId}`;
  return { data: new Uint8Array(data.buffer), source: `The input is the one assigned to ${name}, derived here.` };
}

async function run({ session, layout }: OpenModel, data: Uint8Array, check: Checker): Promise<Tensor | undefined> {
  try {
    const output: Tensor = { spec: layout.output, data: await session.run(data) };
    check("run", "held", `The model ran here and gave ${short(output.data)}.`);
    return output;
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    check("run", "failed", `The model has no valid run on this input: ${error.message}`);
    return undefined;
  }
}

const SHOWN_BYTES = 32;

const short = (bytes: Uint8Array): string =>
  bytes.length <= SHOWN_BYTES ? bytesToHex(bytes) : `${bytesToHex(bytes.subarray(0, SHOWN_BYTES))}…`;
