import type { FileHandle } from "node:fs/promises";
import { finished, Readable } from "node:stream";

/** The longest download, in milliseconds. One that stands still ends before, with its connection. */
const LONGEST = 600_000;
const CHUNK = 65_536;

/** An open file's bytes from its beginning, a chunk at a time; many may read one file at once. */
export async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer, void> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Reads an open file as fast as who downloads it takes it: of a file of any size only a few chunks are in memory. Leaves
 * the file open, and calls `done` at the end, also where the download was broken off.
 */
export function readFrom(file: FileHandle, done: () => void): Readable {
  const stream = Readable.from(chunksOf(file), { objectMode: false, highWaterMark: CHUNK });
  const deadline = setTimeout(() => stream.destroy(), LONGEST);
  finished(stream, () => {
    clearTimeout(deadline);
    done();
  });
  return stream;
}
