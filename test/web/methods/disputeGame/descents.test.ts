import { expect } from "chai";
import fc from "fast-check";
import { Stage } from "../../../../sdk/dispute.ts";
import { DisputeOutcome } from "../../../../sdk/methods/disputeGame.ts";
import { descentsOf } from "../../../../web/methods/disputeGame/descents.ts";
import type { Disputed } from "../../../../web/methods/method.ts";
import { textOf } from "../../text.ts";

const by = `0x${"Ab".repeat(20)}`;
const root = `0x${"11".repeat(32)}`;
const place = (stage: number, more: object = {}) => ({
  ...{ stage, unit: "12", operator: 0, level: 0, index: 0 },
  ...more,
});
const challenged = (challenge = 0) => ({ step: "challenged", by, challenge });
const opened = (stage: number, more: object = {}, challenge = 0) => ({
  ...{ step: "opened", challenge, children: 7, bytes: 0 },
  ...place(stage, more),
});
const picked = (stage: number, more: object = {}, challenge = 0) => ({
  ...{ step: "picked", challenge },
  ...place(stage, more),
});
const shown = (claimed: number, correct: number, challenge = 0) => ({
  ...{ step: "elementShown", challenge, row: "3", column: "5", claimed, correct },
  ...place(Stage.rows, { operator: 7 }),
});
const closed = (outcome: number, challenge = 0) => ({ step: "challengeClosed", by, challenge, outcome });

const down = [
  challenged(),
  opened(Stage.units, { unit: "0", level: 6 }),
  picked(Stage.operators, { level: 5 }),
  opened(Stage.operators, { level: 5 }),
  picked(Stage.rows, { operator: 7, level: 2 }),
  opened(Stage.rows, { operator: 7, level: 2, children: 0, bytes: 40 }),
];
const batch = (status: string, steps: readonly unknown[]): Disputed =>
  ({ root, status, count: 40, unit: { seasonId: "1", taskId: "1", unit: "0" }, steps }) as unknown as Disputed;
const only = (attestation: Disputed, kinds: readonly string[] = []) => {
  const [descent, ...others] = descentsOf(attestation, kinds);
  expect(others).to.deep.equal([]);
  if (descent === undefined) throw new Error("There is one.");
  return { ...descent, standing: textOf(descent.standing), names: descent.levels.map(({ name }) => name) };
};

describe("challenges as ways down", () => {
  it("are none where nobody challenged, and of steps that are malformed", () => {
    expect(descentsOf(batch("pending", []), [])).to.deep.equal([]);
    for (const step of [
      ...[null, 7, "challenged", {}, { step: "toString" }, { ...challenged(), by: "0x<b>" }],
      ...[
        { ...shown(1, 2), claimed: 128 },
        { ...picked(Stage.rows), unit: "many" },
        { ...challenged(), challenge: -1 },
      ],
    ])
      expect(descentsOf(batch("pending", [step]), []), JSON.stringify(step)).to.deep.equal([]);
  });

  it("lead from the batch to the one number, with both values", () => {
    const { names, levels, state, standing } = only(
      batch("refuted", [...down, shown(-4, 9), closed(DisputeOutcome.won)]),
    );
    expect(names).to.deep.equal(["40 units in one batch", "Unit 12", "Operator 7", "Row 3", "Column 5"]);
    expect(levels.at(-1)?.numbers).to.deep.equal({ claimed: -4, correct: 9 });
    expect(state).to.equal("won");
    expect(standing).to.contain("computed another number than the prover attested");
  });

  it("name an operator's kind where it is known", () => {
    const { names } = only(batch("pending", down), [..."1234567".split("").map(() => "relu"), "linear"]);
    expect(names).to.contain("Operator 7, linear");
  });

  it("say whose turn it is", () => {
    const pending = (steps: readonly unknown[]) => only(batch("pending", steps)).standing;
    expect(pending(down.slice(0, 1))).to.equal("It is the prover's turn: the batch is to be opened.");
    expect(pending(down.slice(0, 2))).to.match(/^It is the challenger's turn: it picks/);
    expect(pending(down)).to.match(/^It is the challenger's turn: it shows/);
    const demanded = { step: "demanded", challenge: 0, row: "3", column: "5" };
    expect(pending([...down, demanded])).to.equal("It is the prover's turn: row 3, column 5 is to be shown.");
  });

  it("say who let the time pass", () => {
    const won = only(batch("refuted", [...down.slice(0, 3), closed(DisputeOutcome.won)]));
    expect(won.standing).to.match(/^It refuted the attestation by the clock: .* was not opened in time\.$/);
    const lost = only(batch("pending", [...down.slice(0, 2), closed(DisputeOutcome.lost)]));
    expect(lost.standing).to.equal("It was lost by the clock: the challenger made no move in time.");
  });

  it("are one for each challenge, and share what was opened", () => {
    const steps = [...down, challenged(1), picked(Stage.operators, { level: 5 }, 1), closed(DisputeOutcome.won)];
    const [first, second] = descentsOf(batch("refuted", steps), []);
    expect(first?.state).to.equal("won");
    expect(second?.state).to.equal("overtaken");
    expect(second?.levels.map(({ text }) => textOf(text)).join(" ")).to.contain("opened, in challenge 0.");
  });

  it("always end at the number that was shown, whatever else a server tells", () => {
    const noise = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...down),
      fc.record({ step: fc.constantFrom("picked", "opened") }),
    );
    fc.assert(
      fc.property(
        fc.array(noise),
        fc.integer({ min: -128, max: 127 }),
        fc.integer({ min: -128, max: 127 }),
        (steps, a, b) => {
          const [descent] = descentsOf(batch("refuted", [...steps, shown(a, b)]), []);
          expect(descent?.levels.at(-1)).to.deep.include({ name: "Column 5", numbers: { claimed: a, correct: b } });
        },
      ),
    );
  });
});
