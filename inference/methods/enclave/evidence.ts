import type { Address, Hex } from "viem";
import { type Answer, type Attestation, answerHash, attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import type { OpenedModel } from "../../opener.ts";
import { hashTensor } from "../../tensors.ts";

/** A run that somebody asks an enclave for. */
export interface EnclaveRequest {
  prover: Address;
  /** The method's number in the registry's list. */
  method: number;
  /** The input's raw bytes. */
  input: Uint8Array;
  context: Hex;
  /** Any 32 bytes. */
  salt: Hex;
}

/** A model that an enclave runs. */
export interface EnclaveModel extends Pick<OpenedModel, "layout" | "session"> {
  /** Its name, which holds the enclave's measurement. */
  modelId: Hex;
}

/** Where an attestation is to be recorded. */
export interface Venue {
  chainId: number;
  attestationRegistry: Address;
}

/** A run, and the attestation that an enclave signs for it. */
export interface EnclaveRun {
  uid: Hex;
  attestation: Attestation;
  answer: Answer;
  /** The output's raw bytes. */
  output: Uint8Array;
}

/**
 * Runs a model and makes the attestation of the run, of which everything is computed here but what a prover may choose.
 * Throws a RangeError for an input that can't be one, an `InvalidRunError` where there is no answer.
 */
export async function runForEnclave(
  { modelId, layout, session }: EnclaveModel,
  { prover, method, input, context, salt }: EnclaveRequest,
  { chainId, attestationRegistry }: Venue,
): Promise<EnclaveRun> {
  const output = await session.run(input);
  const answer = { outputHash: hashTensor({ spec: layout.output, data: output }), traceHash: ZERO_HASH, salt };
  const attestation = {
    ...{ prover, method, modelId, context },
    inputHash: hashTensor({ spec: layout.input, data: input }),
    answer: answerHash(prover, answer),
  };
  return { uid: attestationUid(chainId, attestationRegistry, attestation), attestation, answer, output };
}
