import type { Address } from "viem";
import type { Attestation, Dispute, Step } from "../../sdk/wire.ts";

/** How an attestation was refuted, as its steps tell. */
export interface Story {
  /** The one wrong row, and who showed it; undefined where a panel decided or nobody answered. */
  row: (Dispute & { by: Address }) | undefined;
  /** The last panel's votes, as far as they were revealed; empty where none was drawn. */
  votes: { by: Address; outputHash: string; isProvers: boolean }[];
  /** Members of the last panel. */
  panel: number;
  /** The prover revealed its answer. */
  revealed: boolean;
  /** Points of the prover that were burned. */
  burned: bigint;
  /** Panel members who lost a part of their bond, in wei. */
  penalised: { account: Address; amount: bigint }[];
}

/** Reads the story of a refutation from an attestation's steps. */
export function storyOf({ steps, outputHash }: Pick<Attestation, "steps" | "outputHash">): Story {
  const drawn = only(steps, "panelDrawn").at(-1);
  return {
    row: only(steps, "rowRefuted")[0],
    votes: only(steps, "voteRevealed")
      .filter(({ round }) => round === drawn?.round)
      .map((vote) => ({ by: vote.by, outputHash: vote.outputHash, isProvers: vote.outputHash === outputHash })),
    panel: drawn?.members.length ?? 0,
    revealed: only(steps, "revealed").length > 0,
    burned: only(steps, "burned").reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    penalised: only(steps, "penalised").map(({ account, amount }) => ({ account, amount: BigInt(amount) })),
  };
}

type StepNamed<Name extends Step["step"]> = Extract<Step, { step: Name }>;

const only = <Name extends Step["step"]>(steps: readonly Step[], name: Name): StepNamed<Name>[] =>
  steps.filter((step): step is StepNamed<Name> => step.step === name);
