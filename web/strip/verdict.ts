import type { AuditState } from "../audit/messages.ts";
import { group, plural } from "../format.ts";

/** What the chip says of an audit. */
export function verdictOf(state: AuditState): string {
  switch (state.kind) {
    case "checking":
      return state.total === 0
        ? "Checking points …"
        : `Checking points: ${group(state.done)} of ${plural(state.total, "block")} read`;
    case "match":
      return `Points match the chain: ${plural(state.entries, "entry", "entries")} recomputed here`;
    case "mismatch":
      return `Points don't match the chain: ${state.differences[0]?.sentence}`;
    case "cannot":
      return state.last
        ? `Points can't be checked now; they matched up to block ${group(state.last.blockNumber)}`
        : `Points can't be checked here: ${state.why}`;
  }
}
