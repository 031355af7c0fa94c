import type { Address } from "viem";
import type { Client } from "../../../sdk/client.ts";
import type { Attestation, Step } from "../../../sdk/wire.ts";

/** What an attestation asks of its prover's deposit, in wei. */
export interface Stake {
  /** What is locked until it is settled. */
  locked: bigint;
  /** What of that goes to those who check it, in every outcome. */
  fees: bigint;
}

/** How a visitor's browser takes part under a method. */
export type TakePart = {
  /** How units earn their points, in a sentence or two. */
  how: string;
  /** Attestations for one unit at most: a void one may be tried again. */
  maxTries: number;
  /** Reads what an attestation of `count` units locks. */
  stakeOf(client: Client, contract: Address, count: number): Promise<Stake>;
  /** Where a pending attestation stands, as a sentence for its prover. */
  standOf(attestation: Pick<Attestation, "steps" | "outputHash">): string;
  /** Why it was settled so; each goes on after a colon and has no full stop. Void is left out where it never comes. */
  settled: { verified: string; refuted: string; void?: string };
  /** What a screen reader says when an attestation was recorded. */
  recorded: string;
} & (
  | {
      /** One unit at a time: the prover commits to a hidden answer, and opens it when the method asks for it. */
      form: "hidden";
      /**
       * Whether the hidden answer of a pending attestation is to be opened now.
       *
       * @param now The chain's time, unix seconds.
       */
      isRevealTime(steps: readonly Step[], now: number): boolean;
      /** What a screen reader says when it is being opened. */
      opening: string;
    }
  /** Consecutive units of a task at once, in the open, with all their activations. */
  | { form: "batch" }
);
