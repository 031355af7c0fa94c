import { mkdirSync } from "node:fs";
import type { Indexer } from "../../../indexer/main.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, scratch, start, untilReady } from "../running.ts";
import { chaptersOf } from "../story.ts";

/** An indexer that has read a story, and what a route's test needs of it. */
export interface Site {
  node: FakeNode;
  indexer: Indexer;
  /** Content directory. */
  content: string;
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

export async function openSite(): Promise<Site> {
  const files = scratch();
  const content = files.path("content");
  mkdirSync(content);
  const node = await startNode(chainOf(chaptersOf(STORY)));
  const options = { rpcs: [node.url], publicRpc: node.url, db: files.path("db") };
  const indexer = await start({ ...options, content, web: files.path("unbuilt") });
  await untilReady(indexer, node.blocks.length - 1);
  return {
    ...{ node, indexer, content },
    async get(path, headers = {}) {
      const response = await fetch(`${indexer.url}${path}`, { headers });
      const text = await response.text();
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
