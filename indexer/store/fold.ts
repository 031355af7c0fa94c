import type { Address } from "viem";
import type { Event, EventName, EventNamed } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { attestationSteps } from "./fold-attestations.ts";
import { ledgerSteps } from "./fold-ledger.ts";
import { methodSteps } from "./fold-methods.ts";
import { modelSteps } from "./fold-models.ts";
import { seasonSteps } from "./fold-seasons.ts";
import { IntegrityError } from "./integrity.ts";
import type { Working } from "./working.ts";

/** What one kind of event does to the derived rows, and its exact inverse on the rows as they stood right after it. */
interface FoldStep<Name extends EventName> {
  /** `timestamp` of the event's block, in unix seconds. */
  apply(event: EventNamed<Name>, timestamp: number): void;
  undo(event: EventNamed<Name>, timestamp: number): void;
}

export type FoldSteps = { [Name in EventName]?: FoldStep<Name> };

/** Derived rows as a fold of events. Events without a step are told of in receipts only. */
export interface Fold {
  /**
   * Throws `IntegrityError` when the event can't follow from those before; the caller's transaction must then end.
   * `timestamp` is of the event's block, in unix seconds.
   */
  apply(event: Event, timestamp: number): void;
  /** Undoes the latest event that was applied. */
  undo(event: Event, timestamp: number): void;
}

/** A fold that leaves rows which change often in `working`, for the caller to flush. */
export function createFold(db: Db, working: Working, campaign: Address): Fold {
  const steps: FoldSteps = {
    ...modelSteps(db),
    ...methodSteps(db),
    ...seasonSteps(working),
    ...attestationSteps(db, working, campaign),
    ...ledgerSteps(db, working),
  };
  const stepOf = (event: Event) => steps[event.eventName] as FoldStep<EventName> | undefined;
  return {
    apply(event, timestamp) {
      try {
        stepOf(event)?.apply(event, timestamp);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        // Rows were looked for by a number that SQLite doesn't have.
        throw new IntegrityError(`${event.eventName} came with a number that no season or task has.`, { cause: error });
      }
    },
    undo: (event, timestamp) => stepOf(event)?.undo(event, timestamp),
  };
}
