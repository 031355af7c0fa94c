import { expect } from "chai";
import { type Hex, toHex } from "viem";
import { nextUnit, type Wish } from "../../participant/units.ts";
import {
  type AttestationView,
  PENDING,
  REFUTED,
  type SeasonView,
  VERIFIED,
  type View,
  VOID,
} from "../../participant/view.ts";
import type { TaskInputs } from "../../sdk/client.ts";
import { unitContext } from "../../sdk/contexts.ts";

const account = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
const campaign = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF";
const other = "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69";
const seed = toHex(1, { size: 32 });

const taskOf = (taskId: bigint, unitsPerAccount: number, method = 1) =>
  ({ seasonId: 1n, taskId, method, unitsPerAccount }) as TaskInputs;
const context = (taskId: bigint, unit: bigint, seasonId = 1n): Hex => unitContext({ campaign, seasonId, taskId, unit });
const seasonOf = (changes: Partial<SeasonView> = {}): SeasonView => ({
  ...{ seasonId: 1n, startsAt: 100n, endsAt: 200n, closesAt: 300n, openedIn: 1n, seed },
  tasks: [taskOf(1n, 2), taskOf(2n, 2)],
  ...changes,
});
const viewOf = (attestations: [Hex, number, Hex?][], season = seasonOf(), timestamp = 150n): View =>
  ({
    head: { timestamp },
    seasons: new Map([[season.seasonId, season]]),
    attestations: new Map(
      attestations.map(([unit, status, prover = account], i) => {
        const uid = toHex(i, { size: 32 });
        return [uid, { uid, status, attestation: { prover, context: unit } } as AttestationView];
      }),
    ),
  }) as View;
const wish: Wish = { account, campaign, seasonId: undefined, maxUnits: Infinity, hopeless: new Set() };
const next = (view: View, changes: Partial<Wish> = {}) => nextUnit(view, { ...wish, ...changes })?.context;

describe("units", () => {
  it("gives none before a season starts, at its end, without its seed, or of another season", () => {
    expect(next(viewOf([], seasonOf(), 99n))).to.equal(undefined);
    expect(next(viewOf([], seasonOf(), 197n))).to.equal(undefined);
    expect(next(viewOf([], seasonOf({ seed: undefined })))).to.equal(undefined);
    expect(next(viewOf([]), { seasonId: 2n })).to.equal(undefined);
  });

  it("gives none of a task under another method", () => {
    expect(next(viewOf([], seasonOf({ tasks: [taskOf(1n, 2, 3)] })))).to.equal(undefined);
  });

  it("gives none that has an attestation, whatever became of it", () => {
    const taken = [PENDING, VERIFIED, REFUTED];
    for (const status of taken) {
      const season = seasonOf({ tasks: [taskOf(1n, 1)] });
      expect(next(viewOf([[context(1n, 0n), status]], season))).to.equal(undefined);
    }
  });

  it("gives no more than the account wants, and none that is hopeless", () => {
    expect(next(viewOf([[context(1n, 0n), VERIFIED]]), { maxUnits: 1 })).to.equal(undefined);
    const hopeless = new Set([context(1n, 0n), context(2n, 0n), context(1n, 1n)]);
    expect(next(viewOf([]), { hopeless })).to.equal(context(2n, 1n));
  });

  it("goes through the tasks in turns", () => {
    const done: [Hex, number][] = [];
    const order: Hex[] = [];
    for (let found = next(viewOf(done)); found !== undefined; found = next(viewOf(done))) {
      order.push(found);
      done.push([found, VERIFIED]);
    }
    expect(order).to.deep.equal([context(1n, 0n), context(2n, 0n), context(1n, 1n), context(2n, 1n)]);
  });

  it("leaves other accounts' attestations and other seasons' out of account", () => {
    const view = viewOf([
      [context(1n, 0n), VERIFIED, other],
      [context(1n, 0n, 7n), VERIFIED],
    ]);
    expect(next(view)).to.equal(context(1n, 0n));
    expect(next(view, { maxUnits: 1 })).to.equal(context(1n, 0n));
  });

  it("tries a unit whose attestation became Void again, but not for ever", () => {
    const voided: [Hex, number] = [context(2n, 1n), VOID];
    expect(next(viewOf([voided]))).to.equal(context(2n, 1n));
    expect(next(viewOf([voided, [context(2n, 1n), PENDING]]))).to.equal(context(1n, 0n));
    expect(next(viewOf([voided, voided, voided]))).to.equal(context(1n, 0n));
  });

  it("looks at no more units than it must", () => {
    const season = seasonOf({ tasks: [taskOf(1n, 2 ** 32 - 1)] });
    expect(next(viewOf([[context(1n, 0n), VERIFIED]], season))).to.equal(context(1n, 1n));
  });
});
