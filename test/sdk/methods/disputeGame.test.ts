import { expect } from "chai";
import { type Address, keccak256 } from "viem";
import { positionOf, Stage } from "../../../sdk/dispute.ts";
import { type DisputeGameDetail, DisputeOutcome, disputeGame } from "../../../sdk/methods/disputeGame.ts";
import type { Judged } from "../../../sdk/methods/method.ts";
import { Status } from "../../../sdk/protocol.ts";
import { judged } from "../../fixtures/judged.ts";

const id = keccak256("0x05");
const challenger: Address = `0x${"c1".repeat(20)}`;
const question = { stage: Stage.rows, unit: 3, operator: 7, level: 2, index: 0 };
const position = positionOf(question);
const root = { ...question, stage: Stage.operators, operator: 0 };
const challenged = { eventName: "Challenged", args: { id, challenger, number: 0 } } as const;
const node = { eventName: "NodeOpened", args: { id, number: 0, position, children: [id, id] } } as const;
const unit = {
  eventName: "UnitOpened",
  args: { id, number: 0, position: positionOf(root), input: "0x01", output: "0x0203" },
} as const;
const rows = { eventName: "RowsOpened", args: { id, number: 0, position, data: "0x0405" } } as const;
const picked = { eventName: "Picked", args: { id, number: 0, position, child: id } } as const;
const demanded = { eventName: "Demanded", args: { id, number: 0, row: 1n, column: 2n } } as const;
const shown = {
  eventName: "ElementShown",
  args: { id, number: 0, position, row: 1n, column: 2n, claimed: -5, correct: 6 },
} as const;
const closed = (outcome: number) =>
  ({ eventName: "ChallengeClosed", args: { id, challenger, number: 0, outcome } }) as const;

function after(...events: Parameters<typeof disputeGame.fold>[1][]): DisputeGameDetail {
  const detail = disputeGame.begin();
  for (const event of events) disputeGame.fold(detail, event);
  return detail;
}

describe("methods/disputeGame", () => {
  it("knows challenges, what is in question and how they ended", () => {
    expect(after().challenges).to.deep.equal([]);
    const open = { number: 0, challenger, question: undefined, outcome: DisputeOutcome.open };
    expect(after(challenged).challenges).to.deep.equal([open]);
    expect(after(challenged, picked).challenges).to.deep.equal([{ ...open, question }]);
    expect(after(challenged, picked, demanded).challenges).to.deep.equal([
      { ...open, question: { ...question, stage: Stage.element, index: 1, column: 2 } },
    ]);
    expect(after(challenged, closed(1)).challenges).to.deep.equal([{ ...open, outcome: DisputeOutcome.lost }]);
  });

  it("keeps what was opened by its position", () => {
    const { openings } = after(challenged, unit, node, rows);
    expect(openings.get(position)).to.deep.equal({ children: [id, id], data: Uint8Array.of(4, 5) });
    expect(openings.get(positionOf(root))).to.deep.equal({ input: Uint8Array.of(1), output: Uint8Array.of(2, 3) });
  });

  it("knows the element that was wrong, not one that was right", () => {
    const right = { ...shown, args: { ...shown.args, claimed: 6 } } as const;
    expect(after(challenged, right).refutation).to.equal(undefined);
    expect(after(challenged, shown).refutation).to.deep.equal({
      ...{ challenger, index: 3, operator: 7, row: 1, column: 2, claimed: -5, correct: 6 },
    });
  });

  it("has a step for each event but a unit's ends, which its node's opening follows", () => {
    const place = { stage: 3, unit: "103", operator: 7, level: 2, index: 0 };
    const steps = [challenged, node, unit, rows, picked, demanded, shown, closed(2)].map((event) =>
      disputeGame.stepOf(event, 100n),
    );
    expect(steps).to.deep.equal([
      { step: "challenged", by: challenger, challenge: 0 },
      { step: "opened", challenge: 0, children: 2, bytes: 0, ...place },
      undefined,
      { step: "opened", challenge: 0, children: 0, bytes: 2, ...place },
      { step: "picked", challenge: 0, ...place },
      { step: "demanded", challenge: 0, row: "1", column: "2" },
      { step: "elementShown", challenge: 0, row: "1", column: "2", claimed: -5, correct: 6, ...place },
      { step: "challengeClosed", by: challenger, challenge: 0, outcome: 2 },
    ]);
    expect(disputeGame.stepOf(picked, undefined)).to.deep.include({ unit: null });
  });

  describe("assurance", () => {
    const assuranceOf = (status: number, more: Partial<Judged> = {}, detail = after()) =>
      disputeGame.assurance(judged(status, more), detail) ?? { proven: "", notProven: "" };

    it("says that a root alone is on chain, and who has to watch", () => {
      expect(assuranceOf(Status.pending).proven).to.match(/^The root of the run's trace is on chain/);
      expect(assuranceOf(Status.verified).notProven).to.match(/^That a challenger was watching/);
      expect(assuranceOf(Status.verified, {}, after(challenged, closed(1))).proven).to.contain("it stood 1 challenges");
      expect(assuranceOf(Status.verified, { isBatch: true, count: 9, firstUnit: 0n }).proven).to.contain("all 9 units");
      expect(assuranceOf(Status.none)).to.deep.equal({ proven: "", notProven: "" });
    });

    it("says that the input of a unit is open until it is paid", () => {
      expect(assuranceOf(Status.verified, { firstUnit: 4n, isPaid: false }).notProven).to.match(/Nor is the input/);
      expect(assuranceOf(Status.verified, { firstUnit: 4n, isPaid: true }).proven).to.contain("derived");
    });

    it("names the number that refuted it, or the silence", () => {
      expect(assuranceOf(Status.refuted, { firstUnit: 10n }, after(challenged, shown)).proven).to.equal(
        `${challenger} walked down to row 1, column 2 of operator 7 of unit 13, all counted from 0: the prover attested -5, and the contract computed 6 from the model and from what the prover attested below it.`,
      );
      expect(assuranceOf(Status.refuted, { count: 4 }, after(challenged, shown)).notProven).to.contain("all 4 units");
      expect(assuranceOf(Status.refuted).proven).to.contain("was not opened in time");
    });
  });
});
