import type { Hex } from "viem";
import { callOf } from "../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../sdk/client.ts";
import type { Standing } from "../sdk/ledger.ts";
import {
  type Chunk,
  countPosted,
  isRightSoFar,
  nextChunk,
  posterFee,
  readLedger,
  readTerms,
  rewardsContract,
  standingsContract,
  UntoldSeasonError,
} from "../sdk/seasonEnd.ts";
import type { ChainState, Ending, Season } from "./chainState.ts";
import { type Job, type Participant, unlessDone } from "./jobs.ts";
import type { Sender } from "./sender.ts";

export interface PosterOptions {
  /** Post only orders for which a season's rewards pay the poster; every closed season is frozen all the same. */
  isPaidOnly: boolean;
  /** Accounts posted at once, 1 to {@link LARGEST_CHUNK}; defaults to {@link USUAL_CHUNK}. */
  chunkSize?: number;
  /** Blocks; defaults to a random number from 4 to 19, so that posters don't begin together. */
  patience?: bigint;
}

/** About 4,000,000 gas and 32 KB of calldata. */
export const USUAL_CHUNK = 1_000;

/** What fits the 2^24 gas and 128 KiB of a transaction. */
export const LARGEST_CHUNK = 4_000;

// Errors after somebody else's transaction, and of a chunk that follows on another draft than the one that was seen: then the
// next block shows another chunk to post.
const DONE = ["AlreadyFrozen", "AlreadyFinal", "WrongPlace", "NothingForPoster", "ClaimsOver"];

/**
 * Ends seasons that closed: freezes those that have entries, posts their final order in chunks, and collects what rewards pay
 * for it. Its draft goes on where the chain says that it stands, also after a restart, and begins anew if it went wrong.
 *
 * Two posters would pay twice for one order. So a poster begins `patience` blocks after the freeze, and stands back while
 * another's draft is right, further than its own, and grew by a step in the last `patience` blocks. A step is a chunk, or
 * a 16th of the accounts if that is less: whoever makes others wait is done after as many steps.
 */
export function createPoster(client: Client, sender: Sender, options: PosterOptions): Participant {
  const { isPaidOnly, chunkSize = USUAL_CHUNK } = options;
  const { patience = 4n + BigInt(Math.floor(16 * Math.random())) } = options;
  if (!Number.isInteger(chunkSize) || chunkSize < 1 || chunkSize > LARGEST_CHUNK)
    throw new RangeError(`A chunk can't hold ${chunkSize} accounts; it holds 1 to ${LARGEST_CHUNK}.`);
  const self = sender.account.address;
  /** Orders by the frozen ledger's hash; empty where this poster has no reason to post. */
  const orders = new Map<Hex, readonly Standing[]>();

  const freeze = ({ seasonId }: Season): Job => ({
    key: `freeze ${seasonId}`,
    async run() {
      const { campaign } = client.contracts;
      const call = { ...campaign, functionName: "ledgerOf", args: [seasonId] } as const;
      const [, participants] = await client.rpc.readContract(call);
      if (participants === 0) return;
      const standings = contractOf(client, standingsContract);
      await sender.send(callOf({ ...standings, functionName: "freeze", args: [seasonId] }));
    },
  });

  const readOrder = (seasonId: bigint, { ledgerHash }: Ending, { head }: ChainState): Job => ({
    key: `read the ledger ${ledgerHash}`,
    async run() {
      if (isPaidOnly && !(await isPaid(seasonId))) return void orders.set(ledgerHash, []);
      const ledger = await readLedger(client, seasonId, head.number);
      if (ledger.ledgerHash !== ledgerHash)
        throw new UntoldSeasonError(`The RPC tells of another ledger of season ${seasonId} than was frozen.`);
      orders.set(ledgerHash, ledger.standings);
    },
  });

  const isPaid = async (seasonId: bigint): Promise<boolean> => {
    const terms = await readTerms(client, seasonId);
    return terms !== undefined && posterFee(terms, 1) > 0n;
  };

  const post = (seasonId: bigint, { first, accounts }: Chunk, head: bigint): Job => ({
    key: `post ${seasonId} from ${first}, as seen at ${head}`,
    async run() {
      const standings = contractOf(client, standingsContract);
      await sender.send(callOf({ ...standings, functionName: "post", args: [seasonId, first, accounts] }));
    },
  });

  const collect = (seasonId: bigint): Job => ({
    key: `collect for ${seasonId}`,
    async run() {
      const terms = await readTerms(client, seasonId);
      if (terms === undefined || posterFee(terms, 1) === 0n) return;
      const rewards = contractOf(client, rewardsContract);
      await sender.send(callOf({ ...rewards, functionName: "payPoster", args: [seasonId, terms] }));
    },
  });

  /** Whether another poster is about to finish. */
  const isOutrun = (ending: Ending, standings: readonly Standing[], done: number, head: bigint): boolean => {
    const step = Math.min(chunkSize, Math.ceil(ending.participants / 16));
    return [...ending.drafts].some(([poster, draft]) => {
      if (poster === self || countPosted(draft) <= done || !isRightSoFar(standings, draft)) return false;
      const recent = draft.filter(({ blockNumber }) => blockNumber + patience > head);
      return recent.reduce((sum, { accounts }) => sum + accounts.length, 0) >= step;
    });
  };

  const nextPost = (seasonId: bigint, ending: Ending, state: ChainState): Job | undefined => {
    const standings = orders.get(ending.ledgerHash);
    if (standings === undefined) return readOrder(seasonId, ending, state);
    const draft = ending.drafts.get(self) ?? [];
    const next = nextChunk(standings, draft, chunkSize);
    const head = state.head.number;
    if (next === undefined || head < ending.frozenIn + patience) return undefined;
    if (isOutrun(ending, standings, next.first - 1, head)) return undefined;
    return post(seasonId, next, draft.at(-1)?.blockNumber ?? ending.frozenIn);
  };

  const dueFor = (season: Season, state: ChainState): Job | undefined => {
    const { seasonId, closesAt } = season;
    const ending = state.endings.get(seasonId);
    if (ending === undefined) return state.head.timestamp >= closesAt ? freeze(season) : undefined;
    if (ending.poster === undefined) return nextPost(seasonId, ending, state);
    orders.delete(ending.ledgerHash);
    return ending.poster === self ? collect(seasonId) : undefined;
  };

  return {
    name: `poster ${self}`,
    due: (state) =>
      hasContract(client, standingsContract)
        ? [...state.seasons.values()]
            .flatMap((season) => dueFor(season, state) ?? [])
            .map((job) => unlessDone(job, DONE))
        : [],
  };
}
