import type { Address, Hex } from "viem";
import type { ContentReader } from "../../inference/content.ts";
import type { PublishedModel } from "../../inference/model.ts";
import type { Models, OpenModel } from "../../inference/models.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import type { Call } from "../../sdk/calls.ts";
import type { Client } from "../../sdk/client.ts";
import type { Answer, Attestation } from "../../sdk/commitments.ts";
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
  /** What a method's own participants need beside the chain, by the names of `work`'s options. */
  means?: Readonly<Record<string, string>> | undefined;
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

/** A run that somebody asked for. */
interface AskedRun {
  prover: Address;
  model: OpenModel;
  /** The input's raw bytes. */
  input: Uint8Array;
  /** What the answer is for. */
  context: Hex;
  /** 32 random bytes that the answer is hidden with. */
  salt: Hex;
}

/** A run and its attestation, which isn't sent yet. */
export interface PreparedAnswer {
  attestation: Attestation;
  answer: Answer;
  /** The output's raw bytes. */
  output: Uint8Array;
  /** Records the attestation. */
  call: Call;
  /** What must be free of the prover's deposit before, in wei, and with which contract. */
  bond: { holder: Address; amount: bigint };
  /** What the method takes of it for a right answer, in wei. */
  cost: bigint;
}

/** How an answer to a request is attested. What must follow before it is open, as a reveal, is the prover's own part. */
export interface Answering {
  /** Seconds from the attestation's record until its answer is open, at the most. */
  seconds(): Promise<bigint>;
  /** Runs the model. Throws an `InvalidModelError` or `InvalidRunError` where there is no answer. */
  prepare(run: AskedRun): Promise<PreparedAnswer>;
}

/** What a participant knows of a verification method. */
export interface ParticipantMethod {
  /** The method's roles. */
  roles: Partial<Record<MethodRole, (options: Tools & ProverLimits) => Participant>>;
  /** A keeper's part; made only where the deployment has the method's contract. */
  createKeeping(client: Client, sender: Sender): Keeping;
  /** Attests answers to requests, where the deployment has the contract; undefined if requests can't be served under it. */
  createAnswering?(client: Client, content: ContentReader): Answering;
  /** The call that has the contract admit a model, where a task can't name it before; undefined if it did already. */
  admissionCall?(client: Client, model: PublishedModel): Promise<Call | undefined>;
  /** Custom errors of its contract that mean that another account already did a keeper's work. */
  doneErrors: readonly string[];
  /** Whether a unit is left that its prover would work on now. */
  hasWork(state: ChainState, wish: Wish): boolean;
}
