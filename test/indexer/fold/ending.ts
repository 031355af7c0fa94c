import { type Address, numberToHex, padHex, zeroAddress } from "viem";
import { badgeEvents } from "../../../indexer/decode/events.ts";
import { attestationRegistryAbi, campaignAbi, rewardsAbi, standingsAbi } from "../../../sdk/abi.ts";
import { rankAll, type Standing } from "../../../sdk/ledger.ts";
import { type Block, chainOf } from "../node.ts";
import { append, open } from "../opened.ts";
import { rootOf } from "../season-ends.ts";
import { accountOf, deployment, type Emitted, emit, ending, MODEL } from "../story.ts";

/** When the season closes. */
export const CLOSES = 2_000;

const { Campaign, AttestationRegistry } = deployment.contracts;
const seasonId = 1n;
export const organiser = accountOf(0);
const subject = padHex("0x51", { size: 32 });

export const campaign = {
  draft: emit(Campaign.address, campaignAbi, "SeasonDrafted", { seasonId, organiser, verifierCap: 0n }),
  cancel: emit(Campaign.address, campaignAbi, "SeasonCancelled", { seasonId, organiser }),
  open: emit(Campaign.address, campaignAbi, "SeasonOpened", {
    ...{ seasonId, organiser, uri: "", startsAt: 1_000n, endsAt: 1_500n, closesAt: BigInt(CLOSES) },
  }),
  award: (account: Address, amount: bigint, seq: bigint) =>
    emit(Campaign.address, campaignAbi, "PointsAwarded", { seasonId, account, subject, reason: 1, amount, seq }),
};

/** In order: 20 points, 10, 10, and one account whose points were burned. */
export const order: readonly Standing[] = rankAll(
  [20n, 10n, 10n, 0n].map((points, i) => ({
    account: accountOf(i + 1),
    points,
    lastSeq: i === 3 ? 5n : BigInt(i + 1),
  })),
);

/** The account at a place. */
export const at = (place: number): Address => (order[place - 1] as Standing).account;

export const poster = accountOf(8);

/** Events of a season's end; give what differs from the right ones. */
export const ends = {
  freeze: (ledger: { seq: bigint; ledgerHash: `0x${string}` }, differing: object = {}) =>
    emit(ending.Standings.address, standingsAbi, "SeasonFrozen", {
      ...{ seasonId, ...ledger, participants: 4, totalPoints: 40n, ...differing },
    }),
  /** The chunk of the places from one to another. */
  post: (first: number, last: number, differing: object = {}) => {
    const chunk = order.slice(first - 1, last);
    const accounts = chunk.map(({ account }) => account);
    return emit(ending.Standings.address, standingsAbi, "StandingsPosted", {
      ...{ seasonId, poster, firstRank: first, chunkRoot: rootOf(chunk), accounts, ...differing },
    });
  },
  finalise: (differing: object = {}) =>
    emit(ending.Standings.address, standingsAbi, "SeasonFinalised", {
      seasonId,
      poster,
      participants: 4,
      ...differing,
    }),
  escrow: (terms: `0x${string}`, differing: object = {}) =>
    emit(ending.Rewards.address, rewardsAbi, "RewardsEscrowed", { seasonId, organiser, terms, ...differing }),
  claim: (place: number, amount: bigint, differing: object = {}) => {
    const { account, rank } = order[place - 1] as Standing;
    return emit(ending.Rewards.address, rewardsAbi, "RewardClaimed", { seasonId, account, rank, amount, ...differing });
  },
  payPoster: (amount: bigint, differing: object = {}) =>
    emit(ending.Rewards.address, rewardsAbi, "PosterPaid", { seasonId, poster, amount, ...differing }),
  giveBack: (amount: bigint, differing: object = {}) =>
    emit(ending.Rewards.address, rewardsAbi, "RewardsReturned", { seasonId, organiser, amount, ...differing }),
  mint: (place: number, differing: object = {}) => {
    const tokenId = (seasonId << 32n) | BigInt(place);
    const to = order[place - 1]?.account ?? poster;
    return emit(ending.Badges.address, badgeEvents, "Transfer", { from: zeroAddress, to, tokenId, ...differing });
  },
};

/** A database that is told events, a block each time. */
export function openTold() {
  const opened = open();
  const [first] = chainOf([]) as [Block];
  opened.writer.start(first);
  let number = 1;
  const tell = (time: number, ...logs: Emitted[]): void => {
    number++;
    append(opened.writer, [{ ...first, number, hash: numberToHex(number, { size: 32 }), timestamp: time, logs }]);
  };
  return { ...opened, tell };
}

/** The same, with a season in which points were earned, and its ledger; `drafted` is told while it is a draft. */
export function openEnding(...drafted: Emitted[]) {
  const told = openTold();
  const free = { modelId: MODEL, context: padHex("0x00", { size: 32 }), inputHash: subject, prover: at(1), method: 0 };
  const attested = emit(AttestationRegistry.address, attestationRegistryAbi, "Attested", {
    ...{ ...free, uid: subject, outputHash: subject, traceHash: subject, salt: subject },
  });
  const burn = emit(Campaign.address, campaignAbi, "PointsBurned", {
    ...{ seasonId, account: at(4), subject, reason: 5, amount: 5n, seq: 5n },
  });
  told.tell(900, campaign.draft, ...drafted, campaign.open, attested);
  const awards = [20n, 10n, 10n, 5n].map((amount, i) => campaign.award(at(i + 1), amount, BigInt(i + 1)));
  told.tell(1_100, ...awards, burn);
  const { seq, ledgerHash } = told.readers.seasons.season(1) as { seq: bigint; ledgerHash: `0x${string}` };
  return { ...told, ledger: { seq, ledgerHash } };
}
