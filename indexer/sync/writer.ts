import type { Deployment } from "../../sdk/deployment.ts";
import type { Decoder, Event } from "../decode/events.ts";
import { type Changes, inverse } from "../fold/changes.ts";
import { type Block, fold } from "../fold/fold.ts";
import { createIdentityMap } from "../fold/identity-map.ts";
import type { Header, Log } from "../ingest/blocks.ts";
import type { Ranking } from "../rank/ranking.ts";
import { type Eventual, onceThere, type Soon } from "../store/eventual.ts";
import {
  type Blocks,
  Missing,
  type Position,
  type PresentStore,
  type Store,
  type StoredBlock,
} from "../store/store.ts";
import { foresee } from "./foresee.ts";

/** How far the chain is folded. */
export interface Progress {
  /** The last folded block. */
  cursor: Header;
  /** Blocks up to here can't be reorganised; may be above the cursor while catching up. */
  finalized: number;
  /** Up to this block the ledgers were found equal to the chain's. */
  verified: Header;
}

/** Blocks to append: headers in order, the last one the new cursor, and the logs of all of them. */
interface Appended {
  headers: readonly Header[];
  logs: readonly Log[];
  finalized: number;
}

/**
 * Decodes, folds, stores and ranks: the one writer of the database. Every method is one transaction, and changes nothing
 * when it throws: `StorageError` when the database can't be written at the moment. A store that is another process answers
 * later ({@link Eventual}): one method is to be called after the other.
 */
export interface Writer extends Pick<Blocks, "genesis" | "setGenesis" | "header" | "highest"> {
  /** Undefined in a new file. */
  progress(): Progress | undefined;
  /** Starts after this block, with nothing: whatever a file of this chain holds is dropped. */
  start(header: Header): void;
  /** Throws `IntegrityError` or `MalformedLog`. Returns how many events there were. */
  append(appended: Appended): number;
  /** Undoes every block above this one, whose header is kept. */
  rollback(blockNumber: number): void;
  /** {@link rollback}, and no block above it is final any more: the node gave up what was. */
  rewind(blockNumber: number): void;
  /** The ledgers at the cursor were found equal to the chain's. */
  markVerified(): void;
  /** Builds, where that isn't done, the indexes and the ranking that a new file lacks until its first blocks are read. */
  complete(): void;
  /** Whether they are built: reading would take long without them. */
  isComplete(): boolean;
  /** Empties a database of another chain. */
  wipe(): void;
  /** Folds the stored logs anew, from nothing; returns how many there are. What `between` throws, between parts, undoes it. */
  rebuild(between?: () => void): number;
}

/** How the ranking follows what is stored. */
type FollowingRanking = Pick<Ranking, "built" | "build" | "follow" | "retreat" | "forget">;

/** What a chain is written with. */
interface WriterOptions<Kind extends Store> {
  decoder: Decoder;
  store: Kind;
  ranking: FollowingRanking;
  deployment: Deployment;
}

/** Events that are folded together when all are folded in one transaction. */
const FOLDED_AT_ONCE = 10_000;

export function createWriter(options: WriterOptions<PresentStore>): Writer;
export function createWriter(options: WriterOptions<Store>): Eventual<Writer>;
export function createWriter({ decoder, store, ranking, deployment }: WriterOptions<Store>): Eventual<Writer> {
  const { blocks, logs, undo, methods } = store;
  const held = createIdentityMap(store.load);

  const kept = (blockNumber: number): Header => {
    const found = blocks.header(blockNumber);
    if (!found) throw new Error(`Block ${blockNumber} is not kept.`);
    return found;
  };
  const current = (): Position => {
    const position = blocks.position();
    if (!position) throw new Error("No block is indexed yet.");
    return position;
  };

  const atomically =
    <Arguments extends unknown[], Result>(work: (...args: Arguments) => Result) =>
    (...args: Arguments): Soon<Result> =>
      store.atomically(() => {
        held.trim();
        return work(...args);
      }, forget);

  /** Nothing may be remembered of rows that changed by another way than a fold's. */
  function forget(): void {
    held.forget();
    ranking.forget();
  }

  /** Folds blocks, the last one up to a cursor, stores what they change and has the ranking follow. */
  function apply(part: readonly Block[], cursor: Header): Changes {
    try {
      const changes = fold(held, part, cursor, deployment);
      store.write(changes);
      ranking.follow(changes, timesOf(part));
      return changes;
    } catch (error) {
      if (error instanceof Missing) foresee(store.load, part, deployment);
      throw error;
    }
  }

  /** Applies blocks with events in order. Final ones are done together; of each other one is kept what undoes it. */
  function applyAll(all: readonly Block[], finalized: number): void {
    const final = all.filter(({ header }) => header.number <= finalized);
    const last = final.at(-1);
    if (last) apply(final, last.header);
    for (const block of all.slice(final.length)) undo.keep(apply([block], block.header));
  }

  /** Epochs end as time passes, also where nothing happens. */
  const reach = (cursor: Header): void => ranking.follow({ cursor, rows: [] }, timesOf([]));

  /** A block whose events are decoded when it is folded: docs/performance.md, Memory. */
  const undecoded = (header: Header, own: readonly Log[]): Block => ({
    header,
    get events() {
      return own.map((log) => decoder.decode(log));
    },
  });

  function keep(header: Header, own: readonly Log[]): void {
    blocks.put(header, own);
    for (const log of own) logs.add(log, decoder.subjectOf(log));
  }

  /** Folds stored blocks again; rows that follow from them and later ones are gone. Returns how many logs there are. */
  function applyStored(stored: readonly StoredBlock[], finalized: number): number {
    let count = 0;
    let waiting: Block[] = [];
    let events = 0;
    const flush = () => {
      applyAll(waiting, finalized);
      held.trim();
      waiting = [];
      events = 0;
    };
    for (const { header, logs: own } of stored) {
      if (own.length === 0) continue;
      const isFollowed = decoder.follow(methods(), own);
      const block = { header, events: own.map((log) => decoder.decodeStored(log)) };
      for (const [i, log] of own.entries()) {
        const { subject } = block.events[i] as Event;
        if (subject !== log.subject) logs.setSubject(log, subject);
      }
      count += own.length;
      events += own.length;
      waiting.push(block);
      // A contract that is followed from here on must be among the methods before the next block.
      if (isFollowed || events >= FOLDED_AT_ONCE) flush();
    }
    flush();
    return count;
  }

  /** Does `change`, then folds all stored blocks anew. Returns how many logs there are. */
  function replay(change: () => void, between?: () => void): Soon<number> {
    let count = 0;
    let built = { isComplete: false, isRanked: false };
    const done = store.replay(
      {
        begin() {
          change();
          built = { isComplete: store.isComplete(), isRanked: ranking.built() };
          store.empty("rows");
          forget();
        },
        each(stored) {
          between?.();
          const position = blocks.position();
          if (position) count += applyStored(stored, position.finalized);
        },
        end() {
          const position = blocks.position();
          if (position) reach(kept(position.cursor));
          if (built.isComplete) store.complete();
          if (built.isRanked) ranking.build();
        },
      },
      forget,
    );
    return onceThere(done, () => count);
  }

  /** Undoes the blocks above one; `finalizedOf` gives how far blocks are final then. */
  function undoAbove(blockNumber: number, finalizedOf: (before: Position) => number): Soon<void> {
    const cut = (before: Position): void => {
      logs.removeAbove(blockNumber);
      const verified = Math.min(before.verified, blockNumber);
      blocks.setPosition({ cursor: blockNumber, finalized: finalizedOf(before), verified });
      blocks.removeAbove(blockNumber);
    };
    const undoing = atomically((before: Position) => {
      undoRows(kept(blockNumber));
      cut(before);
    });
    const replaying = (before: Position) =>
      replay(() => {
        kept(blockNumber);
        cut(before);
      });
    return onceThere<Position, void>(store.reading(current), (before) => {
      // Of final blocks nothing is kept that undoes them.
      if (blockNumber >= Math.min(before.finalized, before.cursor)) return undoing(before);
      return onceThere(replaying(before), () => {});
    });
  }

  function undoRows(cursor: Header): void {
    for (let rows = undo.take(cursor.number); rows; rows = undo.take(cursor.number)) {
      const changes = inverse({ cursor, rows }, cursor);
      store.write(changes);
      ranking.retreat(changes);
    }
    // Epochs end in blocks without events, too.
    ranking.retreat({ cursor, rows: [] });
    held.forget();
  }

  const isComplete = (): boolean => store.isComplete() && ranking.built();
  const complete = atomically(() => {
    store.complete();
    ranking.build();
  });

  return {
    progress: () =>
      store.reading(() => {
        const position = blocks.position();
        if (!position) return undefined;
        const { cursor, finalized, verified } = position;
        return { cursor: kept(cursor), finalized, verified: kept(verified) };
      }),
    genesis: () => store.reading(blocks.genesis),
    setGenesis: atomically(blocks.setGenesis),
    header: (blockNumber) => store.reading(() => blocks.header(blockNumber)),
    highest: (blockNumber) => store.reading(() => blocks.highest(blockNumber)),
    start: atomically((first: Header) => {
      if (blocks.position()) {
        store.empty("chain");
        forget();
      }
      blocks.put(first, []);
      blocks.setPosition({ cursor: first.number, finalized: 0, verified: first.number });
    }),
    append: atomically(({ headers, logs: all, finalized }: Appended) => {
      const before = current();
      const cursor = headers.at(-1) as Header;
      // Final is only what was read.
      const final = Math.max(Math.min(before.finalized, before.cursor), Math.min(finalized, cursor.number));
      const logsOf = Map.groupBy(all, ({ blockNumber }) => blockNumber);
      const withLogs: Block[] = [];
      for (const header of headers) {
        const own = logsOf.get(header.number);
        if (own || header.number >= final) keep(header, own ?? []);
        if (own) withLogs.push(undecoded(header, own));
        logsOf.delete(header.number);
      }
      for (const [number] of logsOf) throw new Error(`Block ${number} has logs and came without its header.`);
      applyAll(withLogs, final);
      reach(cursor);
      blocks.setPosition({ cursor: cursor.number, finalized: final, verified: before.verified });
      blocks.prune(Math.min(before.cursor, before.finalized), final);
      undo.prune(final);
      return all.length;
    }),
    rollback: (blockNumber) => undoAbove(blockNumber, ({ finalized }) => finalized),
    rewind: (blockNumber) => undoAbove(blockNumber, ({ finalized }) => Math.min(finalized, blockNumber)),
    markVerified: atomically(() => {
      const { cursor, finalized, verified } = current();
      blocks.setPosition({ cursor, finalized, verified: cursor });
      if (verified < finalized) blocks.prune(verified, verified + 1);
    }),
    complete: () => onceThere<boolean, void>(store.reading(isComplete), (done) => (done ? undefined : complete())),
    isComplete: () => store.reading(isComplete),
    wipe: atomically(() => {
      store.empty("chain");
      forget();
    }),
    rebuild: (between) => replay(() => {}, between),
  };
}

/** When blocks were, in unix seconds, by their numbers. */
function timesOf(part: readonly Block[]): (blockNumber: number) => number {
  let times: Map<number, number> | undefined;
  return (blockNumber) => {
    times ??= new Map(part.map(({ header }) => [header.number, header.timestamp]));
    return times.get(blockNumber) as number;
  };
}
