import type { StreamEvents } from "../../sdk/wire.ts";

/** What is told of the server's stream: how the connection is, and what came over it. */
export type Said =
  | { kind: "open" }
  /** The connection broke; the browser tries again by itself. */
  | { kind: "lost" }
  /** The server has no place, or no stream; it is asked again after a while. */
  | { kind: "refused" }
  | { kind: "event"; name: keyof StreamEvents; data: string };

/** A connection to the stream. */
export interface Source {
  /** Begins anew: a connection may be dead without the browser's knowing. */
  reopen(): void;
  close(): void;
}

const NAMES: readonly (keyof StreamEvents)[] = ["points", "status", "request", "news", "head", "reorg"];
const RETRY = 30_000;

/** Opens the stream at a URL and tells what comes, until it is closed. */
export function openSource(url: string, say: (said: Said) => void): Source {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let stream = open();

  function open(): EventSource {
    const opened = new EventSource(url);
    for (const name of NAMES)
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => say({ kind: "event", name, data }));
    opened.addEventListener("open", () => say({ kind: "open" }));
    opened.addEventListener("error", () => {
      if (opened.readyState === EventSource.CONNECTING) return say({ kind: "lost" });
      say({ kind: "refused" });
      retry = setTimeout(() => {
        stream = open();
      }, RETRY);
    });
    return opened;
  }

  function close(): void {
    clearTimeout(retry);
    stream.close();
  }

  return {
    close,
    reopen() {
      close();
      say({ kind: "lost" });
      stream = open();
    },
  };
}
