import type { Models } from "../../inference/models.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import type { ChainState } from "../chainState.ts";
import type { Content } from "../content.ts";
import type { Report } from "../heads.ts";
import type { Job, Participant } from "../jobs.ts";
import type { Journal } from "../journal.ts";
import type { Sender } from "../sender.ts";
import type { Wish } from "../units.ts";

/** What an account can be under a method. */
export type MethodRole = "prover" | "verifier" | "appellant" | "challenger";

/** What a participant works with. */
export interface Tools {
  client: Client;
  sender: Sender;
  journal: Journal;
  /** Models of seasons' tasks. */
  models: Models;
  /** Models that only free attestations name. They wait for each other, never in the way of the seasons' models. */
  strangers: Models;
  /** Where inputs of attestations that aren't for units are found. */
  content: Content;
  /** From its abort on, nothing new is taken on. */
  leaving?: AbortSignal;
  report: Report;
  /** Told what happens on the account's seats; defaults to `report`. */
  reportSeats?: Report;
}

/** What a prover is to work on. */
export interface ProverLimits {
  /** Work for this season only; defaults to every running one. */
  seasonId?: bigint | undefined;
  /** Work on this task only; defaults to all of the method's. */
  taskId?: bigint | undefined;
  /** Most units to attest, counting those of earlier runs; defaults to all. */
  maxUnits?: number | undefined;
}

/** What anyone may do now for a pending attestation; undefined for nothing. Called once a block. */
export type Keeping = (attestation: AttestationState, state: ChainState) => Job | undefined;

/** What a participant knows of a verification method. */
export interface ParticipantMethod {
  /** The method's roles. */
  roles: Partial<Record<MethodRole, (options: Tools & ProverLimits) => Participant>>;
  /** A keeper's part; made only where the deployment has the method's contract. */
  createKeeping(client: Client, sender: Sender): Keeping;
  /** Custom errors of its contract that mean that another account already did a keeper's work. */
  doneErrors: readonly string[];
  /** Whether a unit is left that its prover would work on now. */
  hasWork(state: ChainState, wish: Wish): boolean;
}
