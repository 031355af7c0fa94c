import type { Address, Hex } from "viem";
import { IntegrityError } from "../fold/integrity.ts";
import { requireAttestation } from "../fold/recorded.ts";
import type { Kind } from "../fold/rows.ts";
import { PENDING } from "../fold/statuses.ts";
import type { IndexedMethod } from "./method.ts";

/** Who showed a wrong row of an attestation. */
export interface Dispute {
  uid: Hex;
  challenger: Address;
}

export const disputes: Kind<Pick<Dispute, "uid">, Dispute> = {
  group: () => undefined,
  name: ({ uid }) => uid,
};

/** FraudProof: activations are on chain, and whoever shows a wrong row refutes them. */
export const fraudProof: IndexedMethod = {
  steps: {
    RowRefuted({ args: { id: uid, challenger }, eventName }, rows) {
      const { status } = requireAttestation(rows, uid, eventName);
      if (status !== PENDING || rows.disputes.get({ uid }))
        throw new IntegrityError(`A row of attestation ${uid} was refuted when it was settled already.`);
      rows.disputes.set({ uid, challenger });
    },
  },
  catchersOf({ uid }, rows) {
    const dispute = rows.disputes.get({ uid });
    return dispute ? [dispute.challenger] : [];
  },
};
