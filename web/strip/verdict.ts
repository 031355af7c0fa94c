import type { AuditState, SecondState } from "../audit/messages.ts";
import { group, plural } from "../format.ts";

/** What the chip says of an audit. */
export function verdictOf(state: AuditState): string {
  switch (state.kind) {
    case "checking":
      return state.total === 0
        ? "Checking points …"
        : `Checking points: ${group(state.done)} of ${plural(state.total, "block")} read`;
    case "match":
      return `Points match the chain: ${plural(state.entries, "entry", "entries")} recomputed here${addition(state.second)}`;
    case "mismatch":
      return `Points don't match the chain: ${state.differences[0]?.sentence}`;
    case "cannot":
      return state.last
        ? `Points can't be checked now; they matched up to block ${group(state.last.blockNumber)}`
        : `Points can't be checked here: ${state.why}`;
  }
}

function addition(second: SecondState | undefined): string {
  if (second?.kind === "agrees") return ", over two RPCs";
  return second?.kind === "cannot" ? "; the second RPC can't be asked" : "";
}

/** What a second RPC says, in a sentence. */
export function secondOf(state: SecondState | undefined): string {
  switch (state?.kind) {
    case undefined:
      return "It is being asked.";
    case "differs":
      return "It differs from the first one, as said above.";
    case "cannot":
      return `It can't be asked: ${state.why}`;
    case "agrees": {
      const header = state.sealed
        ? "Its header hashes to its hash."
        : "This chain's headers have a form that isn't known here, so they are believed as told.";
      return `It says the same up to block ${group(state.blockNumber)}. ${header}`;
    }
  }
}
