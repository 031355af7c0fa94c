import { expect } from "chai";
import { type Endpoint, noChecks } from "../../../indexer/ingest/endpoint.ts";
import type { Rpc } from "../../../indexer/ingest/rpc.ts";
import { createHeads } from "../../../indexer/sync/heads.ts";
import { whole } from "../following.ts";
import { type Block, headerJson } from "../node.ts";

/** Nodes at these heads; those of `slow` answer when their look is over. */
function open(numbers: number[], slow: readonly number[]) {
  const preferred: number[] = [];
  const nodes = numbers.map((_, i) => ({
    ...{ name: `The node at ${i}`, checks: noChecks(), redact: (text: string) => text },
    call: async () => headerJson(whole[numbers[i] as number] as Block),
  })) as unknown as Endpoint[];
  const rpc = {
    async all<T>(work: (node: Endpoint) => Promise<T>) {
      const answers = await Promise.all(nodes.map(async (node) => ({ node, result: await work(node) })));
      return answers.filter((_, i) => !slow.includes(i));
    },
    prefer: (node: Endpoint) => preferred.push(nodes.indexOf(node)),
  };
  return { heads: createHeads(rpc as unknown as Rpc), preferred };
}

describe("heads", () => {
  it("are led by a slow node's of the look before, where it is further", async () => {
    const { heads, preferred } = open([40, 30], [0]);
    expect((await heads.read()).number).to.equal(30);
    expect((await heads.read()).number).to.equal(40);
    expect(preferred).to.deep.equal([1, 0]);
  });

  it("are led by a node that answers in time, where they are equal, the first one first", async () => {
    const { heads, preferred } = open([30, 30, 30], [0]);
    for (let look = 0; look < 3; look++) await heads.read();
    expect(preferred).to.deep.equal([1, 1, 1]);
  });
});
