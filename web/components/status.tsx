import type { AttestationStatus } from "../../sdk/wire.ts";

// Each has its own shape, so that colour alone never distinguishes them.
const shapes: Readonly<Record<AttestationStatus, string>> = {
  pending: "M8 2a6 6 0 1 0 .01 0M8 4.5V8l2.5 2",
  verified: "M2.5 8.5l3.5 4 7.5-9",
  refuted: "M3 3l10 10M13 3L3 13",
  void: "M8 2a6 6 0 1 0 .01 0M4 12l8-8",
  revoked: "M13 8H4m4-4L4 8l4 4",
};

/** How an attestation stands. */
export function Status({ status }: { status: AttestationStatus }) {
  return (
    <span className={`status status-${status}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={shapes[status]} />
      </svg>
      {status}
    </span>
  );
}
