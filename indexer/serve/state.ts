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
import type { Decoder, Event, LogLocation } from "../decode/events.ts";
import type { Task } from "../fold/seasons.ts";
import type { Header } from "../ingest/blocks.ts";
import type { Rpc } from "../ingest/rpc.ts";
import type { History } from "../rank/history.ts";
import type { Ranking } from "../rank/ranking.ts";
import type { Standings } from "../rank/standings.ts";
import type { Located } from "../store/event-columns.ts";
import type { Eventual, Soon } from "../store/eventual.ts";
import type { ReadSeason } from "../store/sqlite/read-seasons.ts";
import type { Readers } from "../store/sqlite/readers.ts";
import type { Announcements } from "../sync/announcements.ts";
import type { Progress, Writer } from "../sync/writer.ts";
import { ProblemError } from "./problems.ts";
import type { Range } from "./stream/undone.ts";

/** The server with schemas in zod. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Where the database is. */
export interface Files {
  /** Path or URL of the database, for readers with their own connection; never to be shown. */
  name: string;
  /** Bytes of the database and of its write-ahead log. */
  sizes(): Soon<{ database: number; log: number }>;
}

/** What the server reads from, in this process. */
export interface Sources {
  readers: Eventual<Readers>;
  files: Files;
  writer: Eventual<Pick<Writer, "progress" | "isComplete">>;
  announcements: Announcements;
  decoder: Decoder;
  deployment: Deployment;
  ranking: Pick<Ranking, "held"> & { of(seasonId: number): Eventual<Standings> };
  history: Eventual<History>;
  rpc: Rpc;
}

/** One state of the chain. */
export interface Snapshot extends Eventual<Readers>, Pick<Sources, "decoder" | "deployment" | "history"> {
  /** How far the chain is folded. */
  progress: Progress;
  /** The standings of a season. */
  standings(seasonId: number): Eventual<Standings>;
  /** A season, read once. */
  season(seasonId: string): Promise<ReadSeason | undefined>;
  /** A season's tasks, read once. */
  tasks(seasonId: number): Promise<readonly Located<Task>[]>;
  /** {@link asOf}, written once. */
  writtenAsOf(season?: ReadSeason): WrittenAsOf;
}

/** A {@link Snapshot} that may be of the first sync: lists are slow then, and there is no ranking. */
export interface EarlySnapshot extends Omit<Snapshot, "progress"> {
  /** Undefined before the first block. */
  progress: Progress | undefined;
  /** Whether the first sync is complete, and what is built at its end is built. */
  isBuilt: boolean;
}

/** What the server works with. */
export interface State extends Pick<Sources, "announcements" | "deployment" | "files" | "rpc">, Pick<Ranking, "held"> {
  /**
   * Makes an answer from one state of the chain. Runs `make` again if the chain changes meanwhile, so it may only read.
   * Throws a problem of status 503 during the first sync: the indexes and the ranking are built at its end.
   */
  read<Result>(make: (snapshot: Snapshot) => Promise<Result>): Promise<Result>;
  /** {@link read} of what is stored now, also during the first sync. */
  readEarly<Result>(make: (snapshot: EarlySnapshot) => Promise<Result>): Promise<Result>;
  /** The chain as it is now, if anything was read of it since it changed. */
  present(): Pick<Snapshot, "progress" | "writtenAsOf"> | undefined;
  /** How late the store answers, in milliseconds: 0 in this process. */
  lateness(): number;
  /** The last block that can be read now; undefined before the first. */
  reached(): Soon<Header | undefined>;
  /** The reorganisations before this process, where they are known. */
  reorganisations(): readonly Range[] | undefined;
  /** Whether there are other servers of the same database, which may be further. */
  isOneOfSeveral: boolean;
}

/** An {@link AsOf} as JSON, and its ETag. */
interface WrittenAsOf {
  json: string;
  etag: string;
}

export function createState(sources: Sources): State {
  const { writer, announcements, deployment, files, rpc, ranking } = sources;
  let present: EarlySnapshot | undefined;
  /** What will be present, for all who ask meanwhile. */
  let opening: Promise<EarlySnapshot> | undefined;
  let built = false;
  let changes = 0;
  announcements.subscribe(() => {
    changes++;
    present = undefined;
    opening = undefined;
  });

  async function open(): Promise<EarlySnapshot> {
    const before = changes;
    try {
      const progress = await writer.progress();
      built ||= await writer.isComplete();
      const snapshot = snapshotOf(sources, progress, built);
      // That it is built isn't announced.
      if (built && changes === before) present = snapshot;
      return snapshot;
    } finally {
      if (changes === before) opening = undefined;
    }
  }

  function opened(): Promise<EarlySnapshot> {
    opening ??= open();
    return opening;
  }

  async function attempt<Result>(
    take: () => EarlySnapshot | Promise<EarlySnapshot>,
    make: (snapshot: EarlySnapshot) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      const before = changes;
      try {
        const made = await make(await take());
        if (changes === before) return made;
      } catch (error) {
        if (changes === before) throw error;
      }
    }
  }

  return {
    ...{ announcements, deployment, files, rpc },
    held: ranking.held,
    read: (make) =>
      attempt(
        () => present ?? opened(),
        (snapshot) => make(complete(snapshot)),
      ),
    // That blocks were verified isn't announced, either.
    readEarly: (make) => attempt(opened, make),
    present: () => present && complete(present),
    lateness: () => 0,
    reached: async () => (await opened()).progress?.cursor,
    reorganisations: () => undefined,
    isOneOfSeveral: false,
  };
}

/** One state of the chain, as what is given reads it. */
export function snapshotOf(
  {
    readers,
    decoder,
    deployment,
    history,
    ranking,
  }: Pick<Sources, "readers" | "decoder" | "deployment" | "history"> & {
    ranking: Pick<Sources["ranking"], "of">;
  },
  progress: Progress | undefined,
  isBuilt: boolean,
): EarlySnapshot {
  const seasons = new Map<string, ReadSeason>();
  const tasks = new Map<number, Located<Task>[]>();
  const written = new Map<ReadSeason | undefined, WrittenAsOf>();
  const snapshot: EarlySnapshot = {
    ...readers,
    ...{ decoder, deployment, history, progress, isBuilt },
    standings: ranking.of,
    async season(seasonId) {
      const season = seasons.get(seasonId) ?? (await readers.seasons.season(Number(seasonId)));
      if (season) seasons.set(seasonId, season);
      return season;
    },
    async tasks(seasonId) {
      const known = tasks.get(seasonId) ?? (await readers.seasons.tasks(seasonId));
      tasks.set(seasonId, known);
      return known;
    },
    writtenAsOf(season) {
      const before = written.get(season);
      if (before) return before;
      const of = asOf(complete(snapshot), season);
      const now = { json: JSON.stringify(of), etag: etagOf(of) };
      written.set(season, now);
      return now;
    },
  };
  return snapshot;
}

/** The snapshot where the first sync is complete; else throws a problem of status 503. */
export function complete(snapshot: EarlySnapshot): Snapshot {
  const { progress, isBuilt } = snapshot;
  if (!progress) throw new ProblemError(503, "Nothing is indexed yet: no node has answered.");
  if (!isBuilt)
    throw new ProblemError(503, `The chain is read for the first time: block ${progress.cursor.number} is reached.`);
  return snapshot as Snapshot;
}

/** The state that an answer describes; about one season, with its ledger's head. */
export function asOf(
  { deployment, progress: { cursor, finalized } }: Pick<Snapshot, "deployment"> & { progress: Finality },
  season?: ReadSeason,
): AsOf {
  return {
    chainId: deployment.chainId,
    blockNumber: cursor.number,
    blockHash: cursor.hash,
    finalizedBlock: Math.min(finalized, cursor.number),
    seq: season ? String(season.seq) : null,
    ledgerHash: season?.ledgerHash ?? null,
  };
}

type Finality = Pick<Progress, "cursor" | "finalized">;

/**
 * Names the block that an answer is of, and nothing else, so that it is the same on every server: all but `finalizedBlock`
 * follows from the block. That hangs on `--finality`, on the node, and on when it was asked; an answer that a client has
 * kept may give an older one. Weak for that (RFC 9110, 8.8.1), and because compressed answers have other bytes.
 */
export const etagOf = ({ blockHash }: AsOf): string => `W/"${blockHash.slice(2)}"`;

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

/** The event that made a row. */
export async function eventAt({ logs, decoder }: Snapshot, { blockNumber, logIndex }: LogLocation): Promise<Event> {
  const log = await logs.at({ blockNumber, logIndex });
  if (!log) throw new Error(`Block ${blockNumber} has a row of its log ${logIndex}, and no such log.`);
  return decoder.decodeStored(log);
}

export const campaignOf = ({ deployment }: Pick<Snapshot, "deployment">): Address =>
  deployment.contracts.Campaign.address;
