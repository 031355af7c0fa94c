import type { Address } from "viem";
import type { LogLocation } from "../decode/events.ts";
import type { Once } from "./identity-map.ts";
import { idOf } from "./seasons.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A badge that was minted to an account for its place in a final order. */
export interface Badge extends LogLocation {
  seasonId: number;
  place: number;
  account: Address;
}

/** A badge is minted once: the store refuses a second row. */
export const badges: Once<Badge> = { once: true };

const NOBODY = `0x${"0".repeat(40)}`;

/** A badge's id: u24 season ‖ u32 place. */
const PLACE_BITS = 32;

export const badgeId = (seasonId: number, place: number): bigint =>
  (BigInt(seasonId) << BigInt(PLACE_BITS)) | BigInt(place);

/** Badges, which are minted and never transferred. */
export const badgeSteps: FoldSteps = {
  Transfer({ args: { from, to, tokenId }, location }, rows) {
    if (from !== NOBODY) throw new IntegrityError(`Badge ${tokenId} was transferred by ${from}.`);
    const seasonId = idOf(tokenId >> BigInt(PLACE_BITS));
    const place = Number(BigInt.asUintN(PLACE_BITS, tokenId));
    const isFinal = rows.ends.get({ seasonId })?.poster != null;
    const { participants = 0 } = rows.seasons.get({ seasonId }) ?? {};
    const { lastSeq = 0n } = rows.entries.get({ seasonId, account: to }) ?? {};
    if (!isFinal || place < 1 || place > participants || lastSeq === 0n)
      throw new IntegrityError(`Badge ${tokenId} was minted to ${to}, who has no such place in a final order.`);
    rows.badges.add({ seasonId, place, account: to, ...location });
  },
};
