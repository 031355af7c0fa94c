import { checksum as getAddress } from "ox/Address";
import { fromNumber as numberToHex } from "ox/Hex";
import type { Address, Hex } from "viem";
import { ZERO_HASH } from "./commitments.ts";

/** Context of a free inference: all zero. */
export const FREE_CONTEXT = ZERO_HASH;

/** A unit of a campaign, whose account is the prover. */
export interface Unit extends UnitIds {
  campaign: Address;
}

/** A unit within its campaign. */
interface UnitIds {
  seasonId: bigint;
  taskId: bigint;
  unit: bigint;
}

/** What a context says: kind 0 free, 1 a unit, 2 a request, 3 an action. */
export const contextKind = (context: Hex): number => Number.parseInt(context.slice(2, 4), 16);

/** u8 kind = 1 ‖ 20 bytes contract ‖ u24 season ‖ u24 task ‖ u40 unit. Throws when an id doesn't fit its width. */
export function unitContext({ campaign, seasonId, taskId, unit }: Unit): Hex {
  return `0x01${campaign.slice(2).toLowerCase()}${[
    numberToHex(seasonId, { size: 3 }),
    numberToHex(taskId, { size: 3 }),
    numberToHex(unit, { size: 5 }),
  ]
    .map((id) => id.slice(2))
    .join("")}`;
}

/** Reads the context of a unit; undefined for any other kind. */
export function unitOf(context: Hex): Unit | undefined {
  if (contextKind(context) !== 1) return undefined;
  return { campaign: getAddress(`0x${context.slice(4, 44)}`), ...idsOf(context) };
}

/** Reads the context of a unit of this campaign; undefined for any other context. Faster than {@link unitOf}. */
export const unitWithin = (context: Hex, campaign: Address): UnitIds | undefined =>
  context.slice(2, 44).toLowerCase() === `01${campaign.slice(2).toLowerCase()}` ? idsOf(context) : undefined;

const idsOf = (context: Hex): UnitIds => ({
  seasonId: BigInt(`0x${context.slice(44, 50)}`),
  taskId: BigInt(`0x${context.slice(50, 56)}`),
  unit: BigInt(`0x${context.slice(56)}`),
});
