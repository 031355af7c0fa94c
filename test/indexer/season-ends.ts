import fc from "fast-check";
import { type Address, encodeAbiParameters, getAbiItem, type Hex, zeroAddress } from "viem";
import type { EventName, EventNamed } from "../../indexer/decode/events.ts";
import { rewardsAbi } from "../../sdk/abi.ts";
import { rankAll, type Standing } from "../../sdk/ledger.ts";
import { type Prize, prizeOf, shareOf } from "../../sdk/rewards.ts";
import { standingBytes } from "../../sdk/standings.ts";
import { orderedTree } from "../../sdk/tree.ts";

/** Choices of the same kind of act. */
export const picksOf = (...kinds: number[]) =>
  fc.tuple(fc.constantFrom(...kinds), fc.nat({ max: 2 ** 16 })).map(([kind, pick]) => 32 * pick + kind);
export const blocksOf = (pick: fc.Arbitrary<number>, minLength: number, maxLength: number) =>
  fc.array(fc.array(pick, { maxLength: 12 }), { minLength, maxLength });

/** Choices of a story in which two seasons open, points are earned in them, and they end, or begin to. */
export const storyToEnd: fc.Arbitrary<number[][]> = fc
  .tuple(blocksOf(picksOf(0, 11, 12), 5, 5), blocksOf(picksOf(0, 26), 1, 14))
  .map(([earning, ending]) => [[30, 30, 0, 32], ...earning, ...ending]);

/** What a season's ledger says when it ends. */
interface Ended {
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
  accounts: readonly { account: Address; points: bigint; lastSeq: bigint }[];
}

/** Emits an event of Standings, Rewards or Badges. */
type EmitEnd = <Name extends EventName>(
  contract: "Standings" | "Rewards" | "Badges",
  eventName: Name,
  args: EventNamed<Name>["args"],
) => void;

const [, termsParameter] = getAbiItem({ abi: rewardsAbi, name: "escrow" }).inputs;

/** A season's terms, and how `RewardsEscrowed` carries them. */
export function termsOf(token: Address, pool: bigint, prizes: Prize[], claimPeriod = 9) {
  const terms = { token, pool, posterBudget: 25n, perAccount: 3n, claimPeriod, prizes };
  return { ...terms, encoded: encodeAbiParameters([termsParameter], [terms]) };
}

/** Root of the chunk of these standings. */
export const rootOf = (standings: readonly Standing[]): Hex => orderedTree(standings.map(standingBytes)).root;

interface SeasonEnd {
  organiser: Address;
  terms: ReturnType<typeof termsOf>;
  ended: Ended | undefined;
  order: Standing[];
  /** Accounts in each poster's draft. */
  drafts: Map<Address, number>;
  final: { poster: Address; at: number } | undefined;
  claimed: Map<Address, bigint>;
  minted: Set<number>;
  posterPaid: bigint;
  returned: boolean;
}

/** How the seasons of a story end: what happens next to one is chosen by a number. */
export function createSeasonEnds(emit: EmitEnd, posters: readonly Address[]) {
  const seasons = new Map<bigint, SeasonEnd>();

  /** Rewards of a season that is a draft: of every second one by rank, else by points. */
  function escrow(seasonId: bigint, organiser: Address): void {
    const prizes = [
      { places: 1, amount: 500n },
      { places: 2, amount: 200n },
      { places: 3, amount: 33n },
    ];
    const token = posters[0] as Address;
    const terms = seasonId % 2n === 0n ? termsOf(token, 999n, prizes) : termsOf(token, 2n ** 100n, []);
    emit("Rewards", "RewardsEscrowed", { seasonId, organiser, terms: terms.encoded });
    seasons.set(seasonId, {
      ...{ organiser, terms, ended: undefined, order: [], drafts: new Map(), final: undefined },
      ...{ claimed: new Map(), minted: new Set(), posterPaid: 0n, returned: false },
    });
  }

  /** Takes the next step of a season that closed. */
  function goOn(seasonId: bigint, ledger: Ended, pick: number, time: number): void {
    const end = seasons.get(seasonId);
    if (!end) return;
    if (!end.ended) freeze(seasonId, end, ledger, time);
    else if (!end.final) post(seasonId, end, pick, time);
    else [claim, claim, claim, mint, mint, payOut][pick % 6]?.(seasonId, end, Math.floor(pick / 6), time);
  }

  function freeze(seasonId: bigint, end: SeasonEnd, ledger: Ended, time: number): void {
    const { seq, participants, totalPoints, ledgerHash, accounts } = ledger;
    end.ended = ledger;
    end.order = rankAll(accounts);
    emit("Standings", "SeasonFrozen", { seasonId, seq, participants, totalPoints, ledgerHash });
    if (participants === 0) finalise(seasonId, end, posters[0] as Address, time);
  }

  function finalise(seasonId: bigint, end: SeasonEnd, poster: Address, time: number): void {
    end.final = { poster, at: time };
    emit("Standings", "SeasonFinalised", { seasonId, poster, participants: end.order.length });
  }

  function post(seasonId: bigint, end: SeasonEnd, pick: number, time: number): void {
    const poster = posters[pick % posters.length] as Address;
    const before = pick % 7 === 0 ? 0 : (end.drafts.get(poster) ?? 0);
    const chunk = end.order.slice(before, before + 1 + (pick % 4));
    const accounts = chunk.map(({ account }) => account);
    emit("Standings", "StandingsPosted", {
      ...{ seasonId, poster, firstRank: before + 1, chunkRoot: rootOf(chunk), accounts },
    });
    end.drafts.set(poster, before + chunk.length);
    if (before + chunk.length === end.order.length) finalise(seasonId, end, poster, time);
  }

  const isOpen = ({ final, terms }: SeasonEnd, time: number) => time < (final?.at ?? 0) + terms.claimPeriod;

  function claim(seasonId: bigint, end: SeasonEnd, pick: number, time: number): void {
    const { order, terms, claimed, ended } = end;
    const own = order[pick % order.length];
    if (!own || claimed.has(own.account) || !isOpen(end, time)) return;
    const { account, rank, points } = own;
    const later = order.filter((other) => other.rank > rank);
    // Now and then with a later standing than the next rank's, which gives less.
    const last = (later.find(({ place }) => place % 3 > 0 || pick % 2 > 0)?.rank ?? order.length + 1) - 1;
    const amount =
      terms.prizes.length === 0
        ? shareOf(terms.pool, points, (ended as Ended).totalPoints)
        : prizeOf(terms.prizes, rank, last);
    if (amount === 0n) return;
    claimed.set(account, amount);
    emit("Rewards", "RewardClaimed", { seasonId, account, rank, amount });
  }

  function mint(seasonId: bigint, { order, minted }: SeasonEnd, pick: number): void {
    const own = order[pick % order.length];
    if (!own || minted.has(own.place)) return;
    minted.add(own.place);
    const tokenId = (seasonId << 32n) | BigInt(own.place);
    emit("Badges", "Transfer", { from: zeroAddress, to: own.account, tokenId });
    emit("Badges", "Locked", { tokenId });
  }

  /** Pays the poster, or returns what is left. */
  function payOut(seasonId: bigint, end: SeasonEnd, _: number, time: number): void {
    const { terms, order, organiser, final, claimed } = end;
    if (isOpen(end, time)) {
      const fee = terms.perAccount * BigInt(order.length);
      const amount = fee < terms.posterBudget ? fee : terms.posterBudget;
      if (amount === 0n || end.posterPaid > 0n) return;
      end.posterPaid = amount;
      emit("Rewards", "PosterPaid", { seasonId, poster: (final as { poster: Address }).poster, amount });
    } else if (!end.returned) {
      end.returned = true;
      const paid = [...claimed.values()].reduce((sum, amount) => sum + amount, end.posterPaid);
      const amount = terms.pool + terms.posterBudget - paid;
      emit("Rewards", "RewardsReturned", { seasonId, organiser, amount });
    }
  }

  return { escrow, goOn };
}
