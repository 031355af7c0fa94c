import Database from "better-sqlite3";
import { expect } from "chai";
import { toHex } from "viem";
import type { FaultProxy } from "./proxy.ts";
import { line } from "./report.ts";
import { runSeed } from "./run.ts";
import { createWorld, type World } from "./world.ts";

/** A block's receipts, with the data of all its logs changed. */
const changeLogs = (receipts: unknown, change: (data: string) => string) =>
  (receipts as { logs: { data: string }[] }[]).map((receipt) => ({
    ...receipt,
    logs: receipt.logs.map((log) => ({ ...log, data: log.data.length > 2 ? change(log.data) : log.data })),
  }));

describe("the indexer, whatever its nodes, its disk and its fate do", () => {
  let world: World;

  before(async () => {
    world = await createWorld();
  });
  after(() => world.stop());

  it("is not found equal when a row of its database was changed", async () => {
    const beforeComparing = (file: string) => {
      const db = new Database(file);
      db.exec("UPDATE entries SET points = points + 1 WHERE season_id = 1 AND number = 1");
      db.close();
    };
    const { wrong, seed } = await runSeed(world, 1, { kinds: [], steps: 0, beforeComparing });
    expect(wrong.join("\n"))
      .to.match(/^entries has a row too many: \{"season_id":1,.*"number":1,.*\}/m)
      .and.match(/^entries lacks a row: \{"season_id":1,.*"number":1,.*\}/m)
      .and.match(/^The entry of 0x\w+ in season 1 is (\d+), (\d+); the chain has (?!\1,)\d+, \2\./m);
    const told = line({ seed, wrong, seconds: 1, faults: new Map(), disasters: new Map() });
    expect(told)
      .to.match(/DIFFERENT/)
      .and.match(/npm run simulate -- --seeds 1 --from 1$/);
  });

  it("is not found equal when its node lies and never contradicts itself", async () => {
    const prepare = (proxies: readonly FaultProxy[]) => {
      for (const proxy of proxies)
        proxy.lie = ({ method }, result) => {
          if (method !== "eth_getBlockByNumber" || result === null) return result;
          const block = result as { timestamp: string };
          return { ...block, timestamp: toHex(Number(block.timestamp) + 1) };
        };
    };
    const { wrong } = await runSeed(world, 1, { kinds: [], steps: 0, prepare });
    expect(wrong.join("\n")).to.match(/^blocks has a row too many: /m);
  });

  /** Lies that receipts, headers' hashes or another node find out, told by the first node from the indexer's start on. */
  const lies: Record<string, (method: string, result: unknown) => unknown> = {
    "a vote, a time or anything else in a receipt's logs": (method, result) =>
      method === "eth_getBlockReceipts"
        ? changeLogs(result, (data) => data.replace(/.$/, (last) => (last === "1" ? "2" : "1")))
        : result,
    "a block's last log": (method, result) =>
      method === "eth_getBlockReceipts"
        ? (result as { logs: unknown[] }[]).map((one, i, all) => ({
            ...one,
            logs: one.logs.slice(0, i === all.length - 1 ? -1 : undefined),
          }))
        : result,
    "a transaction's hash": (method, result) =>
      method === "eth_getBlockReceipts"
        ? (result as object[]).map((one) => ({ ...one, transactionHash: `0x${"12".repeat(32)}` }))
        : result,
    "a block's time": (method, result) =>
      method === "eth_getBlockByNumber" && result !== null
        ? { ...(result as object), timestamp: toHex(1_900_000_000) }
        : result,
    "a head that doesn't exist": (method, result) =>
      method === "eth_getBlockByNumber" && result !== null
        ? { ...(result as object), number: toHex(99_000_000) }
        : result,
  };
  for (const [what, tell] of Object.entries(lies))
    it(`finds out a node that lies about ${what}, and goes on with another`, async () => {
      const seed = 3;
      const prepare = ([first, second]: readonly FaultProxy[]) => {
        if (!first || !second) throw new Error(`Seed ${seed} has one node only.`);
        first.lie = ({ method }, result) => tell(method, result);
      };
      const { wrong } = await runSeed(world, seed, { kinds: [], steps: 3, prepare });
      expect(wrong).to.deep.equal([]);
    });

  it("is not found well when it can't catch up", async () => {
    const prepare = (proxies: readonly FaultProxy[]) => {
      for (const proxy of proxies)
        proxy.lie = ({ method }, result) => (["eth_getLogs", "eth_getBlockReceipts"].includes(method) ? [] : result);
    };
    const { wrong } = await runSeed(world, 1, { kinds: [], steps: 0, prepare, patience: 1_000 });
    expect(wrong.join("\n")).to.match(/^It did not happen within 1000 ms that the indexer is ready at block \d+\./m);
  });

  it("takes little longer than a node's budget needs", async () => {
    const { wrong } = await runSeed(world, 1, { kinds: [], steps: 0, budget: 40 });
    expect(wrong).to.deep.equal([]);
  });

  for (const seed of [4, 9, 12])
    it(`ends with the rows of a clean sync and the chain's entries: seed ${seed}`, async () => {
      const result = await runSeed(world, seed);
      expect(result.wrong, line(result)).to.deep.equal([]);
    });
});
