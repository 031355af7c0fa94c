import type { Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  type EnclaveModel,
  type EnclaveRequest,
  type EnclaveRun,
  runForEnclave,
  type Venue,
} from "../inference/methods/enclave/evidence.ts";
import { runMessage } from "../sdk/enclaves.ts";

/** A run that this enclave signed. */
interface SignedRun extends EnclaveRun {
  /** r ‖ s ‖ v. */
  signature: Hex;
}

/** Runs models and signs what they gave. */
export interface Signer {
  /** 0x04 ‖ x ‖ y. */
  publicKey: Hex;
  /** Runs a model and signs the attestation for the contract `Enclave` at an address. */
  sign(model: EnclaveModel, request: EnclaveRequest, venue: Venue & { enclave: Hex }): Promise<SignedRun>;
}

/**
 * A signer with a key of its own, made here from the system's randomness and never shown. It signs nothing but attestations of
 * runs that it made itself.
 */
export function createSigner(): Signer {
  const account = privateKeyToAccount(generatePrivateKey());
  return {
    publicKey: account.publicKey,
    async sign(model, request, venue) {
      const run = await runForEnclave(model, request, venue);
      return { ...run, signature: await account.signTypedData(runMessage(venue.chainId, venue.enclave, run.uid)) };
    },
  };
}
