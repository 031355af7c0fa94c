import type { RequestState } from "../../sdk/wire.ts";

// As an attestation's status: each has its own shape, so that colour alone never distinguishes them.
const shapes: Readonly<Record<RequestState, { path: string; like: string }>> = {
  open: { path: "M8 2a6 6 0 1 0 .01 0", like: "void" },
  accepted: { path: "M8 2a6 6 0 1 0 .01 0M8 4.5V8l2.5 2", like: "pending" },
  answered: { path: "M3 3h10v7H7l-3 3v-3H3z", like: "pending" },
  covered: { path: "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z", like: "pending" },
  verified: { path: "M2.5 8.5l3.5 4 7.5-9", like: "verified" },
  fallen: { path: "M3 3l10 10M13 3L3 13", like: "refuted" },
  cancelled: { path: "M13 8H4m4-4L4 8l4 4", like: "revoked" },
};

/** Where a request stands. */
export function RequestStatus({ state }: { state: RequestState }) {
  const { path, like } = shapes[state];
  return (
    <span className={`status status-${like}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={path} />
      </svg>
      {state}
    </span>
  );
}
