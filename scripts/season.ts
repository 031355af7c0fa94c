import { type SeasonDraft, sendSeason } from "../participant/season/send.ts";
import type { Sender } from "../participant/sender.ts";
import type { Client } from "../sdk/client.ts";
import { RevertError } from "../sdk/errors.ts";

/** Drafts a season, adds its tasks, escrows its rewards and opens it; returns its id. */
export const openSeason = async (client: Client, sender: Sender, draft: SeasonDraft): Promise<bigint> =>
  (await sendSeason(client, sender, draft)).seasonId;

const FIRST_LEAD = 20;
const LONGEST_LEAD = 300;

/**
 * Opens a season by `open`, which is given the seconds until it shall start: 20, and three times as many each time that
 * drafting took longer than that, as it may on a slow machine. Throws what `open` throws otherwise. A draft that came too
 * late is left behind, and harms nobody.
 */
export async function openInTime(open: (lead: number) => Promise<bigint>): Promise<bigint> {
  for (let lead = FIRST_LEAD; ; lead *= 3)
    try {
      return await open(lead);
    } catch (error) {
      const isLate = error instanceof RevertError && error.errorName === "ImpossibleSchedule";
      if (!isLate || 3 * lead > LONGEST_LEAD) throw error;
    }
}
