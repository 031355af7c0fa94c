import { expect } from "chai";
import { toHex } from "viem";
import type { ChainState } from "../../participant/chainState.ts";
import { type BatchWish, nextBatch } from "../../participant/unitRange.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { accountOf } from "./chain.ts";

const campaign = accountOf(9).address;
const account = accountOf(1).address;
const wish: BatchWish = { account, campaign, method: 2, seasonId: undefined, maxUnits: Infinity, batchSize: 256 };

type Made = [first: bigint, count: number, changes?: { prover?: string; method?: number; taskId?: bigint }];

/** A running season with two tasks of twenty units, and batches that were attested. */
function stateOf(made: readonly Made[]): ChainState {
  const tasks = [1n, 2n].map((taskId) => ({ seasonId: 1n, taskId, method: 2, unitsPerAccount: 20 }));
  const season = { seasonId: 1n, startsAt: 0n, endsAt: 1_000n, closesAt: 2_000n, seed: toHex(1, { size: 32 }), tasks };
  const batches = made.map(([unit, count, { prover = account, method = 2, taskId = 1n } = {}]) => {
    const context = unitContext({ campaign, seasonId: 1n, taskId, unit });
    return { kind: "batch", message: { prover, method, context, count } };
  });
  return {
    head: { timestamp: 500n },
    seasons: new Map([[1n, season]]),
    attestations: { byId: new Map(batches.map((each, i) => [toHex(i, { size: 32 }), each])) },
  } as unknown as ChainState;
}

/** Everything that is attested from here on, as `TASK: FIRST..LAST`. */
function restOf(made: readonly Made[], changes: Partial<BatchWish> = {}): string[] {
  const all = [...made];
  const rest: string[] = [];
  for (;;) {
    const next = nextBatch(stateOf(all), { ...wish, taskId: 1n, ...changes });
    if (next === undefined) return rest;
    const { task, first, count } = next;
    all.push([first, count, { taskId: task.taskId }]);
    rest.push(`${task.taskId}: ${first}..${first + BigInt(count) - 1n}`);
  }
}

describe("the next batch", () => {
  it("is none where every unit was attested, also twice or beyond the task's last", () => {
    expect(restOf([[0n, 20]])).to.deep.equal([]);
    expect(
      restOf([
        [8n, 40],
        [0n, 12],
        [3n, 2],
      ]),
    ).to.deep.equal([]);
  });

  it("is none where as many as the account wants were attested, wherever they are", () => {
    expect(restOf([[10n, 4]], { maxUnits: 4 })).to.deep.equal([]);
    expect(restOf([[10n, 4]], { maxUnits: 6 })).to.deep.equal(["1: 0..1"]);
  });

  it("leaves no gap out, and ends where the next attested unit begins", () => {
    expect(restOf([[10n, 4]])).to.deep.equal(["1: 0..9", "1: 14..19"]);
    const gaps: Made[] = [
      [15n, 2],
      [2n, 3],
      [4n, 4],
    ];
    expect(restOf(gaps)).to.deep.equal(["1: 0..1", "1: 8..14", "1: 17..19"]);
    expect(restOf([[10n, 4]], { batchSize: 6 })).to.deep.equal(["1: 0..5", "1: 6..9", "1: 14..19"]);
  });

  it("is of the next task when one has none left", () => {
    expect(restOf([[10n, 4]], { taskId: undefined })).to.deep.equal(["1: 0..9", "1: 14..19", "2: 0..19"]);
  });

  it("leaves others' attestations, other tasks' and other methods' out of account", () => {
    const others: Made[] = [
      [0n, 5, { prover: campaign }],
      [5n, 5, { method: 5 }],
      [10n, 5, { taskId: 2n }],
    ];
    expect(restOf(others)).to.deep.equal(["1: 0..19"]);
  });
});
