import type { FastifyRequest } from "fastify";
import type { Hex } from "viem";
import type { Header } from "../ingest/blocks.ts";
import { blockOfCursor } from "./cursors.ts";
import { ProblemError } from "./problems.ts";
import type { App, State } from "./state.ts";

/** A block that a request names: what it is answered by must not be older. */
interface Named {
  number: number | undefined;
  /** Of a block that another server answered with, by an ETag. */
  hash: Hex | undefined;
}

/** Longest wait for a block, in milliseconds. */
const PATIENCE = 2_000;
/** Longest wait for a block of which only the hash is known: it may also be one of long ago. */
const HASH_PATIENCE = 1_000;
const MOST_REMEMBERED = 10_000;

/**
 * For routes added from now on: a request that names a block waits until this server has come to it, for another server may
 * have answered the client before. Blocks are named by the header `min-block`, a list's cursor, and an ETag. Where that takes
 * too long, the problem of status 503 says so; an ETag's block may be an old one, so the answer is given then.
 */
export function awaitBlocks(app: App, state: State): void {
  const hashes = new Set<Hex>();
  let highest = -1;

  function remember({ number, hash }: Header): void {
    highest = Math.max(highest, number);
    hashes.add(hash);
    const [first] = hashes;
    if (hashes.size > MOST_REMEMBERED && first) hashes.delete(first);
  }

  app.addHook("onClose", async () => stop());
  const stop = state.announcements.subscribe(({ kind, cursor, isLost }) => {
    // What comes instead of the blocks above may come later, or to a replica much later.
    if (kind === "reorganised") highest = -1;
    if (isLost) hashes.clear();
    remember(cursor);
  });

  /** A block that was reorganised since counts as reached by its hash, but not one that the database lost. */
  const isReached = ({ number, hash }: Named): boolean =>
    (number === undefined || number <= highest) && (hash === undefined || hashes.has(hash));

  async function wait(named: Named): Promise<void> {
    const cursor = await state.reached();
    if (cursor) remember(cursor);
    const deadline = performance.now() + (named.hash === undefined ? PATIENCE : HASH_PATIENCE);
    while (!isReached(named)) {
      const left = deadline - performance.now();
      if (left > 0) await nextAnnouncement(state, left);
      else if (named.number === undefined || named.number <= highest) return;
      else
        throw new ProblemError(
          503,
          `Block ${highest} is reached; block ${named.number} was asked for: try again later.`,
        );
    }
  }

  app.addHook("onRequest", (request, _reply, done) => {
    try {
      const named = namedBy(request, state.isOneOfSeveral);
      if (named === undefined || isReached(named)) done();
      else wait(named).then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  });
}

function namedBy({ headers, query }: FastifyRequest, isOneOfSeveral: boolean): Named | undefined {
  const least = headers["min-block"];
  const etag = isOneOfSeveral ? headers["if-none-match"] : undefined;
  const { cursor } = query as { cursor?: unknown };
  if (least === undefined && etag === undefined && cursor === undefined) return undefined;
  if (least !== undefined && !/^\d{1,15}$/.test(String(least)))
    throw new ProblemError(400, `The header min-block is "${least}": a block's number is asked.`, "min-block");
  const ofCursor = typeof cursor === "string" ? blockOfCursor(cursor) : undefined;
  const numbers = [least === undefined ? undefined : Number(least), ofCursor].filter((number) => number !== undefined);
  const [, hash] = /"([0-9a-f]{64})"/.exec(etag ?? "") ?? [];
  return {
    number: numbers.length > 0 ? Math.max(...numbers) : undefined,
    hash: hash === undefined ? undefined : `0x${hash}`,
  };
}

/** Waits for the next change of the chain, for so many milliseconds at most. */
function nextAnnouncement({ announcements }: State, most: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, most);
    const stop = announcements.subscribe(end);
  });
}
