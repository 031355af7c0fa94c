import { openSource, type Said, type Source } from "./source.ts";

/** What a tab asks of the worker; a tab that joins names the stream's URL, which all of them have in common. */
export type Asked = { join: string } | "leave" | "reopen";

// Every tab that sees the server's return asks to begin anew.
const REOPEN = 5_000;

const tabs = new Set<MessagePort>();
let source: Source | undefined;
/** How the connection is, and the newest head: what a tab that joins has missed. */
let state: Said | undefined;
let head: Said | undefined;
let reopenedAt = Number.NEGATIVE_INFINITY;

function tell(said: Said): void {
  if (said.kind !== "event") state = said;
  else if (said.name === "head") head = said;
  for (const tab of tabs) tab.postMessage(said);
}

function join(tab: MessagePort, url: string): void {
  tabs.add(tab);
  for (const said of [state, head]) if (said !== undefined) tab.postMessage(said);
  source ??= openSource(url, tell);
}

function reopen(): void {
  if (performance.now() - reopenedAt < REOPEN) return;
  reopenedAt = performance.now();
  source?.reopen();
}

self.addEventListener("connect", (event) => {
  const [tab] = (event as MessageEvent).ports as unknown as [MessagePort];
  tab.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
    if (data === "leave") tabs.delete(tab);
    else if (data === "reopen") reopen();
    else join(tab, data.join);
  });
  tab.start();
});
