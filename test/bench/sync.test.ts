import { expect } from "chai";
import type { Outcome } from "../../bench/sync/contender.ts";
import { checkOutcome } from "../../bench/sync/measure.ts";
import { choose } from "../../bench/sync/options.ts";
import { scriptSeason } from "../../bench/sync/season.ts";
import { sync } from "../../bench/sync.ts";
import { WrongUse } from "../../bench/wrong-use.ts";

describe("bench sync", () => {
  const season = () => scriptSeason({ events: 400, accounts: 40, lead: 10, startsAt: 1, endsAt: 1000 });

  for (const [args, message] of [
    [
      ["--only", "proofboard,nobody"],
      '"nobody"; there are proofboard, proofboard-postgres, trusting, floor, ponder-postgres, ponder-pglite',
    ],
    [["--layout", "1x1"], '"1x1"; there are 2000x100, 200x1000'],
    [["--events=-5"], '"-5"'],
    [["--events=150"], "150, which is no number of whole blocks of layout 2000x100"],
    [["--rounds=0"], '"0"'],
  ] as const)
    it(`refuses ${args.join(" ")}`, () => {
      expect(() => choose([...args])).to.throw(WrongUse, message);
    });

  const wrong: Record<string, (right: Outcome) => Partial<Outcome>> = {
    "an event less": ({ events }) => ({ events: events - 1 }),
    "an attestation more": ({ attestations }) => ({ attestations: attestations + 1 }),
    "an account less": ({ ranking }) => ({ ranking: ranking.slice(0, -1) }),
    "an account more": ({ ranking }) => ({ ranking: [...ranking, "0x00 0 1"] }),
    "two ranks exchanged": ({ ranking: [first = "", second = "", ...others] }) => ({
      ranking: [second, first, ...others],
    }),
  };
  for (const [what, change] of Object.entries(wrong))
    it(`refuses a contender that comes to ${what}`, () => {
      const { outcome } = season();

      expect(() => checkOutcome("floor", { ...outcome, ...change(outcome) }, outcome)).to.throw(/^floor /);
    });

  it("generates the same season every time, with everyone in it", () => {
    const { logs, outcome } = season();

    expect(logs).to.have.length(400).and.to.deep.equal(season().logs);
    expect(outcome.ranking).to.have.length(logs.at(-1)?.ledger.participants as number);
  });

  it("measures proofboard, with its checks and without, and the floor, all coming to the season's counts and ranks", async () => {
    const rows = await sync([
      "--only",
      "proofboard,trusting,floor",
      "--layout",
      "2000x100",
      "--events",
      "2000",
      "--rounds",
      "1",
    ]);

    expect(rows.map(({ name, layout }) => [name, layout])).to.deep.equal([
      ["proofboard", "2000x100"],
      ["trusting", "2000x100"],
      ["floor", "2000x100"],
      ["proofboard/floor", "2000x100"],
      ["trusting/floor", "2000x100"],
    ]);
    for (const row of rows.slice(0, 3))
      expect(row).to.include.all.keys("wallSeconds", "cpuSeconds", "peakRssMiB", "eventsPerSecond");
  });
});
