import { type Address, type Hex, hexToBytes, type Log, parseEventLogs } from "viem";
import { campaignAbi } from "../sdk/abi.ts";
import { type Attestations, foldAttestations, noAttestations } from "../sdk/attestations.ts";
import type { TaskInputs } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
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

/** The events of a deployment folded into what its participants need to know. */
export interface ChainState {
  /** The last block folded. */
  head: Head;
  seasons: Map<bigint, Season>;
  /** Tasks of seasons that aren't open yet. */
  drafts: Map<bigint, TaskInputs[]>;
  attestations: Attestations;
}

export const emptyState = (head: Head): ChainState => ({
  head,
  seasons: new Map(),
  drafts: new Map(),
  attestations: noAttestations(),
});

/** A log of a block. */
export type MinedLog = Log<bigint, number, false>;

/** Folds logs, in the order of the chain, into `state`. */
export function foldLogs(
  state: ChainState,
  contracts: { attestationRegistry: Address; campaign: Address },
  logs: readonly MinedLog[],
): void {
  foldAttestations(state.attestations, contracts, logs);
  const campaign = contracts.campaign.toLowerCase();
  foldSeasons(
    state,
    logs.filter(({ address }) => address.toLowerCase() === campaign),
  );
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
