import type { Deployment } from "../../sdk/deployment.ts";
import type { Event, EventName, EventNamed } from "../decode/events.ts";
import type { Rows } from "./identity-map.ts";

/** Events that can't follow from those before: the node left some out, or made some up. */
export class IntegrityError extends Error {
  override name = "IntegrityError";
}

/** Where and when an event happens. */
export interface Scene {
  deployment: Deployment;
  /** Of the block, in unix seconds. */
  timestamp: number;
  /** The block's last event before that isn't `Credited`: those are written behind the event that is their reason. */
  cause: Event | undefined;
}

/** What one kind of event does to the rows. Throws `IntegrityError` where it can't follow from those before. */
export type FoldStep<Name extends EventName> = (event: EventNamed<Name>, rows: Rows, scene: Scene) => void;

/** Steps by the names of their events. */
export type FoldSteps = { readonly [Name in EventName]?: FoldStep<Name> };
