import { expect } from "chai";
import { type Hex, toHex } from "viem";
import type { ChainState, Season } from "../../participant/chainState.ts";
import { nextUnit, type UnitWish } from "../../participant/freeUnits.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import type { TaskInputs } from "../../sdk/client.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";

const account = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
const campaign = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF";
const other = "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69";
const seed = toHex(1, { size: 32 });

const taskOf = (taskId: bigint, unitsPerAccount: number, method = 1) =>
  ({ seasonId: 1n, taskId, method, unitsPerAccount }) as TaskInputs;
const context = (taskId: bigint, unit: bigint, seasonId = 1n): Hex => unitContext({ campaign, seasonId, taskId, unit });
const seasonOf = (changes: Partial<Season> = {}): Season => ({
  ...{ seasonId: 1n, startsAt: 100n, endsAt: 200n, closesAt: 300n, openedIn: 1n, seed },
  tasks: [taskOf(1n, 2), taskOf(2n, 2)],
  ...changes,
});
const stateOf = (attestations: [Hex, number, Hex?, number?][], season = seasonOf(), timestamp = 150n): ChainState =>
  ({
    head: { timestamp },
    seasons: new Map([[season.seasonId, season]]),
    attestations: {
      byId: new Map(
        attestations.map(([unit, status, prover = account, method = 1], i) => {
          const id = toHex(i, { size: 32 });
          return [id, { id, kind: "single", status, message: { prover, method, context: unit } } as AttestationState];
        }),
      ),
    },
  }) as ChainState;
const wish: UnitWish = { method: 1, account, campaign, seasonId: undefined, maxUnits: Infinity, hopeless: new Set() };
const next = (state: ChainState, changes: Partial<UnitWish> = {}) => nextUnit(state, { ...wish, ...changes })?.context;

describe("units", () => {
  it("gives none before a season starts, at its end, without its seed, or of another season", () => {
    expect(next(stateOf([], seasonOf(), 99n))).to.equal(undefined);
    expect(next(stateOf([], seasonOf(), 197n))).to.equal(undefined);
    expect(next(stateOf([], seasonOf({ seed: undefined })))).to.equal(undefined);
    expect(next(stateOf([]), { seasonId: 2n })).to.equal(undefined);
  });

  it("gives none of a task under another method", () => {
    expect(next(stateOf([], seasonOf({ tasks: [taskOf(1n, 2, 3)] })))).to.equal(undefined);
  });

  it("gives none that has an attestation, whatever became of it", () => {
    const taken = [Status.pending, Status.verified, Status.refuted];
    for (const status of taken) {
      const season = seasonOf({ tasks: [taskOf(1n, 1)] });
      expect(next(stateOf([[context(1n, 0n), status]], season))).to.equal(undefined);
    }
  });

  it("gives no more than the account wants, and none that is hopeless", () => {
    expect(next(stateOf([[context(1n, 0n), Status.verified]]), { maxUnits: 1 })).to.equal(undefined);
    const hopeless = new Set([context(1n, 0n), context(2n, 0n), context(1n, 1n)]);
    expect(next(stateOf([]), { hopeless })).to.equal(context(2n, 1n));
  });

  it("goes through the tasks in turns", () => {
    const done: [Hex, number][] = [];
    const order: Hex[] = [];
    for (let found = next(stateOf(done)); found !== undefined; found = next(stateOf(done))) {
      order.push(found);
      done.push([found, Status.verified]);
    }
    expect(order).to.deep.equal([context(1n, 0n), context(2n, 0n), context(1n, 1n), context(2n, 1n)]);
  });

  it("leaves other accounts' attestations, other seasons' and other methods' out of account", () => {
    const state = stateOf([
      [context(1n, 0n), Status.verified, other],
      [context(1n, 0n, 7n), Status.verified],
      [context(1n, 0n), Status.pending, account, 7],
    ]);
    expect(next(state)).to.equal(context(1n, 0n));
    expect(next(state, { maxUnits: 1 })).to.equal(context(1n, 0n));
  });

  it("tries a unit whose attestation became Void again, but not for ever", () => {
    const voided: [Hex, number] = [context(2n, 1n), Status.void];
    expect(next(stateOf([voided]))).to.equal(context(2n, 1n));
    expect(next(stateOf([voided, [context(2n, 1n), Status.pending]]))).to.equal(context(1n, 0n));
    expect(next(stateOf([voided, voided, voided]))).to.equal(context(1n, 0n));
  });

  it("looks at no more units than it must", () => {
    const season = seasonOf({ tasks: [taskOf(1n, 2 ** 32 - 1)] });
    expect(next(stateOf([[context(1n, 0n), Status.verified]], season))).to.equal(context(1n, 1n));
  });
});
