import type { AttestationSummary } from "../../sdk/wire.ts";
import type { Recorded } from "./messages.ts";

/** Where the indexer differs from the chain, a sentence each; a status that isn't final may only be behind. */
export function disagreements(served: AttestationSummary, recorded: Recorded): string[] {
  const pairs: readonly (readonly [string, string | number | null, string | number | null])[] = [
    ["prover", served.prover, recorded.prover],
    ["model", served.modelId, recorded.modelId],
    ["method", served.method.id, recorded.method],
    ["context", served.context, recorded.context],
    ["input", served.inputHash, recorded.inputHash],
    ["output", served.outputHash ?? recorded.outputHash, recorded.outputHash],
    ["root", served.root, recorded.root],
    ["status", served.status === "pending" ? recorded.status : served.status, recorded.status],
  ];
  return pairs.flatMap(([what, indexer, chain]) =>
    indexer === chain ? [] : [`Of the ${what}, the indexer says ${indexer}; the chain says ${chain}.`],
  );
}
