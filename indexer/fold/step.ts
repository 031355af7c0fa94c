import type { Address } from "viem";
import type { EventName, EventNamed } from "../decode/events.ts";
import type { Rows } from "./identity-map.ts";

/** Events that can't follow from those before: the node left some out, or made some up. */
export class IntegrityError extends Error {
  override name = "IntegrityError";
}

/** Where and when an event happens. */
export interface Scene {
  /** The deployment's Campaign: units of others don't count. */
  campaign: Address;
  /** Of the block, in unix seconds. */
  timestamp: number;
}

/** What one kind of event does to the rows. Throws `IntegrityError` where it can't follow from those before. */
export type FoldStep<Name extends EventName> = (event: EventNamed<Name>, rows: Rows, scene: Scene) => void;

/** Steps by the names of their events. */
export type FoldSteps = { readonly [Name in EventName]?: FoldStep<Name> };
