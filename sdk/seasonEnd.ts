import {
  type AbiParameterToPrimitiveType,
  type Address,
  decodeAbiParameters,
  encodeAbiParameters,
  getAbiItem,
  type Hex,
  isAddressEqual,
} from "viem";
import { badgesAbi, rewardsAbi, standingsAbi } from "./abi.ts";
import { type Client, contractOf, hasContract } from "./client.ts";
import type { LedgerEntry } from "./commitments.ts";
import { revertDataOf } from "./errors.ts";
import { foldLedger, type Ledger, type Standing } from "./ledger.ts";
import { readRanges } from "./ranges.ts";
import { prizeOf, shareOf } from "./rewards.ts";
import { type ChunkProof, chunkOf, type StandingsChunk } from "./standings.ts";

// How a season ends, read from the chain alone: docs/standings.md says why its order is right.

/** The contracts of a season's end, for `contractOf` and `hasContract`: older deployments lack them. */
export const standingsContract = { name: "Standings", abi: standingsAbi } as const;
export const rewardsContract = { name: "Rewards", abi: rewardsAbi } as const;
export const badgesContract = { name: "Badges", abi: badgesAbi } as const;

/** An RPC tells of a season what doesn't fit together; asked again, or another one, may tell it right. */
export class UntoldSeasonError extends Error {
  override name = "UntoldSeasonError";
}

/** What is being read: `done` of `total` blocks or chunks. */
type ReadProgress = (step: string, done: number, total: number) => void;

/** How far a season's end has come: `Standings.endOf`. */
export type SeasonEnd = Awaited<ReturnType<typeof readSeasonEnd>>;

/** A season's end at a block, by default the newest; all zero before it is frozen. */
export function readSeasonEnd(client: Client, seasonId: bigint, blockNumber?: bigint) {
  const standings = contractOf(client, standingsContract);
  const call = { ...standings, functionName: "endOf", args: [seasonId] } as const;
  return client.rpc.readContract({ ...call, ...(blockNumber !== undefined && { blockNumber }) });
}

/**
 * A season's ledger at a block, folded from its events. Throws an {@link UntoldSeasonError} where they don't make the ledger
 * that the campaign keeps.
 */
export async function readLedger(
  client: Client,
  seasonId: bigint,
  blockNumber: bigint,
  onProgress?: ReadProgress,
): Promise<Ledger> {
  const { campaign } = client.contracts;
  const entries = await readEntries(client, seasonId, blockNumber, onProgress);
  const call = { ...campaign, functionName: "ledgerOf", args: [seasonId], blockNumber } as const;
  const [seq, participants, totalPoints, ledgerHash] = await client.rpc.readContract(call);
  let ledger: Ledger;
  try {
    ledger = foldLedger(entries);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UntoldSeasonError(`The RPC tells a broken ledger of season ${seasonId}: ${error.message}`);
  }
  const isKept =
    ledger.seq === seq &&
    ledger.ledgerHash === ledgerHash &&
    ledger.totalPoints === totalPoints &&
    ledger.standings.length === participants;
  if (isKept) return ledger;
  throw new UntoldSeasonError(
    `The RPC's point events give season ${seasonId} the ledger hash ${ledger.ledgerHash} at seq ${ledger.seq}; the campaign keeps ${ledgerHash} at seq ${seq}.`,
  );
}

async function readEntries(
  { rpc, contracts: { campaign }, deployment: { startBlock } }: Client,
  seasonId: bigint,
  newest: bigint,
  onProgress?: ReadProgress,
): Promise<LedgerEntry[]> {
  const read = async (fromBlock: bigint, toBlock: bigint): Promise<LedgerEntry[]> => {
    const range = { ...campaign, args: { seasonId }, fromBlock, toBlock, strict: true } as const;
    const [awarded, burned] = await Promise.all([
      rpc.getContractEvents({ ...range, eventName: "PointsAwarded" }),
      rpc.getContractEvents({ ...range, eventName: "PointsBurned" }),
    ]);
    return [
      ...awarded.map(({ args: { amount, ...entry } }) => ({ ...entry, delta: amount })),
      ...burned.map(({ args: { amount, ...entry } }) => ({ ...entry, delta: -amount })),
    ];
  };
  const entries = await readRanges(BigInt(startBlock), newest, read, (done, total) =>
    onProgress?.("points", done, total),
  );
  return entries.sort((a, b) => (a.seq < b.seq ? -1 : 1));
}

/* DRAFTS */

/** Accounts that are posted together. */
export interface Chunk {
  /** Place of the first one. */
  first: number;
  accounts: readonly Address[];
}

/** A chunk that a poster posted. */
export interface PostedChunk extends Chunk {
  /** Root of its ordered tree, as the contract built it. */
  root: Hex;
}

/** Adds a poster's chunk to its draft; one at place 1 begins the draft anew. */
export function addChunk<Posted extends Chunk>(drafts: Map<Address, Posted[]>, poster: Address, chunk: Posted): void {
  const draft = drafts.get(poster);
  if (draft === undefined || chunk.first === 1) drafts.set(poster, [chunk]);
  else draft.push(chunk);
}

/** The chunks of each poster's draft of a season, from its events up to a block; of one poster, if one is named. */
export async function readDrafts(
  client: Client,
  seasonId: bigint,
  blockNumber: bigint,
  poster?: Address,
): Promise<Map<Address, PostedChunk[]>> {
  const standings = contractOf(client, standingsContract);
  const args = poster === undefined ? { seasonId } : { seasonId, poster };
  const from = BigInt(client.deployment.startBlock);
  const logs = await readRanges(from, blockNumber, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({
      ...{ ...standings, eventName: "StandingsPosted", args, fromBlock, toBlock, strict: true },
    }),
  );
  const drafts = new Map<Address, PostedChunk[]>();
  for (const { args } of logs)
    addChunk(drafts, args.poster, { first: args.firstRank, root: args.chunkRoot, accounts: args.accounts });
  return drafts;
}

/** Number of accounts in a draft. */
export function countPosted(draft: readonly Chunk[]): number {
  const last = draft.at(-1);
  return last === undefined ? 0 : last.first + last.accounts.length - 1;
}

/**
 * Whether a draft can still become final. The contract let in different accounts in strict order; so if its last one is in
 * its place, all before it are too.
 */
export function isRightSoFar(standings: readonly Standing[], draft: readonly Chunk[]): boolean {
  const count = countPosted(draft);
  return count === 0 || standings[count - 1]?.account === draft.at(-1)?.accounts.at(-1);
}

/**
 * What a poster posts next: at most `size` accounts after those of its draft, or from place 1 where that one is wrong;
 * undefined where nothing is left.
 */
export function nextChunk(standings: readonly Standing[], draft: readonly Chunk[], size: number): Chunk | undefined {
  const done = isRightSoFar(standings, draft) ? countPosted(draft) : 0;
  const accounts = standings.slice(done, done + size).map(({ account }) => account);
  return accounts.length === 0 ? undefined : { first: done + 1, accounts };
}

/* THE FINAL ORDER */

/** A season's final order, all of it checked against its ledger. */
export interface FinalOrder {
  seasonId: bigint;
  end: SeasonEnd;
  ledger: Ledger;
  /** The chunks of the final draft, in order. */
  chunks: StandingsChunk[];
}

/** The chunks of a season's final draft, as its events tell them up to a block; none where there are no participants. */
export async function readFinalChunks(
  client: Client,
  seasonId: bigint,
  blockNumber?: bigint,
): Promise<readonly PostedChunk[]> {
  const block = blockNumber ?? (await client.rpc.getBlockNumber({ cacheTime: 0 }));
  const { poster, finalisedAt } = await readSeasonEnd(client, seasonId, block);
  if (finalisedAt === 0) throw new Error(`Season ${seasonId} has no final order yet.`);
  return (await readDrafts(client, seasonId, block, poster)).get(poster) ?? [];
}

/**
 * A season's final order; undefined while there is none. The ledger is folded from its events and held against the campaign;
 * the final draft's accounts are held against the ledger, the roots of its chunks built anew and held against those that
 * events and contract tell. Throws an {@link UntoldSeasonError} where the RPC's answers don't fit together.
 */
export async function readFinalOrder(
  client: Client,
  seasonId: bigint,
  onProgress?: ReadProgress,
): Promise<FinalOrder | undefined> {
  const block = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const end = await readSeasonEnd(client, seasonId, block);
  if (end.finalisedAt === 0) return undefined;
  const ledger = await readLedger(client, seasonId, block, onProgress);
  if (ledger.standings.length !== end.participants || ledger.totalPoints !== end.totalPoints)
    throw new UntoldSeasonError(`The RPC tells of another ledger of season ${seasonId} than the one that was frozen.`);
  const chunks = rebuild(seasonId, ledger.standings, await readFinalChunks(client, seasonId, block));
  await checkRoots(client, seasonId, chunks, block, onProgress);
  return { seasonId, end, ledger, chunks };
}

/** Builds the chunks of a final draft from the ledger's order. */
function rebuild(seasonId: bigint, standings: readonly Standing[], posted: readonly PostedChunk[]): StandingsChunk[] {
  let place = 1;
  const chunks = posted.map(({ first, root, accounts }) => {
    if (first !== place)
      throw new UntoldSeasonError(`The RPC tells of no chunk at place ${place} of season ${seasonId}'s final order.`);
    place += accounts.length;
    const chunk = chunkOf(standings.slice(first - 1, place - 1), first);
    if (chunk.root !== root || !accounts.every((account, i) => chunk.standings[i]?.account === account))
      throw new UntoldSeasonError(
        `The RPC tells of a final chunk at place ${first} of season ${seasonId} that isn't the ledger's: its root is ${root}, the ledger's ${chunk.root}.`,
      );
    return chunk;
  });
  if (place !== standings.length + 1)
    throw new UntoldSeasonError(`The RPC tells of no chunk at place ${place} of season ${seasonId}'s final order.`);
  return chunks;
}

const CALLS_AT_ONCE = 20;

async function checkRoots(
  client: Client,
  seasonId: bigint,
  chunks: readonly StandingsChunk[],
  blockNumber: bigint,
  onProgress?: ReadProgress,
): Promise<void> {
  const standings = contractOf(client, standingsContract);
  for (let i = 0; i < chunks.length; i += CALLS_AT_ONCE) {
    const some = chunks.slice(i, i + CALLS_AT_ONCE);
    const kept = await Promise.all(
      some.map(({ first }) =>
        client.rpc.readContract({
          ...{ ...standings, functionName: "finalRootOf", args: [seasonId, first] as const, blockNumber },
        }),
      ),
    );
    const wrong = some.findIndex(({ root }, j) => root !== kept[j]);
    if (wrong !== -1)
      throw new UntoldSeasonError(
        `The contract keeps the root ${kept[wrong]} for place ${some[wrong]?.first} of season ${seasonId}; the ledger gives ${some[wrong]?.root}.`,
      );
    onProgress?.("chunks", i + some.length, chunks.length);
  }
}

/** A standing and what proves it to the contracts: the last two arguments of `Badges.mint`. */
export interface ProvedStanding {
  standing: Standing;
  proof: ChunkProof;
}

/** Proves the standing at a place. Throws a RangeError where there is none. */
export function proofAt({ chunks, seasonId }: FinalOrder, place: number): ProvedStanding {
  const chunk = chunks.find(({ first, standings }) => place >= first && place < first + standings.length);
  const standing = chunk?.standings[place - chunk.first];
  if (chunk === undefined || standing === undefined)
    throw new RangeError(
      `Season ${seasonId} has no place ${place}: its places are 1 to ${chunks.reduce((sum, { standings }) => sum + standings.length, 0)}.`,
    );
  return { standing, proof: chunk.proof(place) };
}

/** An account's final standing; undefined where it has no entry. */
export const standingOf = ({ ledger }: FinalOrder, account: Address): Standing | undefined =>
  ledger.standings.find((standing) => isAddressEqual(standing.account, account));

/** A badge's number: u24 season ‖ u32 place. */
export const badgeId = (seasonId: bigint, place: number): bigint => (seasonId << 32n) | BigInt(place);

/** Whether the badge of a place was minted. Throws a sentence where the deployment has no badges. */
export async function isMinted(client: Client, seasonId: bigint, place: number): Promise<boolean> {
  const badges = contractOf(client, badgesContract);
  try {
    return await client.rpc.readContract({ ...badges, functionName: "locked", args: [badgeId(seasonId, place)] });
  } catch (error) {
    if (revertDataOf(error) === undefined) throw error;
    return false;
  }
}

/* REWARDS */

const [, termsParameter] = getAbiItem({ abi: rewardsAbi, name: "escrow" }).inputs;

/** What an organiser promised; amounts in the token's smallest unit. */
export type Terms = AbiParameterToPrimitiveType<typeof termsParameter>;

/** What every call of `Rewards` shows again, ABI-encoded: `RewardsEscrowed.terms`. */
export const encodeTerms = (terms: Terms): Hex => encodeAbiParameters([termsParameter], [terms]);

/** Reads ABI-encoded terms; throws an {@link UntoldSeasonError} for what the contract can't have emitted. */
export function decodeTerms(encoded: Hex): Terms {
  try {
    const [terms] = decodeAbiParameters([termsParameter], encoded);
    if (encodeTerms(terms) === encoded) return terms;
  } catch {
    // Told below.
  }
  throw new UntoldSeasonError(`The RPC tells of rewards' terms that are none: ${encoded}.`);
}

/**
 * What a season's organiser escrowed; undefined without rewards. The contract keeps only the terms' hash, and refuses a claim
 * with others (`WrongTerms`). Throws an {@link UntoldSeasonError} where money is held for terms that the RPC doesn't tell.
 */
export async function readTerms(client: Client, seasonId: bigint): Promise<Terms | undefined> {
  if (!hasContract(client, rewardsContract)) return undefined;
  const rewards = contractOf(client, rewardsContract);
  const newest = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const [escrowed] = await readRanges(BigInt(client.deployment.startBlock), newest, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({
      ...{ ...rewards, eventName: "RewardsEscrowed", args: { seasonId }, fromBlock, toBlock, strict: true },
    }),
  );
  if (escrowed !== undefined) return decodeTerms(escrowed.args.terms);
  if ((await client.rpc.readContract({ ...rewards, functionName: "heldOf", args: [seasonId] })) === 0n)
    return undefined;
  throw new UntoldSeasonError(`Rewards are held for season ${seasonId}, but the RPC doesn't tell their terms.`);
}

/** What proves a reward: `Claim` of `Rewards.claim`. */
export interface Claim extends ProvedStanding {
  /** The next rank's first standing; all zero where none follows, or the pool is shared by points. */
  next: Standing;
  nextProof: ChunkProof;
}

const NOBODY: Standing = { place: 0, rank: 0, account: `0x${"00".repeat(20)}`, points: 0n, lastSeq: 0n };

/** An account's claim and what it pays, in the token's smallest unit; undefined where the account has no entry. */
export function claimOf(
  order: FinalOrder,
  terms: Terms,
  account: Address,
): { claim: Claim; amount: bigint } | undefined {
  const { standings, totalPoints } = order.ledger;
  const own = standingOf(order, account);
  if (own === undefined) return undefined;
  const isShared = terms.prizes.length === 0;
  const next = isShared ? undefined : standings.slice(own.place).find(({ rank }) => rank > own.rank);
  const last = next === undefined ? standings.length : next.place - 1;
  const amount = isShared ? shareOf(terms.pool, own.points, totalPoints) : prizeOf(terms.prizes, own.rank, last);
  const following = next && proofAt(order, next.place);
  const nextProof = following?.proof ?? { index: 0, count: 0, siblings: [] };
  return { claim: { ...proofAt(order, own.place), next: next ?? NOBODY, nextProof }, amount };
}

/** What the poster of a final order gets. */
export const posterFee = ({ perAccount, posterBudget }: Terms, participants: number): bigint => {
  const fee = perAccount * BigInt(participants);
  return fee < posterBudget ? fee : posterBudget;
};

/** Until when rewards can be claimed, unix seconds. */
export const claimUntil = ({ finalisedAt }: SeasonEnd, { claimPeriod }: Terms): number => finalisedAt + claimPeriod;

/** What an account signs (EIP-712) so that somebody else may send its claim. */
export function claimTypedData(
  client: Client,
  message: { seasonId: bigint; account: Address; to: Address; amount: bigint },
) {
  const { address: verifyingContract } = contractOf(client, rewardsContract);
  return {
    domain: { name: "Proofboard Rewards", version: "1", chainId: client.deployment.chainId, verifyingContract },
    types: {
      Claim: [
        { name: "seasonId", type: "uint256" },
        { name: "account", type: "address" },
        { name: "to", type: "address" },
        { name: "amount", type: "uint256" },
      ],
    },
    primaryType: "Claim",
    message,
  } as const;
}
