import type { Address, Hex } from "viem";
import { compareStandings, rankAfter } from "../../sdk/ledger.ts";
import { standingBytes } from "../../sdk/standings.ts";
import { fastTree } from "../decode/fast-tree.ts";
import type { Kind, Once, Rows } from "./identity-map.ts";
import { requireSeason } from "./seasons.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** How far the end of a frozen season has come. */
export interface SeasonEnd {
  seasonId: number;
  frozenBlock: number;
  frozenLog: number;
  /** Whose draft is final; null before, as is what follows. */
  poster: Address | null;
  /** The final draft's epoch; 0 without participants. */
  epoch: number | null;
  finalBlock: number | null;
  finalLog: number | null;
  /** Unix seconds. */
  finalisedAt: number | null;
}

interface OfPoster {
  seasonId: number;
  poster: Address;
}

/** A poster's draft of a season's order. */
export interface Draft extends OfPoster {
  /** How often the poster began anew. */
  epoch: number;
  /** Accounts in it. */
  count: number;
  /** The last one's, as are points and `lastSeq`. */
  rank: number;
  points: bigint;
  lastSeq: bigint;
}

/** A chunk that was added to a draft. */
export interface Chunk extends OfPoster {
  /** The draft's then. */
  epoch: number;
  /** Place of its first account. */
  first: number;
  /** Accounts in it. */
  count: number;
  root: Hex;
}

export const ends: Kind<Pick<SeasonEnd, "seasonId">, SeasonEnd> = {
  group: () => undefined,
  name: ({ seasonId }) => seasonId,
};

export const drafts: Kind<OfPoster, Draft> = {
  group: ({ seasonId }) => seasonId,
  name: ({ poster }) => poster,
};

/** Those of drafts that were begun anew stay: removing them would cost more than posting one. */
export const chunks: Once<Chunk> = { once: true };

/** Adds accounts to a draft. Returns the draft after it, and the root of their chunk. */
function append(rows: Rows, draft: Draft, accounts: readonly Address[]): { draft: Draft; root: Hex } {
  const { seasonId } = draft;
  let last = draft;
  const leaves = accounts.map((account) => {
    const entry = rows.entries.get({ seasonId, account });
    if (!entry || entry.lastSeq === 0n)
      throw new IntegrityError(`${account} was posted in season ${seasonId}, where it has no entry.`);
    const { points, lastSeq } = entry;
    const place = last.count + 1;
    if (last.count > 0 && compareStandings(last, entry) >= 0)
      throw new IntegrityError(`${account} was posted at place ${place} of season ${seasonId} out of order.`);
    const rank = rankAfter(last.count > 0 ? last : undefined, points, place);
    last = { ...draft, count: place, rank, points, lastSeq };
    return standingBytes({ place, rank, account, points, lastSeq });
  });
  return { draft: last, root: `0x${fastTree(Buffer.concat(leaves), leaves.length).root.toString("hex")}` };
}

/** How seasons end: they are frozen, drafts of their order are posted, and the first complete one is final. */
export const endSteps: FoldSteps = {
  SeasonFrozen({ args, location, eventName }, rows, { timestamp }) {
    const season = requireSeason(rows, args.seasonId, eventName);
    const { seasonId } = season;
    if (rows.ends.get(season)) throw new IntegrityError(`Season ${seasonId} was frozen twice.`);
    if (season.closesAt === null || timestamp < season.closesAt)
      throw new IntegrityError(`Season ${seasonId} was frozen before it closed.`);
    const isSame =
      args.seq === season.seq &&
      args.ledgerHash === season.ledgerHash &&
      args.participants === season.participants &&
      args.totalPoints === season.totalPoints;
    if (!isSame) throw new IntegrityError(`Season ${seasonId} was frozen with another ledger than its points give.`);
    rows.ends.set({
      ...{ seasonId, frozenBlock: location.blockNumber, frozenLog: location.logIndex },
      ...{ poster: null, epoch: null, finalBlock: null, finalLog: null, finalisedAt: null },
    });
  },
  StandingsPosted({ args, eventName }, rows) {
    const { poster, firstRank: first, chunkRoot, accounts } = args;
    const season = requireSeason(rows, args.seasonId, eventName);
    const { seasonId } = season;
    const end = rows.ends.get(season);
    if (!end) throw new IntegrityError(`A chunk was posted for season ${seasonId}, which isn't frozen.`);
    if (end.poster !== null) throw new IntegrityError(`A chunk was posted for season ${seasonId}, which is final.`);
    const before = rows.drafts.get({ seasonId, poster });
    const begun = { seasonId, poster, epoch: (before?.epoch ?? 0) + 1, count: 0, rank: 0, points: 0n, lastSeq: 0n };
    const draft = first === 1 ? begun : before;
    if (draft?.count !== first - 1 || accounts.length === 0)
      throw new IntegrityError(`A chunk at place ${first} of season ${seasonId} doesn't continue ${poster}'s draft.`);
    const after = append(rows, draft, accounts);
    if (after.root !== chunkRoot)
      throw new IntegrityError(
        `A chunk at place ${first} of season ${seasonId} has the root ${chunkRoot}; its accounts give ${after.root}.`,
      );
    rows.drafts.set(after.draft);
    rows.chunks.add({ seasonId, poster, epoch: draft.epoch, first, count: accounts.length, root: chunkRoot });
  },
  SeasonFinalised({ args: { poster, participants, ...args }, location, eventName }, rows, { timestamp }) {
    const season = requireSeason(rows, args.seasonId, eventName);
    const { seasonId } = season;
    const end = rows.ends.get(season);
    if (!end) throw new IntegrityError(`Season ${seasonId} became final, but isn't frozen.`);
    if (end.poster !== null) throw new IntegrityError(`Season ${seasonId} became final twice.`);
    const { count = 0, epoch = 0 } = rows.drafts.get({ seasonId, poster }) ?? {};
    if (participants !== season.participants || count !== participants)
      throw new IntegrityError(
        `Season ${seasonId} became final with ${participants} accounts: ${poster}'s draft has ${count} of ${season.participants}.`,
      );
    rows.ends.set({
      ...{ ...end, poster, epoch, finalisedAt: timestamp },
      ...{ finalBlock: location.blockNumber, finalLog: location.logIndex },
    });
  },
};
