import type { Header } from "./ingest/blocks.ts";
import { openForWriting } from "./open.ts";
import type { MaintainOptions, RewindOptions } from "./options.ts";

/**
 * Undoes every block above `to`, also final ones, so that the chain is read again from there. Only some blocks are kept:
 * the database ends at the highest of them at or below `to`, which is returned. Throws when there is none.
 */
export function rewind({ deployment, db: file, to }: RewindOptions): Header {
  const { writer, close } = openForWriting(file, deployment);
  try {
    const cursor = writer.progress()?.cursor;
    if (!cursor || cursor.number <= to)
      throw new Error(
        `The database ${file} ends with block ${cursor?.number ?? "none"}: nothing is above block ${to}.`,
      );
    const target = writer.highest(to);
    if (!target) throw new Error(`No block at or below ${to} is kept in ${file}: index anew into another --db.`);
    writer.rewind(target.number);
    return target;
  } finally {
    close();
  }
}

/** Computes all other rows again from the stored events, without a node. Returns the number of events. */
export function rebuild({ deployment, db: file }: MaintainOptions): number {
  const { writer, close } = openForWriting(file, deployment);
  try {
    return writer.rebuild();
  } finally {
    close();
  }
}
