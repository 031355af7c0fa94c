import { expect } from "chai";
import type { Season } from "../../../sdk/wire.ts";
import { endOf } from "../../../web/final/end.ts";
import { account } from "../audit/story.ts";
import { textOf } from "../text.ts";
import { at, closed, finished, rewards } from "./seasons.ts";

const told = (season: Season, now = 3_000) =>
  endOf(season, now, (amount) => `${amount} TOK`).map(
    ({ name, state, text, at }) => `${name}, ${state}${at ? " on chain" : ""}: ${textOf(text)}`,
  );

describe("a season's end in words", () => {
  it("says nothing of a draft, which has no dates yet", () => {
    expect(told({ ...closed, state: "drafted", closesAt: null })).to.deep.equal([]);
  });

  it("promises what comes while the season goes on", () => {
    const steps = told({ ...closed, state: "running", rewards });
    expect(steps.map((step) => step.split(":")[0])).to.deep.equal([
      ...["Closed, later", "Freeze, later", "Final order, later", "Claims, later"],
    ]);
    expect(steps[3]).to.contain("Once the order is final, accounts have 1 d to claim 100 TOK.");
  });

  it("says who can do what comes next: anyone, and how", () => {
    const [, freeze, post] = told(closed);
    expect(freeze).to.equal("Freeze, now: Anyone freezes it: proofboard season freeze 1.");
    expect(post).to.match(/^Final order, later: /);
    const frozen = told({ ...closed, frozen: at });
    expect(frozen[1]).to.match(/^Frozen, done on chain: .* ranked accounts, 3,/);
    expect(frozen[2]).to.match(/^Final order, now: Anyone posts the accounts in order: proofboard season post 1\./);
  });

  it("says who posted the final order, and that each account was checked", () => {
    expect(told(finished)).to.have.lengthOf(3);
    expect(told(finished)[0]).to.match(
      /^Closed, done: No point has changed since .*: 3 accounts with 60 points in 4 ledger entries\.$/,
    );
    expect(told(finished)[2]).to.contain(`Final, done on chain: ${account(8)} posted 3 accounts in order.`);
    const empty = { ...finished, final: { poster: account(8), participants: 0, finalised: at } };
    expect(told(empty)[2]).to.contain("Nobody had points, so the order was final at once.");
  });

  it("says how much was claimed, until when, and what became of the rest", () => {
    const paid = { ...rewards, claimUntil: 5_000, claimed: "70" };
    expect(told({ ...finished, rewards: paid })[3]).to.match(
      /^Claims, now: 70 TOK of 100 TOK claimed so far; until .*1970/,
    );
    expect(told({ ...finished, rewards: paid }, 5_000)[3]).to.match(
      /^Claims, done: Over since .*: 70 TOK of 100 TOK claimed; what is left returns to the organiser; anyone may send that\.$/,
    );
    expect(told({ ...finished, rewards: { ...paid, returned: "30" } }, 5_000)[3]).to.contain(
      "claimed; 30 TOK returned to the organiser.",
    );
  });
});
