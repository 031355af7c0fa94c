import type { Address } from "viem";
import type { z } from "zod";
import type { SeatVote } from "../../sdk/wire.ts";
import type { Event, EventName } from "../decode/events.ts";
import type { Rows } from "../fold/identity-map.ts";
import type { Attestation } from "../fold/recorded.ts";
import type { FoldSteps } from "../fold/step.ts";

/** What a panel member did with a seat. */
interface SeatUse {
  round: number;
  vote: SeatVote;
  /** By all its seats of the attestation, in wei. */
  lost: bigint;
}

/** What the indexer knows about a verification method beyond sdk/methods. Rows of its own are declared in fold/kinds.ts. */
export interface IndexedMethod {
  /** What its contract's events do to rows, if anything. */
  steps?: FoldSteps;
  /** Who caught a refuted attestation; nobody if it is another method's. */
  catchersOf?(attestation: Attestation, rows: Rows): Iterable<Address>;
  /** What was lost by each seat that was missed, in wei, by an attestation's events; undefined where nobody has seats. */
  missedSeats?(events: readonly Event[]): bigint[];
  /** Names of the events that give seats on a panel for `uid` to `members`. */
  seatEvents?: readonly EventName[];
  /** What a member did with the seat that the event `drawn` gave it, by an attestation's events. */
  seatOf?(drawn: Event, events: readonly Event[], account: Address): SeatUse;
  /** Schemas of the steps that its `stepOf` of sdk/methods returns, for the OpenAPI document. */
  stepSchemas: readonly z.ZodObject[];
}
