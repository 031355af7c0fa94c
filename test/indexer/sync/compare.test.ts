import { expect } from "chai";
import type { Audit } from "../../../sdk/wire.ts";
import { following, head, readiness, victim, whole, without } from "../following.ts";
import type { Block } from "../node.ts";
import { until, untilReady } from "../running.ts";

describe("ledgers that contradict the chain", () => {
  const on = following();

  describe("on a chain whose headers have no blooms", () => {
    const bare = () => whole.map((block) => ({ ...block, logsBloom: `0x${"00".repeat(256)}` as const }));

    beforeEach(() => {
      on.node.blocks = bare();
    });

    it("says so, and names the option that reads it", async () => {
      const indexer = await on.launch();
      await until("it is reported", async () => /give --no-blooms\.$/.test((await readiness(indexer)).detail));
    });

    it("reads again what doesn't follow from what was read before", async () => {
      on.node.fault = without(victim, 1);
      const indexer = await on.launch({ blooms: false });
      await untilReady(indexer, head(whole));
      await on.expectRowsOf(whole, { blooms: false });
    });

    it("says so as long as the events contradict each other, and heals when they don't any more", async () => {
      on.node.fault = without(victim);
      const indexer = await on.launch({ blooms: false });
      await until("the contradiction is reported", async () =>
        /^The events read contradict the chain: /.test((await readiness(indexer)).detail),
      );
      expect((await fetch(`${indexer.url}/readyz`)).status).to.equal(503);
      on.node.fault = () => undefined;
      await untilReady(indexer, head(whole));
      await on.expectRowsOf(whole, { blooms: false });
    });

    it("notices points that are missing at the head by the chain's own ledger", async () => {
      const cut = whole.findLastIndex(({ ledgers }, i) => ledgers.get(1n)?.seq !== whole[i - 1]?.ledgers.get(1n)?.seq);
      on.node.blocks = bare().slice(0, cut + 1);
      on.node.fault = without(whole[cut] as Block);
      const indexer = await on.launch({ blooms: false });
      await until("the difference is reported", async () =>
        /the chain's ends with entry/.test((await readiness(indexer)).detail),
      );
      const audit = (await (await fetch(`${indexer.url}/v1/audit/1`)).json()) as Audit;
      expect(audit.match).to.equal(false);
      expect(BigInt(audit.seq)).to.be.below(BigInt(audit.chainSeq));
      on.node.fault = () => undefined;
      await untilReady(indexer, cut);
      expect(((await (await fetch(`${indexer.url}/v1/audit/1`)).json()) as Audit).match).to.equal(true);
    });

    it("doesn't undo anything for one wrong word about the ledger", async () => {
      let lies = 1;
      on.node.fault = (method) =>
        method === "eth_call" && lies-- > 0 ? { result: `0x${"00".repeat(32)}` } : undefined;
      const indexer = await on.launch({ blooms: false });
      await untilReady(indexer, head(whole));
      const asked = on.node.requests.filter(({ method }) => method === "eth_getLogs");
      expect(new Set(asked.map(({ params }) => JSON.stringify(params)))).to.have.lengthOf(asked.length);
    });
  });
});
