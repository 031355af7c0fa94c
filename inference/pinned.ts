import type { Hex } from "viem";
import { type Runtime, runtimeId } from "../sdk/commitments.ts";
import { RULES_HASH } from "./graph/rules.ts";

/**
 * The one runtime that defines a model's arithmetic: the plain CPU build of onnxruntime-web, one thread, the graph run
 * as it is written, if the rules allow it.
 */
export const pinnedRuntime: Runtime = {
  name: "onnxruntime-web@1.30.0",
  wasmHash: "0x3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
  threads: 1,
  graphLevel: 0,
  rules: RULES_HASH,
};

export const RUNTIME_ID: Hex = runtimeId(pinnedRuntime);
