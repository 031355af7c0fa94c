import { setImmediate as turn } from "node:timers/promises";
import type { LogLocation } from "../../decode/events.ts";
import type { Announcement } from "../../sync/announcements.ts";
import type { SyncStatus } from "../../sync/status.ts";
import { ProblemError } from "../problems.ts";
import type { Snapshot, State } from "../state.ts";
import { createMessages } from "./messages.ts";
import { findPlace, type Places } from "./places.ts";
import { createUndone } from "./undone.ts";

/** Bounds of the stream. */
export interface StreamLimits extends Places {
  /** Milliseconds between comments that show that the connection lives. */
  heartbeat: number;
  /** Milliseconds after which a client that hasn't read what it was sent is disconnected. */
  patience: number;
}

/** A reader of the stored events, each at its own pace: all that is held of it is its location. */
interface Client {
  address: string;
  /** Whether it is told what happened, too. */
  wantsNews: boolean;
  /** The last event read. */
  at: LogLocation;
  /** Events above this block were told, or may have been, and are undone. */
  fork: number | undefined;
  /** The block hash last sent. */
  head: string | undefined;
  /** Since when it hasn't read what it was sent. */
  blockedSince: number | undefined;
  needsBeat: boolean;
  left: boolean;
  wake: () => void;
  drop: () => void;
}

/** What a client is told next, if anything, and where it is then. */
interface Told extends Pick<Client, "at" | "head"> {
  text: string | undefined;
}

/** What is sent to a client, until it leaves. */
interface Joined {
  texts: AsyncGenerator<string, void>;
  leave(): void;
}

const ROWS_AT_ONCE = 50;
const LONGEST_TEXT = 65_536;
/** A client that is more events behind must start again. */
const MOST_BEHIND = 10_000;
/** Milliseconds that a client has to read what was sent when its stream is ended. */
const LAST_WORDS = 500;
const NONE: LogLocation = { blockNumber: 0, logIndex: 0 };

export async function createHub(state: State, condition: SyncStatus, limits: StreamLimits) {
  const start = await state.readEarly(async ({ progress }) => progress);
  const clients = new Set<Client>();
  const messages = createMessages();
  const undone = createUndone(start ? Math.min(start.finalized, start.cursor.number) : 0, state.reorganisations());
  let head = start?.cursor.number ?? 0;

  const stop = state.announcements.subscribe((announcement: Announcement) => {
    const { kind, cursor } = announcement;
    if (kind === "reorganised") {
      undone.add(cursor.number, Math.max(head, announcement.head ?? 0));
      for (const client of clients) undo(client, cursor.number);
    }
    head = cursor.number;
    for (const client of clients) client.wake();
  });
  const beat = setInterval(() => {
    const now = performance.now();
    for (const client of clients) {
      if (client.blockedSince !== undefined && now - client.blockedSince > limits.patience) client.drop();
      client.needsBeat = true;
      client.wake();
    }
  }, limits.heartbeat);
  beat.unref();

  /** Where a client continues, and above which block its events are undone. */
  async function resume(snapshot: Snapshot, lastId: string | undefined): Promise<Pick<Client, "at" | "fork">> {
    const { cursor, finalized } = snapshot.progress;
    if (condition.caughtUpAt !== undefined) undone.settle(head);
    if (lastId === undefined) return { at: await lastOf(snapshot, cursor.number), fork: undefined };
    const last = locationOf(lastId);
    const isKnown = last.blockNumber <= cursor.number && (idIsNone(last) || (await snapshot.feed.has(last)));
    const unknown = isKnown ? undefined : Math.min(finalized, cursor.number, last.blockNumber - 1);
    const fork = undone.forkBelow(last.blockNumber) ?? unknown;
    const at = fork === undefined ? last : await lastOf(snapshot, fork);
    if (await snapshot.feed.isFarBehind(at, MOST_BEHIND))
      throw new ProblemError(410, `More than ${MOST_BEHIND} events came after ${lastId}: begin again without it.`);
    return { at, fork };
  }

  /** Tells a client which of its events are undone. */
  async function goBack(snapshot: Snapshot, { at }: Client, fork: number): Promise<Told> {
    const last = at.blockNumber > fork ? await lastOf(snapshot, fork) : at;
    return { at: last, head: undefined, text: messages.ofReorg(snapshot, last, fork) };
  }

  /** Tells a client what comes next, or that this is all so far. */
  async function goOn(snapshot: Snapshot, { at, head, wantsNews }: Client): Promise<Told> {
    const rows = await snapshot.feed.after(at, ROWS_AT_ONCE);
    if (rows.length === 0) {
      const { hash } = snapshot.progress.cursor;
      return { at, head: hash, text: hash === head ? undefined : messages.ofHead(snapshot, at) };
    }
    let last = at;
    let text = "";
    for (const row of rows) {
      const { change, news } = await messages.ofEvent(snapshot, row);
      text += wantsNews ? `${news}${change}` : change;
      last = row.location;
      if (text.length > LONGEST_TEXT) break;
    }
    return { at: last, head, text };
  }

  /** The next message for the client; undefined while there is none. */
  async function next(client: Client): Promise<string | undefined> {
    const { fork, needsBeat } = client;
    client.needsBeat = false;
    const { at, head, text } = await state.read((snapshot) =>
      fork === undefined ? goOn(snapshot, client) : goBack(snapshot, client, fork),
    );
    // Undone blocks are reported first.
    if (client.fork !== fork) return "";
    Object.assign(client, { at, head, fork: undefined });
    return text ?? (needsBeat ? ":\n\n" : undefined);
  }

  async function* follow(client: Client): AsyncGenerator<string, void> {
    yield "retry: 2000\n\n";
    while (!client.left) {
      const woken = new Promise<void>((resolve) => (client.wake = resolve));
      const text = await next(client);
      if (text === undefined) await woken;
      else if (text !== "") {
        client.blockedSince = performance.now();
        yield text;
        client.blockedSince = undefined;
      }
      // Other clients get their turn, however fast this one reads.
      await turn();
    }
  }

  function leave(client: Client): void {
    clients.delete(client);
    client.left = true;
    client.wake();
  }

  /** Ends a client's stream, whether it reads or not. */
  function expel(client: Client): void {
    leave(client);
    setTimeout(client.drop, LAST_WORDS).unref();
  }

  return {
    /**
     * Lets a client in that goes on behind the event `lastId`, or from now on; `drop` ends a connection that is stuck.
     * It is told what happened where it wants news.
     * Throws a problem of status 400, 410 or 503.
     */
    async join(
      address: string,
      lastId: string | undefined,
      drop: () => void,
      { wantsNews = false } = {},
    ): Promise<Joined> {
      const evicted = findPlace(clients, address, limits);
      if (evicted) expel(evicted);
      const client: Client = {
        ...{ address, drop, wantsNews, at: NONE, fork: undefined, head: undefined, blockedSince: undefined },
        ...{ needsBeat: false, left: false, wake: () => {} },
      };
      // From here on it is told what is undone, whatever it is that it reads meanwhile.
      clients.add(client);
      try {
        const { at, fork } = await state.read((snapshot) => resume(snapshot, lastId));
        client.at = at;
        if (fork !== undefined) undo(client, fork);
      } catch (error) {
        leave(client);
        throw error;
      }
      return { texts: follow(client), leave: () => leave(client) };
    },
    clients: (): number => clients.size,
    /** Ends every stream. */
    close(): void {
      stop();
      clearInterval(beat);
      for (const client of clients) expel(client);
    },
  };
}

/** All clients of the stream. */
export type Hub = Awaited<ReturnType<typeof createHub>>;

function locationOf(id: string): LogLocation {
  const [, blockNumber, logIndex] = /^(\d{1,15})-(\d{1,9})$/.exec(id) ?? [];
  if (blockNumber === undefined)
    throw new ProblemError(400, `The parameter lastEventId is "${id}": an id is <block>-<logIndex>.`, "lastEventId");
  return { blockNumber: Number(blockNumber), logIndex: Number(logIndex) };
}

const idIsNone = ({ blockNumber, logIndex }: LogLocation): boolean => blockNumber === 0 && logIndex === 0;

const lastOf = async ({ feed }: Snapshot, blockNumber: number): Promise<LogLocation> =>
  (await feed.last(blockNumber)) ?? NONE;

/** A client's events above a block are undone. */
function undo(client: Client, blockNumber: number): void {
  client.fork = Math.min(client.fork ?? blockNumber, blockNumber);
}
