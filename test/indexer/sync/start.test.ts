import { expect } from "chai";
import { following, head, story, whole } from "../following.ts";
import { chainOf } from "../node.ts";
import { choices, untilReady } from "../running.ts";
import { chaptersOf } from "../story.ts";

describe("the chain of a database", () => {
  const on = following();

  it("refuses to go on in a database of another chain", async () => {
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    on.node.blocks = chainOf(chaptersOf(story), "another genesis", 0);
    const second = await on.launch();
    expect((await second.ended)?.message).to.match(
      /is of the chain with genesis block 0x[0-9a-f]{64}, but the node's is/,
    );
  });

  it("empties a database of another chain when asked to", async () => {
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    const other = chainOf(chaptersOf(choices(40, 11)), "another genesis", 0);
    on.node.blocks = other;
    await untilReady(await on.launch({ wipe: true }), head(other));
    await on.expectRowsOf(other);
  });
});
