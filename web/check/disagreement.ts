import type { AttestationSummary } from "../../sdk/wire.ts";
import type { Recorded } from "./messages.ts";

/** What the indexer says otherwise than the chain, a sentence each; a status that is not final may just be behind. */
export function disagreements(said: AttestationSummary, recorded: Recorded): string[] {
  const pairs: readonly (readonly [string, string | number | null, string | number | null])[] = [
    ["prover", said.prover, recorded.prover],
    ["model", said.modelId, recorded.modelId],
    ["method", said.method.id, recorded.method],
    ["context", said.context, recorded.context],
    ["input", said.inputHash, recorded.inputHash],
    ["output", said.outputHash ?? recorded.outputHash, recorded.outputHash],
    ["root", said.root, recorded.root],
    ["status", said.status === "pending" ? recorded.status : said.status, recorded.status],
  ];
  return pairs.flatMap(([what, indexer, chain]) =>
    indexer === chain ? [] : [`Of the ${what}, the indexer says ${indexer}; the chain says ${chain}.`],
  );
}
