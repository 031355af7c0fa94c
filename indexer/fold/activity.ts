import type { Kind, Rows } from "./identity-map.ts";

/** Attestations recorded in a minute of block time. */
export interface Activity extends Minute {
  count: number;
}

interface Minute {
  /** Its start in unix seconds. */
  minute: number;
  method: number;
}

export const activity: Kind<Minute, Activity> = {
  group: ({ method }) => method,
  name: ({ minute }) => minute,
};

/** Counts an attestation that was recorded at a time. */
export function countActivity({ activity }: Rows, method: number, timestamp: number): void {
  const minute = timestamp - (timestamp % 60);
  const count = (activity.get({ minute, method })?.count ?? 0) + 1;
  activity.set({ minute, method, count });
}
