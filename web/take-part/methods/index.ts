import { type MethodName, partOf } from "../../../sdk/methods/index.ts";
import { fraudProof } from "./fraudProof.ts";
import type { TakePart } from "./method.ts";
import { quorum } from "./quorum.ts";

/** How a browser works on units, under the methods under which it can. */
const takeParts: Partial<Record<MethodName, TakePart>> = { quorum, fraudProof };

/** How a browser takes part under the method with this number; undefined if it can't. */
export const takePartOf = (id: number): TakePart | undefined => partOf<TakePart>(takeParts, id);
