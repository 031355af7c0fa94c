import type { MethodName } from "../../sdk/methods/index.ts";
import { enclave } from "./enclave.ts";
import { fraudProof } from "./fraudProof.ts";
import type { IndexedMethod } from "./method.ts";
import { quorum } from "./quorum.ts";
import { zkProof } from "./zkProof.ts";

/** What the indexer knows of each method of sdk/methods. */
export const methods = { quorum, fraudProof, zkProof, enclave } satisfies Record<MethodName, IndexedMethod>;
