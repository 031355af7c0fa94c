import type { Hex } from "viem";
import type { MethodStep } from "../../sdk/methods/method.ts";
import { VERIFIER_PERCENT } from "../../sdk/protocol.ts";
import type { Attestation, Season, Step } from "../../sdk/wire.ts";
import { plural } from "../format.ts";
import type { Sentence } from "../sentence.ts";

/** How an attestation was refuted, in the page's words. */
export interface Refutation {
  /** Who found it. */
  by: Sentence;
  /** By what. */
  evidence: Sentence;
  /** What else it led to, each under a title. */
  also: { title: string; text: Sentence }[];
}

/** A challenge as a way down: from all that was attested to the one number that decides it. */
export interface Descent {
  /** The challenge's number, from 0. */
  challenge: number;
  by: Sentence;
  /** How it stands for the challenger; `overtaken` by another challenge that refuted the attestation. */
  state: "open" | "won" | "lost" | "overtaken" | "unknown";
  /** Whose turn it is, or how it ended. */
  standing: Sentence;
  /** From the top; the last one is what is in question, or the number that decided it. */
  levels: DescentLevel[];
}

/** Where a descent came by. */
export interface DescentLevel {
  /** `Operator 7, linear` */
  name: string;
  /** What was opened there. */
  text: Sentence;
  /** What the prover attested there and what the contract computed, int8, where it is one number. */
  numbers?: { claimed: number; correct: number };
}

/** What descents are read from. */
export type Disputed = Pick<Attestation, "steps" | "status" | "unit" | "count" | "root">;

/**
 * Its challenges as ways down, by their numbers; left out where none is one. Takes any steps, also incomplete or
 * malformed ones.
 *
 * @param kinds What kind each operator of the model is, as far as that is known.
 */
export type DescentsOf = (attestation: Disputed, kinds: readonly (string | undefined)[]) => Descent[];

/** What a method adds to the rules that hold of every season. */
export interface MethodRules {
  earnings: string[];
  penalties: string[];
}

/** A verification method as the page knows it: one file of `web/methods`, registered in `web/methods/index.ts`. */
export interface WebMethod<Own extends MethodStep> {
  /**
   * A step from the method's own event, in words; undefined if it isn't known here.
   *
   * @param answer The prover's output; null while it is hidden, and of a batch.
   */
  describe(step: Own, answer: Hex | null): Sentence | undefined;
  /** Its own rules, for a season with a task under it. */
  rulesOf(season: Season): MethodRules;
  /** How an attestation under it was refuted. */
  refutationOf(attestation: Pick<Attestation, "steps" | "outputHash">): Refutation;
}

/** Any method. Only the method itself reads its steps. */
export type AnyWebMethod = WebMethod<never>;

/** The steps of an attestation's life that come from a method's own events. */
export type StepsOf<method extends { stepOf(...args: never[]): MethodStep | undefined }> = NonNullable<
  ReturnType<method["stepOf"]>
>;

/** An attestation's steps of one kind, in order. */
export const stepsNamed = <Name extends Step["step"]>(
  steps: readonly Step[],
  name: Name,
): Extract<Step, { step: Name }>[] => steps.filter((step): step is Extract<Step, { step: Name }> => step.step === name);

/** What a unit's verifiers earn under any method, as the end of a sentence that begins with who they are. */
export const verifiersShare = (verifierCap: string): string =>
  `share ${VERIFIER_PERCENT} % of the unit's points equally, rounded down, at most ${plural(verifierCap, "point")} an account in the season.`;
