import { randomUUID } from "node:crypto";
import type { Connection } from "./connection.ts";

/** Another process writes now: this one's lease was over, and that one has taken it. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
  constructor() {
    super("Another process has taken over writing: this one stands by.");
  }
}

/** What the writer knows of the chain, for servers that ask no node. */
export interface WriterCondition {
  headBlock: number | undefined;
  /** Seconds since the head of the chain was last reached with everything compared; undefined before. */
  caughtUpFor: number | undefined;
  failure: string | undefined;
  inconsistent: boolean;
}

/**
 * The right to write, held by one process at a time, for `length` milliseconds by the server's clock after it was last
 * kept. Whoever has it keeps its term: a number that only grows. Every transaction begins with {@link keep}, which locks
 * the lease's row to its end. So nobody takes the lease over while a transaction that has it is under way, and none that
 * lost it gets as far as its first write.
 */
export interface Lease {
  /** Takes the lease, if nobody has it; answers whether it is had. In a transaction, or alone. */
  take(db: Connection): Promise<boolean>;
  /** Keeps it for another length. Throws {@link LeaseLost} where another has taken it. In a transaction. */
  keep(db: Connection): Promise<void>;
  /** Lets go of it, so that another needn't wait for its end. */
  release(db: Connection): Promise<void>;
}

export function createLease(length: number, condition: () => WriterCondition): Lease {
  const token = randomUUID();
  let term: bigint | undefined;
  const until = `clock_timestamp() + interval '1 millisecond' * ${length}`;
  return {
    async take(db) {
      // Whoever is in a transaction has its row locked, and so has the lease.
      const [row] = await db.rows(
        `UPDATE writer SET token = $1, term = term + 1, expires_at = ${until}
         WHERE id = (SELECT id FROM writer WHERE expires_at < clock_timestamp() OR token = $1 FOR UPDATE SKIP LOCKED)
         RETURNING term`,
        token,
      );
      term = row?.[0] as bigint | undefined;
      return term !== undefined;
    },
    async keep(db) {
      const { headBlock, caughtUpFor, failure, inconsistent } = condition();
      const kept = await db.rows(
        `UPDATE writer SET expires_at = ${until}, head_block = $3,
           caught_up_at = clock_timestamp() - interval '1 second' * $4::float8, failure = $5, inconsistent = $6
         WHERE token = $1 AND term = $2 RETURNING 1`,
        ...[token, term ?? -1n, headBlock ?? null, caughtUpFor ?? null, failure?.replaceAll("\0", "") ?? null],
        inconsistent,
      );
      if (kept.length === 0) throw new LeaseLost();
    },
    async release(db) {
      await db.rows(
        "UPDATE writer SET token = NULL, expires_at = '-infinity' WHERE token = $1 AND term = $2",
        token,
        term,
      );
    },
  };
}
