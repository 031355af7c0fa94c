import { expect } from "chai";
import type { Indexer } from "../../../indexer/main.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, scratch, start, untilReady } from "../running.ts";
import { chaptersOf } from "../story.ts";

describe("ETags", () => {
  const files = scratch();
  let node: FakeNode;
  let servers: Indexer[];
  before(async () => {
    node = await startNode(chainOf(chaptersOf(choices(60, 7))));
    const head = node.blocks.length - 1;
    node.finalized = head;
    servers = [];
    for (const finality of [3, 30]) {
      const indexer = await start({ rpcs: [node.url], db: files.path(`${finality}`), finality });
      servers.push(indexer);
      await untilReady(indexer, head);
    }
  });
  after(async () => {
    for (const server of servers) await server.close();
    await node.close();
    files.remove();
  });

  const finalizedAt = async ({ url }: Indexer): Promise<number> =>
    (await (await fetch(`${url}/v1/audit/1`)).json()).asOf.finalizedBlock;

  /** An answer without what servers may see differently. */
  const common = async (response: Response | undefined): Promise<string> =>
    ((await response?.text()) ?? "").replace(/"finalizedBlock":\d+,/, "");

  it("name the block only, and are the same on servers that differ in finality", async () => {
    const [one, other] = servers as [Indexer, Indexer];
    const head = node.blocks.length - 1;
    expect([await finalizedAt(one), await finalizedAt(other)]).to.deep.equal([head - 3, head - 30]);
    const { items } = await (await fetch(`${one.url}/v1/seasons/1/standings`)).json();
    const [{ account }] = items;
    for (const path of [
      ...["/seasons", "/seasons/1", "/seasons/1/standings", `/seasons/1/standings/${account}?around=3`],
      ...["/seasons/1/search?prefix=0x1", `/seasons/1/profiles?account=${account}`, "/seasons/1/standings.csv"],
      ...[`/accounts/${account}`, `/accounts/${account}/receipts`, "/attestations", "/models", "/activity"],
    ]) {
      const [left, right] = await Promise.all(servers.map(({ url }) => fetch(`${url}/v1${path}`)));
      const etag = left?.headers.get("etag");
      expect(etag, path).to.equal(`W/"${node.blocks.at(-1)?.hash.slice(2)}"`);
      expect(right?.headers.get("etag"), path).to.equal(etag);
      expect(await common(right), path).to.equal(await common(left));
      const again = await fetch(`${other.url}/v1${path}`, { headers: { "if-none-match": etag as string } });
      expect(again.status, path).to.equal(304);
    }
  });
});
