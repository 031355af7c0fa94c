import { expect } from "chai";
import fc from "fast-check";
import type { News } from "../../../sdk/wire.ts";
import { idOf, merged } from "../../../web/news/heard.ts";

const item = (blockNumber: number, logIndex: number): News => ({
  ...{ news: "seasonFrozen", seasonId: "1", participants: 1 },
  at: { blockNumber, logIndex, timestamp: 1, transactionHash: "0x01" },
});
const lists = fc.array(fc.tuple(fc.nat(20), fc.nat(3)), { maxLength: 60 });

describe("news that are shown", () => {
  it("are of both lists, each once, newest first, and not more than thirty", () => {
    fc.assert(
      fc.property(lists, lists, (some, others) => {
        const shown = merged(
          some.map(([block, log]) => item(block, log)),
          others.map(([block, log]) => item(block, log)),
        );
        const places = shown.map(({ at }) => 10 * at.blockNumber + at.logIndex);
        const all = [...new Set([...some, ...others].map(([block, log]) => 10 * block + log))];
        expect(places).to.deep.equal(all.sort((a, b) => b - a).slice(0, 30));
        expect(new Set(shown.map(idOf)).size).to.equal(shown.length);
      }),
    );
  });
});
