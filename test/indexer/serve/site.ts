import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startWriter } from "../../../indexer/fleet.ts";
import type { Indexer } from "../../../indexer/main.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, scratch, start, untilReady, usual } from "../running.ts";
import { chaptersOf } from "../story.ts";

/** An indexer that has read a story, and what a route's test needs of it. */
export interface Site {
  node: FakeNode;
  indexer: Pick<Indexer, "url" | "close">;
  /** Content directory. */
  content: string;
  /** Asks, again where a slow machine was asked more at once than it can answer in time. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  body: any;
}

export const STORY = choices(320, 11);
export const NOBODY = "0x000000000000000000000000000000000000dEaD";
export const UNKNOWN = `0x${"ab".repeat(32)}`;

/** Opens a site whose rows are in a file, or at the URL of a PostgreSQL store. */
export async function openSite(store?: string): Promise<Site> {
  const files = scratch();
  const content = files.path("content");
  mkdirSync(content);
  const node = await startNode(chainOf(chaptersOf(STORY)));
  const options = { rpcs: [node.url], publicRpc: node.url, content, web: files.path("unbuilt") };
  const indexer = await (store === undefined
    ? start({ ...options, db: files.path("db") })
    : startWriter({ ...usual(options), store }));
  await untilReady(indexer, node.blocks.length - 1);
  return {
    ...{ node, indexer, content },
    async get(path, headers = {}) {
      const [response, text] = await ask(`${indexer.url}${path}`, headers);
      const json = /json/.test(response.headers.get("content-type") ?? "");
      return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
    },
    async close() {
      await indexer.close();
      await node.close();
      files.remove();
    },
  };
}

async function ask(url: string, headers: Record<string, string>): Promise<[Response, string]> {
  for (;;) {
    const response = await fetch(url, { headers });
    const text = await response.text();
    if (response.status !== 503 || !text.includes("More is asked than can be answered in time"))
      return [response, text];
    await sleep(100);
  }
}
