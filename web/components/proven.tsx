import type { Statement } from "../../sdk/wire.ts";

/** What is proven of a statement by now, and what is not. */
export function Proven({ statement: { proven, notProven } }: { statement: Pick<Statement, "proven" | "notProven"> }) {
  return (
    <dl className="proven">
      <dt>Proven</dt>
      <dd>{proven}</dd>
      <dt>Not proven</dt>
      <dd>{notProven}</dd>
    </dl>
  );
}
