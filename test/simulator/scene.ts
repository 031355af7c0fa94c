import type { Address, Hex } from "viem";
import type { Answer, Attestation, Batch } from "../../sdk/commitments.ts";
import type { DeployedContract, Deployment } from "../../sdk/deployment.ts";

/** A transaction to be sent. */
export interface Act {
  from: Address;
  to: Address;
  data: Hex;
}

export type Stage = "hidden" | "open" | "verified" | "refuted" | "over";

/** An attestation or batch on a unit, and how far it has come. */
export interface Claimed {
  id: Hex;
  stage: Stage;
  prover: Address;
  method: number;
  single?: { attestation: Attestation; opened: Answer };
  batch?: Batch;
  /** Panel members who have voted. */
  voters: readonly Address[];
}

/** What actors know after a block. Never changed: the next block has its own. */
export interface Memory {
  claims: readonly Claimed[];
  free: readonly Attestation[];
  /** The next unit of each account, by season and task. */
  units: Readonly<Record<string, number>>;
  /** Open and seeded seasons, each with task 1 by method 1 and task 2 by method 2. */
  seasons: readonly bigint[];
  /** Open seasons that await their seed, and the block they were opened in. */
  unseeded: readonly { seasonId: bigint; openedIn: number }[];
}

export const nothing: Memory = { claims: [], free: [], units: {}, seasons: [], unseeded: [] };

/** What acts are about. */
export interface Scene {
  deployment: Deployment;
  modelId: Hex;
  layout: Hex;
  /** Base inputs of every task. */
  inputs: Hex;
  /** What rewards are paid in; the first account has plenty of it. */
  token: Address;
  /** The first one may draft and open seasons. */
  accounts: readonly Address[];
}

/** The block that acts are for. */
export interface Moment {
  number: number;
  /** About its time, in unix seconds. */
  time: number;
}

/** Acts, and what is known once they are on the chain. */
export interface Step {
  acts: Act[];
  after: Memory;
}

/** Where attestations are recorded. */
export const registryOf = ({ deployment }: Scene): Address => deployment.contracts.AttestationRegistry.address;

/** Where a method stands: 1 in Quorum's place, 2 in FraudProof's. */
export const methodOf = ({ deployment: { contracts } }: Scene, method: number): Address =>
  ((method === 1 ? contracts.Quorum : contracts.FraudProof) as DeployedContract).address;

/** A transaction to a method. */
export const toMethod = (scene: Scene, method: number, from: Address, data: (method: Address) => Hex): Act => ({
  ...{ from, to: methodOf(scene, method), data: data(methodOf(scene, method)) },
});
