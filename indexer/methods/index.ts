import { fraudProof } from "./fraudProof.ts";
import type { IndexedMethod } from "./method.ts";
import { quorum } from "./quorum.ts";

/** The methods that the indexer knows more of than what the registry tells. */
export const methods = { quorum, fraudProof } satisfies Record<string, IndexedMethod>;
