import type { MethodName } from "../../sdk/methods/index.ts";
import { descentsOf } from "../methods/disputeGame/descents.ts";
import type { DescentsOf } from "../methods/method.ts";

/** How challenges are read as ways down, under the methods whose challenges are. */
export const descents: Partial<Record<MethodName, DescentsOf>> = { disputeGame: descentsOf };
