import { bytesToHex, type Hex } from "viem";
import { statuses } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import { cidOfSha256, WrongHashError } from "../../sdk/content.ts";
import { UnavailableError } from "../content.ts";
import { findWrongRow, type WrongRow } from "../methods/fraudProof/dispute.ts";
import { describeFinding } from "../methods/fraudProof/examine.ts";
import { InvalidModelError, type Models, type OpenModel } from "../models.ts";
import { InvalidRunError, type Tensor } from "../tensors.ts";

/** One thing that was looked at: it held, it failed, or it couldn't be known here. */
export interface Check {
  name: "uid" | "record" | "model" | "trace" | "tree" | "proof" | "rows" | "input" | "run" | "output";
  result: "held" | "failed" | "unknown";
  /** What was found, a sentence. */
  detail: string;
  /** Where two hashes were compared: the one that must be, and the one computed here. */
  hashes?: Hashes | undefined;
}

interface Hashes {
  expected: Hex;
  found: Hex;
}

export type Checker = (name: Check["name"], result: Check["result"], detail: string, hashes?: Hashes) => void;

/** Keeps checks as they are made, and tells `onCheck` of each. */
export function createChecks(onCheck: (check: Check) => void = () => {}): { checks: Check[]; check: Checker } {
  const checks: Check[] = [];
  return {
    checks,
    check(name, result, detail, hashes) {
      const made: Check = { name, result, detail, ...(hashes && { hashes }) };
      checks.push(made);
      onCheck(made);
    },
  };
}

/** An attestation's status by its name; adds whether it is one that doesn't speak against the attestation. */
export async function checkStatus({ rpc, contracts }: Client, id: Hex, what: string, check: Checker) {
  const call = { ...contracts.attestationRegistry, functionName: "statusOf", args: [id] } as const;
  const status = statuses[await rpc.readContract(call)] ?? "none";
  const good = status === "verified" || status === "pending";
  check("record", good ? "held" : "failed", `The registry says that the ${what} is ${status}.`);
  return status;
}

/** Fetches a model by CID and checks its parts; undefined if they fail. */
export async function checkModelOf(models: Models, modelId: Hex, check: Checker): Promise<OpenModel | undefined> {
  try {
    const model = await models.open(modelId);
    const { artifactHash } = model.publication;
    const detail = `The file ${cidOfSha256(artifactHash)} has its hash, and its parts make the model ${modelId}.`;
    check("model", "held", detail, { expected: artifactHash, found: artifactHash });
    return model;
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof InvalidModelError)) throw error;
    check("model", "failed", error.message, hashesOf(error.cause));
    return undefined;
  }
}

const hashesOf = (error: unknown): Hashes | undefined =>
  error instanceof WrongHashError ? { expected: error.expected, found: error.found } : undefined;

/** Runs a model on an input of its own shape; undefined if it has no valid run. */
export async function checkRun(
  { session, layout }: OpenModel,
  data: Uint8Array,
  check: Checker,
): Promise<Tensor | undefined> {
  try {
    const output: Tensor = { spec: layout.output, data: await session.run(data) };
    check("run", "held", `The model ran here and gave ${shortHex(output.data)}.`);
    return output;
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    check("run", "failed", `The model has no valid run on this input: ${error.message}`);
    return undefined;
  }
}

/** Recomputes every row of a trace A_0 ‖ … ‖ A_L; returns the first wrong one. */
export function checkRows(
  { layers }: OpenModel,
  trace: Uint8Array,
  unit: bigint | undefined,
  check: Checker,
): WrongRow | undefined {
  const wrong = findWrongRow(layers, trace);
  if (wrong === undefined) {
    const rows = layers.reduce((sum, { length }) => sum + length, 0);
    check("rows", "held", `All ${rows} rows were recomputed and give what the trace says.`);
    return undefined;
  }
  check("rows", "failed", `The prover ${describeFinding({ ...wrong, unit })}`);
  return wrong;
}

const SHOWN_BYTES = 32;

const shortHex = (bytes: Uint8Array): string =>
  bytes.length <= SHOWN_BYTES ? bytesToHex(bytes) : `${bytesToHex(bytes.subarray(0, SHOWN_BYTES))}…`;
