import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { ProblemError } from "../problems.ts";
import type { Drawn } from "./draw.worker.ts";

/** Pictures that are kept, of some 50 kB each, and that wait to be drawn. */
const MOST_KEPT = 64;
const MOST_WAITING = 16;
/** Drawing takes a tenth of a second; the first one waits for the library. */
const LONGEST_DRAWING = 30_000;
/** The library takes memory: it is let go when nothing was drawn for so long. */
const IDLE = 60_000;

/** What names a picture: its SVG's hash, as an ETag. */
export const etagOfPicture = (svg: string): string =>
  `"${createHash("sha256").update(svg).digest("base64url").slice(0, 22)}"`;

/** Draws SVG as PNG in a thread of its own, one at a time, and keeps what was asked for last. */
export function createPictures() {
  const kept = new Map<string, Promise<Uint8Array>>();
  const waiting = new Map<string, { resolve(png: Uint8Array): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(new URL("draw.worker.ts", import.meta.url));
    started.on("message", ({ svg, png }: Drawn) => {
      waiting.get(svg)?.resolve(png);
      waiting.delete(svg);
      if (waiting.size === 0) idle = setTimeout(stop, IDLE).unref();
    });
    started.on("error", stop);
    started.unref();
    return started;
  }

  function stop(): void {
    clearTimeout(idle);
    void worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new ProblemError(503, "The picture could not be drawn."));
    waiting.clear();
  }

  function draw(svg: string): Promise<Uint8Array> {
    if (waiting.size === MOST_WAITING)
      throw new ProblemError(503, `${MOST_WAITING} pictures are waiting to be drawn: try again later.`);
    clearTimeout(idle);
    worker ??= start();
    const drawn = new Promise<Uint8Array>((resolve, reject) => waiting.set(svg, { resolve, reject }));
    worker.postMessage(svg);
    const deadline = setTimeout(stop, LONGEST_DRAWING);
    return drawn.finally(() => clearTimeout(deadline));
  }

  return {
    /** The picture as PNG. Throws a problem of status 503 where too many wait, or it can't be drawn. */
    async png(svg: string): Promise<Uint8Array> {
      const picture = kept.get(svg) ?? draw(svg);
      kept.delete(svg);
      kept.set(svg, picture);
      for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
      try {
        return await picture;
      } catch (error) {
        kept.delete(svg);
        throw error;
      }
    },
    close: stop,
  };
}
