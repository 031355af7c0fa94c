import type { Attestation } from "../../sdk/wire.ts";

/** What is proven of an attestation by now, and what is not. */
export function Proven({
  attestation: { proven, notProven },
}: {
  attestation: Pick<Attestation, "proven" | "notProven">;
}) {
  return (
    <dl className="proven">
      <dt>Proven</dt>
      <dd>{proven}</dd>
      <dt>Not proven</dt>
      <dd>{notProven}</dd>
    </dl>
  );
}
