import type { Address, Hex } from "viem";
import type { LogLocation } from "../decode/events.ts";
import type { Once } from "./identity-map.ts";

/** Something that an account did, or was to do, for an attestation of anybody, and the event that says so. */
interface Served extends LogLocation {
  account: Address;
  uid: Hex;
}

/** Refutations that accounts took part in, at their settlements. */
export type Catch = Served;

export const catches: Once<Catch> = { once: true };

/** Seats that accounts were drawn for. */
export type Seat = Served;

export const seats: Once<Seat> = { once: true };
