import { padHex } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import type { EventLocation, Season, SeasonRewards } from "../../../sdk/wire.ts";
import { account } from "../audit/story.ts";

export const at: EventLocation = { blockNumber: 7, timestamp: 2_000, transactionHash: ZERO_HASH, logIndex: 0 };

/** A season that closed at 1,000 with three accounts, not frozen yet. */
export const closed: Season = {
  ...{ seasonId: "1", state: "closed", organiser: account(9), uri: "", startsAt: 100, endsAt: 900, closesAt: 1_000 },
  ...{ seed: ZERO_HASH, seededAt: 50, verifierCap: "10", tasks: [], frozen: null, final: null, rewards: null },
  totals: { seq: "4", participants: 3, totalPoints: "60", ledgerHash: ZERO_HASH },
};

export const rewards: SeasonRewards = {
  ...{ token: padHex("0x70", { size: 20 }), pool: "100", posterBudget: "9", perAccount: "1", claimPeriod: 86_400 },
  prizes: [
    { places: 1, amount: "50" },
    { places: 2, amount: "20" },
    { places: 1, amount: "10" },
  ],
  ...{ terms: "0x", claimUntil: null, claimed: "0", posterPaid: "0", returned: null },
};

/** The same, final. */
export const finished: Season = {
  ...closed,
  frozen: at,
  final: { poster: account(8), participants: 3, finalised: at },
};
