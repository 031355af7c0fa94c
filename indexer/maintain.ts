import type { Header } from "./ingest/blocks.ts";
import { openForWriting } from "./open.ts";
import type { MaintainOptions, RewindOptions } from "./options.ts";

/**
 * Undoes every block above `to`, also final ones, so that the chain is read again from there. Only some blocks are kept:
 * the highest of those at or below `to` is where it ends, and what is returned. Throws when there is none.
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

/** Folds the stored events anew, without a node: every other row is made again. Returns how many events there are. */
export function rebuild({ deployment, db: file }: MaintainOptions): number {
  const { writer, close } = openForWriting(file, deployment);
  try {
    return writer.rebuild();
  } finally {
    close();
  }
}
