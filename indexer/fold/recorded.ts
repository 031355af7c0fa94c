import type { Address, Hex } from "viem";
import { Status } from "../../sdk/protocol.ts";
import type { LogLocation } from "../decode/events.ts";
import type { Kind, Rows } from "./identity-map.ts";
import { IntegrityError } from "./step.ts";

/** An attestation or batch and how it stands. */
export interface Attestation extends LogLocation {
  uid: Hex;
  prover: Address;
  method: number;
  modelId: Hex;
  /** Null for a batch, as is the answer: its units' inputs are assigned and its answers are under the root. */
  inputHash: Hex | null;
  context: Hex;
  answer: Hex | null;
  /** Null except for a batch. */
  root: Hex | null;
  outputHash: Hex | null;
  traceHash: Hex | null;
  salt: Hex | null;
  /** Set if it fits a task by the season's rules: only then can it earn points. */
  seasonId: number | null;
  /** The season's task; null without a season. */
  taskId: number | null;
  /** Units covered. */
  count: number;
  status: number;
  settledBlock: number | null;
  settledLog: number | null;
}

export const attestations: Kind<Pick<Attestation, "uid">, Attestation> = {
  group: () => undefined,
  name: ({ uid }) => uid,
  isDone: ({ status }) => status !== Status.pending,
};

/** The attestation that an event is about; throws `IntegrityError` where there is none. */
export function requireAttestation({ attestations }: Rows, uid: Hex, eventName: string): Attestation {
  const attestation = attestations.get({ uid });
  if (!attestation) throw new IntegrityError(`${eventName} came for attestation ${uid}, which was never recorded.`);
  return attestation;
}
