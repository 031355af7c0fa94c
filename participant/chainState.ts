import { type Address, type Hex, hexToBytes, type Log, parseEventLogs } from "viem";
import { campaignAbi, standingsAbi } from "../sdk/abi.ts";
import { type Attestations, foldAttestations, noAttestations } from "../sdk/attestations.ts";
import type { TaskInputs } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
import { foldRequests, noRequests, type RequestContracts, type Requests } from "../sdk/requests/fold.ts";
import { addChunk, type PostedChunk } from "../sdk/seasonEnd.ts";
import type { Head } from "./heads.ts";

/** A season that was opened. Times are unix seconds. */
export interface Season {
  seasonId: bigint;
  startsAt: bigint;
  endsAt: bigint;
  closesAt: bigint;
  /** Block that opened it. */
  openedIn: bigint;
  seed: Hex | undefined;
  tasks: TaskInputs[];
}

/** How a frozen season ends. */
export interface Ending {
  participants: number;
  ledgerHash: Hex;
  /** Block of the freeze. */
  frozenIn: bigint;
  /** Each poster's draft of the order. */
  drafts: Map<Address, (PostedChunk & { blockNumber: bigint })[]>;
  /** Whose draft is final; undefined before. */
  poster: Address | undefined;
}

/** The events of a deployment folded into what its participants need to know. */
export interface ChainState {
  /** The last block folded. */
  head: Head;
  seasons: Map<bigint, Season>;
  /** Tasks of seasons that aren't open yet. */
  drafts: Map<bigint, TaskInputs[]>;
  /** Seasons that were frozen. */
  endings: Map<bigint, Ending>;
  attestations: Attestations;
  requests: Requests;
}

export const emptyState = (head: Head): ChainState => ({
  head,
  seasons: new Map(),
  drafts: new Map(),
  endings: new Map(),
  attestations: noAttestations(),
  requests: noRequests(),
});

/** A log of a block. */
export type MinedLog = Log<bigint, number, false>;

/** The contracts whose events make the state, beside methods'. */
export interface FoldedContracts extends RequestContracts {
  attestationRegistry: Address;
  campaign: Address;
  /** Undefined in a deployment without it. */
  standings: Address | undefined;
}

/** Folds logs, in the order of the chain, into `state`. */
export function foldLogs(state: ChainState, contracts: FoldedContracts, logs: readonly MinedLog[]): void {
  const of = (contract: Address | undefined) =>
    logs.filter(({ address }) => address.toLowerCase() === contract?.toLowerCase());
  foldAttestations(state.attestations, contracts, logs);
  foldRequests(state.requests, contracts, logs);
  foldSeasons(state, of(contracts.campaign));
  foldEndings(state, of(contracts.standings));
}

function foldSeasons({ seasons, drafts }: ChainState, logs: MinedLog[]): void {
  for (const { eventName, args, blockNumber } of parseEventLogs({ abi: campaignAbi, logs })) {
    if (eventName === "TaskAdded") {
      const task: TaskInputs = { ...args, inputs: hexToBytes(args.inputs) };
      drafts.set(args.seasonId, [...(drafts.get(args.seasonId) ?? []), task]);
    } else if (eventName === "SeasonOpened") {
      const { seasonId, startsAt, endsAt, closesAt } = args;
      const tasks = drafts.get(seasonId) ?? [];
      seasons.set(seasonId, { seasonId, startsAt, endsAt, closesAt, openedIn: blockNumber, seed: undefined, tasks });
      drafts.delete(seasonId);
    } else if (eventName === "SeasonSeeded") {
      const season = seasons.get(args.seasonId);
      if (season !== undefined) season.seed = args.seed;
    }
  }
}

function foldEndings({ endings }: ChainState, logs: MinedLog[]): void {
  for (const { eventName, args, blockNumber } of parseEventLogs({ abi: standingsAbi, logs })) {
    const ending = endings.get(args.seasonId);
    if (eventName === "SeasonFrozen") {
      const { seasonId, participants, ledgerHash } = args;
      const frozen = { participants, ledgerHash, frozenIn: blockNumber, drafts: new Map(), poster: undefined };
      endings.set(seasonId, frozen);
    } else if (eventName === "StandingsPosted" && ending !== undefined) {
      const { poster, firstRank, chunkRoot, accounts } = args;
      addChunk(ending.drafts, poster, { first: firstRank, root: chunkRoot, accounts, blockNumber });
    } else if (eventName === "SeasonFinalised" && ending !== undefined) ending.poster = args.poster;
  }
}

/** A unit whose input can be derived. */
export interface AssignedUnit {
  season: Season;
  /** The season's. */
  seed: Hex;
  task: TaskInputs;
  unit: bigint;
}

/** The unit that a context names; undefined if the state doesn't have it, or has no seed for it. */
export function assignedUnit({ seasons }: ChainState, context: Hex): AssignedUnit | undefined {
  const unit = unitOf(context);
  const season = unit && seasons.get(unit.seasonId);
  const task = season?.tasks.find(({ taskId }) => taskId === unit?.taskId);
  if (unit === undefined || season?.seed === undefined || task === undefined) return undefined;
  return { season, seed: season.seed, task, unit: unit.unit };
}
