import { type Address, bytesToHex, type Hex, hexToBytes, isHex, recoverAddress, size } from "viem";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { type Answer, type Attestation, answerHash, attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { runDigest } from "../../../sdk/enclaves.ts";
import { TryAgainError } from "../../sender.ts";

/** What an enclave is asked to run and sign: the body of `POST /runs`, as JSON. */
export interface RunRequest {
  chainId: number;
  attestationRegistry: Address;
  /** The contract `Enclave`. */
  enclave: Address;
  /** The method's number in the registry's list. */
  method: number;
  prover: Address;
  modelId: Hex;
  /** The input's raw bytes. */
  input: Hex;
  context: Hex;
  salt: Hex;
}

/** What it answers. */
export interface RunAnswer {
  uid: Hex;
  /** The output's raw bytes, and their tensor hash. */
  output: Hex;
  outputHash: Hex;
  /** r ‖ s ‖ v of the uid's run digest. */
  signature: Hex;
}

/** What `GET /document` answers. */
export interface DocumentAnswer {
  /** The Nitro attestation document, which names the public key. */
  document: Hex;
  /** 0x04 ‖ x ‖ y. */
  publicKey: Hex;
}

/** A run that an enclave signed, as `attest` takes it. */
export interface SignedRun {
  uid: Hex;
  attestation: Attestation;
  answer: Answer;
  /** The enclave's signature. */
  evidence: Hex;
  signer: Address;
}

/** Milliseconds that a run may take. */
const PATIENCE_MS = 120_000;

/**
 * Asks an enclave to run a model and sign the attestation, which is made again here. Throws an `InvalidRunError` where the
 * enclave has no answer, a `TryAgainError` where it can't be reached or answers nonsense.
 *
 * @param url Where the enclave's program listens.
 * @param inputHash The input's tensor hash.
 */
export async function runInEnclave(url: string, request: RunRequest, inputHash: Hex): Promise<SignedRun> {
  const { chainId, attestationRegistry, enclave, method, prover, modelId, context, salt } = request;
  const found = await post(new URL("/runs", url), request);
  const answer: Answer = { outputHash: found.outputHash, traceHash: ZERO_HASH, salt };
  const attestation = { prover, method, modelId, inputHash, context, answer: answerHash(prover, answer) };
  const uid = attestationUid(chainId, attestationRegistry, attestation);
  if (uid !== found.uid)
    throw new TryAgainError(`The enclave at ${url} signed ${found.uid}; what was asked for is ${uid}.`);
  const hash = runDigest(chainId, enclave, uid);
  const signer = await recoverAddress({ hash, signature: found.signature });
  return { uid, attestation, answer, evidence: found.signature, signer };
}

async function post(url: URL, request: RunRequest): Promise<RunAnswer> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    body = await response.json();
  } catch (error) {
    throw new TryAgainError(`The enclave at ${url.origin} doesn't answer: ${(error as Error).message}.`);
  }
  if (response.ok && isAnswer(body)) return body;
  const { error } = (body ?? {}) as { error?: unknown };
  const why = typeof error === "string" ? error : `It answers with status ${response.status}.`;
  if (response.status === 422) throw new InvalidRunError(why);
  throw new TryAgainError(`The enclave at ${url.origin} refuses: ${why}`);
}

function isAnswer(value: unknown): value is RunAnswer {
  const { uid, output, outputHash, signature } = (value ?? {}) as Record<string, unknown>;
  return isHex(output) && isBytes(uid, 32) && isBytes(outputHash, 32) && isBytes(signature, 65);
}

const isBytes = (value: unknown, length: number): value is Hex =>
  isHex(value) && size(value) === length && bytesToHex(hexToBytes(value)) === value;
