import { z } from "zod";
import { DisputeOutcome, type disputeGame as known } from "../../sdk/methods/disputeGame.ts";
import { Status } from "../../sdk/protocol.ts";
import { requireAttestation } from "../fold/recorded.ts";
import { IntegrityError } from "../fold/step.ts";
import { count, decimal, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

const int8 = z.int().min(-128).max(127);
const challenge = count;
const place = { stage: count, unit: decimal.nullable(), operator: count, level: count, index: count };
const element = { row: decimal, column: decimal };

/** DisputeGame: a root is attested, and whoever disagrees walks down to one number. Who won a challenge caught the prover. */
export const disputeGame: IndexedMethod = {
  steps: {
    ChallengeClosed({ args: { id: uid, challenger, outcome }, eventName }, rows) {
      const { status } = requireAttestation(rows, uid, eventName);
      if (outcome !== DisputeOutcome.won) return;
      if (status !== Status.pending || rows.disputes.get({ uid }))
        throw new IntegrityError(`A challenge of attestation ${uid} was won when it was settled already.`);
      rows.disputes.set({ uid, challenger });
    },
  },
  stepSchemas: [
    step("challenged", { by: hex, challenge }),
    step("opened", { challenge, children: count, bytes: count, ...place }),
    step("picked", { challenge, ...place }),
    step("demanded", { challenge, ...element }),
    step("elementShown", { challenge, ...element, claimed: int8, correct: int8, ...place }),
    step("challengeClosed", { by: hex, challenge, outcome: count }),
  ] satisfies z.ZodType<Step>[],
};
