import { knownMethods, type MethodName } from "../../sdk/methods/index.ts";
import type { AnyMethod } from "../../sdk/methods/method.ts";
import { enclave } from "./enclave/enclave.ts";
import { fraudProof } from "./fraudProof/fraudProof.ts";
import type { BenchMethod } from "./method.ts";
import { quorum } from "./quorum/quorum.ts";
import { zkProof } from "./zkProof/zkProof.ts";

/** Every method's part of the benchmarks. */
const benchMethods = { quorum, fraudProof, zkProof, enclave } satisfies Record<MethodName, BenchMethod>;

/** The known methods in the order of their numbers, each with its part. */
export const inOrder = (): [method: AnyMethod, part: BenchMethod][] =>
  knownMethods()
    .map(([name, method]): [AnyMethod, BenchMethod] => [method, benchMethods[name as MethodName]])
    .sort(([a], [b]) => a.id - b.id);
