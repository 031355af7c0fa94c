import type { Attestation } from "../../sdk/wire.ts";
import { unknownWords, webMethodOf } from "../methods/index.ts";
import { type Refutation, stepsNamed } from "../methods/method.ts";
import { sentence, who } from "../sentence.ts";

/** How an attestation was refuted, and what it cost its prover. */
export interface Story extends Refutation {
  /** Points of the prover that were burned. */
  burned: bigint;
}

/** Reads the story of a refutation from an attestation's steps. */
export function storyOf(attestation: Pick<Attestation, "steps" | "outputHash" | "method">): Story {
  const refutation = webMethodOf(attestation.method.id)?.refutationOf(attestation) ?? unknown(attestation);
  const burned = stepsNamed(attestation.steps, "burned").reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  return { ...refutation, burned };
}

/** What the registry alone says about a refutation. */
function unknown({ steps, method }: Pick<Attestation, "steps" | "method">): Refutation {
  const settled = stepsNamed(steps, "settled").at(-1);
  return {
    by: settled ? sentence`not known: a transaction of ${who(settled.by)} settled it` : sentence`not known`,
    evidence: sentence`${unknownWords(method)}`,
    also: [],
  };
}
