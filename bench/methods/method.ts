import type { Address, Hex } from "viem";
import type { Site } from "../site.ts";
import type { LedgerScript } from "../sync/ledger-script.ts";

/** Gas by the name of its row. */
export type Gas = Record<string, number>;

/** A method's part of the benchmarks. */
export interface BenchMethod {
  /** Deploys its contract on a site; what it measures there is asked once the method is on the registry's list. */
  deploy(site: Site): Promise<{ contract: { getAddress(): Promise<string> }; measure(): Promise<Gas> }>;
  /** Kinds of attestations that a generated season holds under it. */
  kinds: readonly AttestationKind[];
}

/** A kind of attestation of a generated season. */
export interface AttestationKind {
  /** How often it is drawn, beside the weights of all other kinds. */
  weight: number;
  /** Units that one covers. */
  units: number;
  /** What happens to one. @param someone Gives an account of the season. */
  write(script: LedgerScript, attestation: NewAttestation, someone: () => Address): Steps;
}

/** An attestation to be made. */
export interface NewAttestation {
  prover: Address;
  modelId: Hex;
  context: Hex;
}

/** What happens to an attestation, one after the other: each adds a log. */
export type Steps = (() => void)[];
