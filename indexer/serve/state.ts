import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Address } from "viem";
import type { Deployment } from "../../sdk/deployment.ts";
import type { AsOf } from "../../sdk/wire.ts";
import type { Decoder } from "../decode/events.ts";
import type { Rpc } from "../ingest/rpc.ts";
import { createHistory, type History } from "../rank/history.ts";
import type { Ranking } from "../rank/ranking.ts";
import type { Announcements } from "../store/announcements.ts";
import type { Chain, Progress } from "../store/chain.ts";
import type { Db } from "../store/database.ts";
import { type AccountReader, createAccountReader } from "../store/read-accounts.ts";
import { type ActivityReader, createActivityReader } from "../store/read-activity.ts";
import { type AttestationReader, createAttestationReader } from "../store/read-attestations.ts";
import { createFeedReader, type FeedReader } from "../store/read-feed.ts";
import { createLedgerReader, type LedgerReader } from "../store/read-ledger.ts";
import { createModelReader, type ModelReader } from "../store/read-models.ts";
import { createSeasonReader, type SeasonReader, type SeasonRow } from "../store/read-seasons.ts";
import { ProblemError } from "./problems.ts";

/** The server with schemas in zod. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the server is given to read from. */
export interface Sources {
  db: Db;
  chain: Chain;
  announcements: Announcements;
  decoder: Decoder;
  deployment: Deployment;
  ranking: Ranking;
  rpc: Rpc;
}

/** What routes read. A handler reads without waiting in between, so that an answer is of one state of the chain. */
export interface State extends Sources {
  /** How far the chain is folded, read once until it changes; undefined before the first block. */
  progress(): Progress | undefined;
  /** Whether the chain was read once, and all that is built at the end of that is. */
  isBuilt(): boolean;
  /** A season, read once until the chain changes. */
  season(seasonId: string): SeasonRow | undefined;
  /** {@link asOf}, written once until the chain changes. */
  told(season?: SeasonRow): Told;
  accounts: AccountReader;
  activity: ActivityReader;
  feed: FeedReader;
  history: History;
  ledger: LedgerReader;
  models: ModelReader;
  seasons: SeasonReader;
  attestations: AttestationReader;
}

/** An {@link AsOf} as JSON, and its ETag. */
interface Told {
  json: string;
  etag: string;
}

export function createState(sources: Sources): State {
  const { db, chain, ranking, announcements } = sources;
  const seasons = createSeasonReader(db);
  let progress: Progress | undefined;
  let known = new Map<string, SeasonRow>();
  let built = false;
  /** By the season, or the progress, which are other objects once the chain has changed. */
  const told = new WeakMap<SeasonRow | Progress, Told>();
  announcements.subscribe(() => {
    progress = undefined;
    known = new Map();
  });
  const state: State = {
    progress() {
      progress ??= chain.progress();
      return progress;
    },
    isBuilt() {
      built ||= chain.isComplete() && ranking.built();
      return built;
    },
    season(seasonId) {
      const row = known.get(seasonId) ?? seasons.season(Number(seasonId));
      if (row) known.set(seasonId, row);
      return row;
    },
    told(season) {
      const key = season ?? progressOf(state);
      const before = told.get(key);
      if (before) return before;
      const of = asOf(state, season);
      const written = { json: JSON.stringify(of), etag: etagOf(of) };
      told.set(key, written);
      return written;
    },
    ...sources,
    accounts: createAccountReader(db),
    activity: createActivityReader(db),
    feed: createFeedReader(db),
    history: createHistory(db),
    ledger: createLedgerReader(db),
    models: createModelReader(db),
    seasons,
    attestations: createAttestationReader(db),
  };
  return state;
}

/**
 * How far the answer goes; a problem of status 503 while the chain is read for the first time, for what orders and finds
 * rows is built at the end of that.
 */
export function progressOf(state: State): Progress {
  const progress = state.progress();
  if (!progress) throw new ProblemError(503, "Nothing is indexed yet: no node has answered.");
  if (!state.isBuilt())
    throw new ProblemError(503, `The chain is read for the first time: block ${progress.cursor.number} is reached.`);
  return progress;
}

/** The state that an answer tells of; about one season, with its ledger's head. */
export function asOf(
  state: State,
  season?: SeasonRow,
  { cursor, finalized }: Pick<Progress, "cursor" | "finalized"> = progressOf(state),
): AsOf {
  return {
    chainId: state.deployment.chainId,
    blockNumber: cursor.number,
    blockHash: cursor.hash,
    finalizedBlock: Math.min(finalized, cursor.number),
    seq: season?.seq ?? null,
    ledgerHash: season?.ledger_hash ?? null,
  };
}

/** Names the state of the chain; finality is part of it. Weak, for compressed answers are other bytes. */
export const etagOf = ({ blockHash, finalizedBlock }: AsOf): string => `W/"${blockHash.slice(2)}-${finalizedBlock}"`;

/** The season, or a problem of status 404 that names it. */
export function requireSeason(state: State, seasonId: string): SeasonRow {
  const season = state.season(seasonId);
  if (!season) throw new ProblemError(404, `There is no season ${seasonId}.`);
  return season;
}

export const campaignOf = ({ deployment }: State): Address => deployment.contracts.Campaign.address;
