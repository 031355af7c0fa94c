import type { Address, Hex } from "viem";
import { z } from "zod";
import type { fraudProof as known } from "../../sdk/methods/fraudProof.ts";
import { Status } from "../../sdk/protocol.ts";
import type { Kind } from "../fold/identity-map.ts";
import { requireAttestation } from "../fold/recorded.ts";
import { IntegrityError } from "../fold/step.ts";
import { count, decimal, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

const int8 = z.int().min(-128).max(127);
const position = { index: count, unit: decimal.nullable(), layer: count, row: count };

/** Who showed a wrong row of an attestation. */
export interface Dispute {
  uid: Hex;
  challenger: Address;
}

export const disputes: Kind<Pick<Dispute, "uid">, Dispute> = {
  group: () => undefined,
  name: ({ uid }) => uid,
};

/** FraudProof: activations are on chain, and anyone who shows a wrong row refutes them. */
export const fraudProof: IndexedMethod = {
  steps: {
    RowRefuted({ args: { id: uid, challenger }, eventName }, rows) {
      const { status } = requireAttestation(rows, uid, eventName);
      if (status !== Status.pending || rows.disputes.get({ uid }))
        throw new IntegrityError(`A row of attestation ${uid} was refuted when it was settled already.`);
      rows.disputes.set({ uid, challenger });
    },
  },
  catchersOf({ uid }, rows) {
    const dispute = rows.disputes.get({ uid });
    return dispute ? [dispute.challenger] : [];
  },
  stepSchemas: [step("rowRefuted", { by: hex, ...position, claimed: int8, correct: int8 })] satisfies z.ZodType<Step>[],
};
