import type { Address, Hex } from "viem";
import { Status } from "../../sdk/protocol.ts";
import type { LogLocation } from "../decode/events.ts";
import type { Kind } from "./identity-map.ts";
import { requireAttestation } from "./recorded.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

interface OfCover {
  /** The attestation, or a batch's id. */
  uid: Hex;
  beneficiary: Address;
  /** Zero for ETH. */
  token: Address;
}

/** Money that a prover locked for the one who acts on its attestation. Located where it was first locked. */
export interface CoverRow extends OfCover, LogLocation {
  prover: Address;
  /** All that was locked, decimal. */
  amount: string;
  /** Who got it in the end; null before, as is what follows. */
  paidTo: Address | null;
  settledBlock: number | null;
  settledLog: number | null;
}

export const covers: Kind<OfCover, CoverRow> = {
  group: () => undefined,
  name: ({ uid, beneficiary, token }) => `${uid} ${beneficiary} ${token}`,
  isDone: ({ paidTo }) => paidTo !== null,
};

const NOBODY = `0x${"0".repeat(40)}`;

/** Who gets the cover of a final attestation. */
const receiverOf = (status: number, { prover, beneficiary }: CoverRow): Address =>
  status === Status.verified ? prover : beneficiary;

/** How provers lock cover, and who gets it. */
export const coverSteps: FoldSteps = {
  CoverLocked({ args: { uid, beneficiary, token, prover, amount }, location, eventName }, rows) {
    const attestation = requireAttestation(rows, uid, eventName);
    if (attestation.status !== Status.pending || attestation.prover !== prover)
      throw new IntegrityError(`Cover was locked by ${prover} for ${uid}, which is no pending attestation of it.`);
    if (amount === 0n || beneficiary === NOBODY) throw new IntegrityError(`Cover of nothing was locked for ${uid}.`);
    const before = rows.covers.get({ uid, beneficiary, token });
    const unsettled = { prover, paidTo: null, settledBlock: null, settledLog: null };
    rows.covers.set({
      ...(before ?? { uid, beneficiary, token, ...unsettled, ...location }),
      amount: String(BigInt(before?.amount ?? 0) + amount),
    });
  },
  CoverSettled({ args: { uid, beneficiary, token, to, amount }, location, eventName }, rows) {
    const cover = rows.covers.get({ uid, beneficiary, token });
    if (!cover || cover.paidTo !== null)
      throw new IntegrityError(`Cover of ${uid} was settled for ${beneficiary}, for whom none is locked.`);
    const { status } = requireAttestation(rows, uid, eventName);
    if (status === Status.pending || to !== receiverOf(status, cover) || String(amount) !== cover.amount)
      throw new IntegrityError(
        `${amount} of the cover of ${uid} went to ${to}: ${cover.amount} are locked, and its status is ${status}.`,
      );
    rows.covers.set({ ...cover, paidTo: to, settledBlock: location.blockNumber, settledLog: location.logIndex });
  },
};
