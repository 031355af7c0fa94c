import { openSource, type Said, type Source } from "./source.ts";
import type { Asked } from "./stream.worker.ts";

type Listener = (said: Said) => void;

/**
 * Listens to the server's stream, through one connection for all tabs: a browser has six to a server over HTTP/1.1, and a
 * stream in every tab would leave none for requests. Where workers can't be shared, a tab has its own while it is shown.
 */
export function joinStream(url: string, say: Listener): Pick<Source, "reopen"> {
  if (typeof SharedWorker === "undefined") return openWhileShown(url, say);
  const worker = new SharedWorker(new URL("./stream.worker.ts", import.meta.url), { type: "module" });
  const ask = (asked: Asked) => worker.port.postMessage(asked);
  let own: Pick<Source, "reopen"> | undefined;
  // Its code didn't load.
  worker.addEventListener("error", () => {
    own ??= openWhileShown(url, say);
  });
  worker.port.addEventListener("message", ({ data }: MessageEvent<Said>) => say(data));
  worker.port.start();
  ask({ join: url });
  addEventListener("pagehide", () => ask("leave"));
  addEventListener("pageshow", ({ persisted }) => persisted && ask({ join: url }));
  return { reopen: () => (own ? own.reopen() : ask("reopen")) };
}

function openWhileShown(url: string, say: Listener): Pick<Source, "reopen"> {
  let source: Source | undefined;
  const look = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
      say({ kind: "lost" });
    } else source ??= openSource(url, say);
  };
  look();
  document.addEventListener("visibilitychange", look);
  return { reopen: () => source?.reopen() };
}
