import { bytesToHex, type Hex } from "viem";
import type { Client } from "../../sdk/client.ts";
import { cidOfSha256, WrongHashError } from "../../sdk/content.ts";
import { Status, statusName } from "../../sdk/protocol.ts";
import { UnavailableError } from "../content.ts";
import { InvalidModelError } from "../failures.ts";
import { type Models, NoFileError, type OpenModel } from "../models.ts";
import type { OnByte } from "../runtime.ts";
import { InvalidRunError, type Tensor } from "../tensors.ts";

/** A kind of check. */
export interface CheckKind {
  /** One short word, as the command prints it. */
  name: string;
  /** The page's heading for it. */
  title: string;
  /**
   * What it is about: what the chain recorded and the model that it names, without which nothing can be compared; the
   * run; the prover's answer, compared with what was found here; or the attestation's status, whatever the model gives.
   */
  about: "record" | "run" | "answer" | "standing";
}

/** One check: it held, it failed, or it couldn't be decided here. */
export interface Check extends CheckKind {
  result: "held" | "failed" | "unknown";
  /** The finding, as a sentence. */
  detail: string;
  /** If two hashes were compared: the expected one, and the one computed here. */
  hashes?: Hashes | undefined;
}

interface Hashes {
  expected: Hex;
  found: Hex;
}

/** Records a check. */
export type Checker = (kind: CheckKind, result: Check["result"], detail: string, hashes?: Hashes) => void;

/** The checks that are made under every method. */
export const shared = {
  uid: { name: "uid", title: "Name", about: "record" },
  record: { name: "record", title: "Registry", about: "standing" },
  tree: { name: "tree", title: "Tree", about: "record" },
  proof: { name: "proof", title: "Place in the batch", about: "record" },
  model: { name: "model", title: "Model", about: "record" },
  input: { name: "input", title: "Input", about: "run" },
  run: { name: "run", title: "Run", about: "run" },
  output: { name: "output", title: "Output", about: "answer" },
  method: { name: "method", title: "Method", about: "standing" },
} as const satisfies Record<string, CheckKind>;

/** Collects checks as they are made, and calls `onCheck` with each. */
export function createChecks(onCheck: (check: Check) => void = () => {}): { checks: Check[]; check: Checker } {
  const checks: Check[] = [];
  return {
    checks,
    check(kind, result, detail, hashes) {
      const made: Check = { ...kind, result, detail, ...(hashes && { hashes }) };
      checks.push(made);
      onCheck(made);
    },
  };
}

/** An attestation's status, as the registry counts; adds whether it is one that doesn't speak against the attestation. */
export async function checkStatus({ rpc, contracts }: Client, id: Hex, what: string, check: Checker): Promise<number> {
  const status = await rpc.readContract({ ...contracts.attestationRegistry, functionName: "statusOf", args: [id] });
  const good = status === Status.verified || status === Status.pending;
  check(shared.record, good ? "held" : "failed", `The registry says that the ${what} is ${statusName(status)}.`);
  return status;
}

/** Fetches a model by CID and checks its parts; undefined if they fail. */
export async function checkModelOf(models: Models, modelId: Hex, check: Checker): Promise<OpenModel | undefined> {
  try {
    const model = await models.open(modelId);
    const { artifactHash } = model.publication;
    const detail = `The file ${cidOfSha256(artifactHash)} has its hash, and its parts make the model ${modelId}.`;
    check(shared.model, "held", detail, { expected: artifactHash, found: artifactHash });
    return model;
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof InvalidModelError)) throw error;
    if (error instanceof NoFileError) {
      check(shared.model, "unknown", `${error.message} Nothing can be run again here.`);
      return undefined;
    }
    check(shared.model, "failed", error.message, hashesOf(error.cause));
    return undefined;
  }
}

const hashesOf = (error: unknown): Hashes | undefined =>
  error instanceof WrongHashError ? { expected: error.expected, found: error.found } : undefined;

/** Reads an input; undefined if the model can't run on it. */
export function checkInputOf(read: () => Tensor, source: string, check: Checker): Tensor | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    check(shared.input, "failed", `${source} ${error.message}`);
    return undefined;
  }
}

/** Runs a model on an input that it can run on; undefined if it has no valid run. */
export async function checkRun(
  { session, layout }: OpenModel,
  data: Uint8Array,
  check: Checker,
  onByte?: OnByte,
): Promise<Tensor | undefined> {
  try {
    const output: Tensor = { spec: layout.output, data: await session.run(data, onByte) };
    check(shared.run, "held", `The model ran here and gave ${shortHex(output.data)}.`);
    return output;
  } catch (error) {
    if (!(error instanceof InvalidRunError)) throw error;
    check(shared.run, "failed", `The model has no valid run on this input: ${error.message}`);
    return undefined;
  }
}

const SHOWN_BYTES = 32;

const shortHex = (bytes: Uint8Array): string =>
  bytes.length <= SHOWN_BYTES ? bytesToHex(bytes) : `${bytesToHex(bytes.subarray(0, SHOWN_BYTES))}…`;
