import type { Deployment } from "../../sdk/deployment.ts";
import type { Event, EventName } from "../decode/events.ts";
import type { Header } from "../ingest/blocks.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import { attestationSteps } from "./attestations.ts";
import { badgeSteps } from "./badges.ts";
import type { Changes } from "./changes.ts";
import { coverSteps } from "./covers.ts";
import { endSteps } from "./ends.ts";
import type { IdentityMap } from "./identity-map.ts";
import { ledgerSteps } from "./ledger.ts";
import { methodSteps } from "./methods.ts";
import { modelSteps } from "./models.ts";
import { paymentSteps } from "./payments.ts";
import { profileSteps } from "./profiles.ts";
import { requestSteps } from "./requests.ts";
import { rewardSteps } from "./rewards.ts";
import { seasonSteps } from "./seasons.ts";
import { type FoldStep, type FoldSteps, IntegrityError, type Scene } from "./step.ts";

/** A block and its events. */
export interface Block {
  header: Header;
  events: readonly Event[];
}

/** Steps for events of the core contracts. Events without a step only appear in receipts. */
const core: FoldSteps = {
  ...{ ...modelSteps, ...methodSteps, ...seasonSteps, ...attestationSteps, ...ledgerSteps },
  ...{ ...endSteps, ...rewardSteps, ...badgeSteps, ...requestSteps, ...coverSteps, ...paymentSteps },
  ...profileSteps,
};

/** The step of an event, if any; events of a method's contract have the method's steps. */
function stepOf({ method, eventName }: Event): FoldStep<EventName> | undefined {
  const steps = method === undefined ? core : (methods as Record<string, IndexedMethod>)[method]?.steps;
  return steps?.[eventName] as FoldStep<EventName> | undefined;
}

/**
 * What blocks that follow one another do to the rows; `cursor` is the last one of them, with events or not. Throws
 * `IntegrityError` when an event can't follow from those before, or what loading a row throws; `held` is then as it was.
 */
export function fold(held: IdentityMap, blocks: readonly Block[], cursor: Header, deployment: Deployment): Changes {
  try {
    for (const block of blocks) foldBlock(held, block, deployment);
  } catch (error) {
    held.revert();
    throw error;
  }
  return { cursor, rows: held.take() };
}

// Loops of their own, here and elsewhere, are compiled once: docs/performance.md, Loops.
function foldBlock(held: IdentityMap, { header, events }: Block, deployment: Deployment): void {
  const scene: Scene = { deployment, timestamp: header.timestamp, cause: undefined };
  for (const event of events) {
    apply(held, event, scene);
    if (event.eventName !== "Credited") scene.cause = event;
  }
}

function apply({ rows }: IdentityMap, event: Event, scene: Scene): void {
  try {
    stepOf(event)?.(event, rows, scene);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new IntegrityError(`${event.eventName} came with a number that no season or task has.`, { cause: error });
  }
}
