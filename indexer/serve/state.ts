import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Address, Hex } from "viem";
import type { Deployment } from "../../sdk/deployment.ts";
import type { AsOf, EventLocation } from "../../sdk/wire.ts";
import type { Decoder, Event } from "../decode/events.ts";
import type { Rpc } from "../ingest/rpc.ts";
import type { History } from "../rank/history.ts";
import type { Ranking } from "../rank/ranking.ts";
import type { ReadSeason } from "../store/sqlite/read-seasons.ts";
import type { Readers } from "../store/sqlite/readers.ts";
import type { Files } from "../store/sqlite/store.ts";
import type { Announcements } from "../sync/announcements.ts";
import type { Progress, Writer } from "../sync/writer.ts";
import { ProblemError } from "./problems.ts";

/** The server with schemas in zod. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the server reads from. */
export interface Sources {
  readers: Readers;
  files: Files;
  writer: Pick<Writer, "progress" | "isComplete">;
  announcements: Announcements;
  decoder: Decoder;
  deployment: Deployment;
  ranking: Ranking;
  history: History;
  rpc: Rpc;
}

/** One state of the chain. Await everything that reads rows: a store may be another process. */
export interface Snapshot extends Readers, Pick<Sources, "decoder" | "deployment" | "history" | "ranking"> {
  /** How far the chain is folded, read once until it changes; undefined before the first block. */
  progress(): Progress | undefined;
  /** Whether the first sync is complete, and what is built at its end is built. */
  isBuilt(): boolean;
  /** A season, read once until the chain changes. */
  season(seasonId: string): ReadSeason | undefined;
  /** {@link asOf}, written once until the chain changes. */
  writtenAsOf(season?: ReadSeason): WrittenAsOf;
}

/** What the server works with. */
export interface State extends Sources, Snapshot {
  /** Makes an answer from one state of the chain. Runs `make` again if the chain changes meanwhile, so it may only read. */
  read<Result>(make: (snapshot: Snapshot) => Promise<Result>): Promise<Result>;
}

/** An {@link AsOf} as JSON, and its ETag. */
interface WrittenAsOf {
  json: string;
  etag: string;
}

export function createState(sources: Sources): State {
  const { readers, writer, announcements } = sources;
  let progress: Progress | undefined;
  let known = new Map<string, ReadSeason>();
  let built = false;
  let changes = 0;
  /** By the season, or the progress, which are other objects once the chain has changed. */
  const writtenFor = new WeakMap<ReadSeason | Progress, WrittenAsOf>();
  announcements.subscribe(() => {
    changes++;
    progress = undefined;
    known = new Map();
  });
  const state: State = {
    progress() {
      progress ??= writer.progress();
      return progress;
    },
    isBuilt() {
      built ||= writer.isComplete();
      return built;
    },
    season(seasonId) {
      const row = known.get(seasonId) ?? readers.seasons.season(Number(seasonId));
      if (row) known.set(seasonId, row);
      return row;
    },
    writtenAsOf(season) {
      const key = season ?? progressOf(state);
      const before = writtenFor.get(key);
      if (before) return before;
      const of = asOf(state, season);
      const written = { json: JSON.stringify(of), etag: etagOf(of) };
      writtenFor.set(key, written);
      return written;
    },
    async read(make) {
      for (;;) {
        const before = changes;
        const [made] = await Promise.allSettled([make(state)]);
        if (changes !== before) continue;
        if (made.status === "rejected") throw made.reason;
        return made.value;
      }
    },
    ...sources,
    ...readers,
  };
  return state;
}

/**
 * How far the chain is folded. Throws a problem of status 503 during the first sync: the indexes and the ranking are
 * built at its end.
 */
export function progressOf(state: Snapshot): Progress {
  const progress = state.progress();
  if (!progress) throw new ProblemError(503, "Nothing is indexed yet: no node has answered.");
  if (!state.isBuilt())
    throw new ProblemError(503, `The chain is read for the first time: block ${progress.cursor.number} is reached.`);
  return progress;
}

/** The state that an answer describes; about one season, with its ledger's head. */
export function asOf(
  state: Snapshot,
  season?: ReadSeason,
  { cursor, finalized }: Pick<Progress, "cursor" | "finalized"> = progressOf(state),
): AsOf {
  return {
    chainId: state.deployment.chainId,
    blockNumber: cursor.number,
    blockHash: cursor.hash,
    finalizedBlock: Math.min(finalized, cursor.number),
    seq: season ? String(season.seq) : null,
    ledgerHash: season?.ledgerHash ?? null,
  };
}

/** Names the state of the chain, with its finality. Weak, because compressed answers have other bytes. */
export const etagOf = ({ blockHash, finalizedBlock }: AsOf): string => `W/"${blockHash.slice(2)}-${finalizedBlock}"`;

/** The season, or a problem of status 404 that names it. */
export async function requireSeason(snapshot: Snapshot, seasonId: string): Promise<ReadSeason> {
  const season = await snapshot.season(seasonId);
  if (!season) throw new ProblemError(404, `There is no season ${seasonId}.`);
  return season;
}

/** Events of an attestation or model with their locations, in the chain's order, at most `limit`. */
export async function eventsOf(
  { logs, decoder }: Snapshot,
  subject: Hex,
  limit: number,
): Promise<{ event: Event; location: EventLocation }[]> {
  const found = await logs.of(subject, limit);
  return found.map(({ log, location }) => ({ event: decoder.decodeStored(log), location }));
}

export const campaignOf = ({ deployment }: Snapshot): Address => deployment.contracts.Campaign.address;
