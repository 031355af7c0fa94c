import type { Event, EventName, EventNamed } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { ledgerSteps } from "./fold-ledger.ts";
import { modelSteps } from "./fold-models.ts";
import { seasonSteps } from "./fold-seasons.ts";
import { statementSteps } from "./fold-statements.ts";

/** What one kind of event does to the derived rows, and its exact inverse on the rows as they stood right after it. */
interface FoldStep<Name extends EventName> {
  apply(event: EventNamed<Name>): void;
  undo(event: EventNamed<Name>): void;
}

export type FoldSteps = { [Name in EventName]?: FoldStep<Name> };

/** Derived rows as a fold of events. Events without a step are told of in receipts only. */
export interface Fold {
  /** Throws `IntegrityError` when the event can't follow from those before; the caller's transaction must then end. */
  apply(event: Event): void;
  /** Undoes the latest event that was applied. */
  undo(event: Event): void;
}

export function createFold(db: Db, campaign: string): Fold {
  const steps: FoldSteps = {
    ...modelSteps(db),
    ...seasonSteps(db),
    ...statementSteps(db, campaign),
    ...ledgerSteps(db),
  };
  const stepOf = (event: Event) => steps[event.eventName] as FoldStep<EventName> | undefined;
  return {
    apply: (event) => stepOf(event)?.apply(event),
    undo: (event) => stepOf(event)?.undo(event),
  };
}
