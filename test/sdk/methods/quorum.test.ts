import { expect } from "chai";
import { type Address, type Hex, keccak256, numberToHex } from "viem";
import {
  firstDecision,
  isCommitting,
  isOver,
  isRefillable,
  isRevealing,
  type QuorumDetail,
  quorum,
} from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import { judged, RIGHT } from "../../fixtures/judged.ts";

const WRONG = keccak256("0x02");
const uid = keccak256("0x03");
const members = [1, 2, 3, 4, 5].map((n) => numberToHex(n, { size: 20 })) as [
  Address,
  Address,
  Address,
  Address,
  Address,
];
const [ANNE, BORIS, CLEO, DORA, EMIL] = members;

/** What is known of a panel of `size` once its members have revealed `votes`. */
const panel = (size: number, votes: readonly Hex[]): QuorumDetail => ({
  ...quorum.begin(),
  panel: members.slice(0, size),
  votes: new Map(votes.map((vote, i) => [members[i] as Address, vote])),
});
const unanimous = panel(3, [RIGHT, RIGHT, RIGHT]);

const drawScheduled = (round: number, drawBlock: bigint) =>
  ({ eventName: "DrawScheduled", args: { uid, round, drawBlock, drawUntil: 60n } }) as const;
const panelDrawn = {
  eventName: "PanelDrawn",
  args: { uid, round: 1, members: members.slice(0, 2), commitUntil: 100n, revealUntil: 160n },
} as const;
const panelRefilled = {
  eventName: "PanelRefilled",
  args: { uid, members: [CLEO], commitUntil: 200n, revealUntil: 260n },
} as const;
const decidingDrawn = {
  eventName: "PanelDrawn",
  args: { uid, round: 2, members: [DORA, EMIL, ANNE], commitUntil: 300n, revealUntil: 360n },
} as const;
const committedBy = (member: Address) => ({ eventName: "VoteCommitted", args: { uid, round: 1, member } }) as const;
const committed = committedBy(ANNE);
const revealOpened = { eventName: "RevealOpened", args: { uid, round: 1, revealUntil: 130n } } as const;
const revealed = { eventName: "VoteRevealed", args: { uid, round: 1, member: ANNE, outputHash: RIGHT } } as const;
const revealEnded = { eventName: "RevealEnded", args: { uid, round: 1, revealUntil: 120n } } as const;
const appealOpened = { eventName: "AppealOpened", args: { uid, appellant: EMIL } } as const;
const runShown = { eventName: "RunShown", args: { uid, until: 400n, trace: "0x0a0b" } } as const;
const undecided = { eventName: "RoundUndecided", args: { uid, round: 1, votes: 1 } } as const;
const penalised = { eventName: "Penalised", args: { uid, member: BORIS, amount: 10n ** 17n } } as const;
const joined = { eventName: "Joined", args: { member: BORIS } } as const;

/** What is known after these events. */
function after(...events: Parameters<typeof quorum.fold>[1][]): QuorumDetail {
  const detail = quorum.begin();
  for (const event of events) quorum.fold(detail, event);
  return detail;
}

describe("methods/quorum", () => {
  describe("assurance", () => {
    const assuranceOf = (status: number, detail: QuorumDetail, more = {}) =>
      quorum.assurance(judged(status, more), detail) ?? { proven: "", notProven: "" };

    it("has nothing of its own to say of what isn't settled by votes", () => {
      for (const status of [Status.none, Status.pending, Status.void, Status.revoked])
        expect(quorum.assurance(judged(status), unanimous)).to.equal(undefined);
    });

    it("counts the members of a panel that got the prover's output", () => {
      const { proven, notProven } = assuranceOf(Status.verified, unanimous);
      expect(proven).to.equal(
        "A drawn panel of 3 re-ran the model on the assigned input, and all of them got the prover's output, byte for byte.",
      );
      expect(notProven).to.equal(
        "That the members were honest and independent. It rests on an honest majority of the panel, and on somebody who re-ran the model and would have appealed. Block producers can bias the draw, and a prover may tell members its answer.",
      );
      const split = assuranceOf(Status.verified, panel(3, [RIGHT, WRONG, RIGHT]), { firstUnit: undefined });
      expect(split.proven).to.contain("the input that the attestation names, and 2 of them got the prover's");
    });

    it("tells a deciding panel from the first, and needs nobody to appeal its decision", () => {
      const { proven, notProven } = assuranceOf(Status.verified, { ...unanimous, round: 2 });
      expect(proven).to.match(/^A deciding panel of 3 re-ran the model/);
      expect(notProven).to.equal(
        "That the members were honest and independent. It rests on an honest majority of the panel. Block producers can bias the draw, and a prover may tell members its answer.",
      );
      expect(assuranceOf(Status.refuted, { ...panel(2, [WRONG, WRONG]), round: 2 }).notProven).to.match(
        /^That the panel was right\. It rests on an honest majority of the panel\. /,
      );
    });

    it("names no deciding panel that wasn't drawn: the first one's decision stands", () => {
      const { proven, notProven } = assuranceOf(Status.verified, after(drawScheduled(1, 5n), drawScheduled(2, 9n)));
      expect(proven).to.match(/^A drawn panel re-ran .* enough of its members got the prover's output/);
      expect(notProven).to.contain("would have appealed");
    });

    it("counts no votes once the run was shown", () => {
      const shown = { ...unanimous, shown: { until: 400n, trace: Uint8Array.of(10) } };
      expect(assuranceOf(Status.verified, shown)).to.deep.equal({
        proven:
          "The prover showed all activations of its run, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window.",
        notProven:
          "That a challenger was watching: one honest challenger who re-runs what is shown is trusted to have refuted a wrong row in time.",
      });
      expect(assuranceOf(Status.refuted, shown)).to.deep.equal({
        proven: "The prover showed all activations of its run, and the contract computed one of its rows to be wrong.",
        notProven: "Anything about the other rows, nor whether the prover erred or lied.",
      });
      expect(quorum.assurance(judged(Status.pending), shown)).to.equal(undefined);
    });

    it("makes up no numbers of a panel that it doesn't know", () => {
      const { proven } = assuranceOf(Status.verified, quorum.begin());
      expect(proven).to.contain("A drawn panel re-ran").and.to.contain("enough of its members got the prover's output");
      expect(assuranceOf(Status.refuted, quorum.begin()).proven).to.match(
        /enough of its members got something else\.$/,
      );
    });

    it("counts those that got something else, also where more could not know", () => {
      const split = panel(5, [WRONG, RIGHT, WRONG, UNAVAILABLE, WRONG]);
      const { proven, notProven } = assuranceOf(Status.refuted, split);
      expect(proven).to.match(/panel of 5 .* and 3 of them got one and the same other output\.$/);
      expect(notProven).to.match(/^That the panel was right\. It rests on an honest majority/);
    });

    it("says that a panel found no valid run, and of a unit that its input may not be the assigned one", () => {
      const invalid = panel(2, [INVALID, INVALID]);
      expect(assuranceOf(Status.refuted, invalid).proven).to.match(
        /and all of them found no valid run, or another input than the assigned one\.$/,
      );
      expect(assuranceOf(Status.refuted, invalid, { firstUnit: undefined }).proven).to.match(
        /and all of them found no valid run\.$/,
      );
    });

    it("doesn't call an answer wrong that nobody saw", () => {
      expect(assuranceOf(Status.refuted, unanimous, { outputHash: null })).to.deep.equal({
        proven: "The prover committed to an answer and didn't reveal it in time.",
        notProven: "That the hidden answer was wrong.",
      });
    });
  });

  describe("fold", () => {
    const drawn = { round: 1, drawBlock: 5n, drawUntil: 60n };
    const none = { penalties: new Map(), appellant: undefined, shown: undefined };
    const nothing = { refilled: false, revealOpened: false, ...none };
    const seats = new Map([
      [ANNE, 0n],
      [BORIS, 1n],
    ]);

    it("knows no panel before one is drawn", () => {
      expect(after(drawScheduled(1, 5n))).to.deep.equal({
        ...{ ...drawn, ...nothing, panel: [], seats: new Map(), seatCount: 0n, commitUntil: 0n, revealUntil: 0n },
        ...{ committed: new Set(), votes: new Map() },
      });
    });

    it("follows a round to its votes", () => {
      expect(after(drawScheduled(1, 5n), panelDrawn, committed, revealOpened, revealed)).to.deep.equal({
        ...{ ...drawn, ...nothing, panel: [ANNE, BORIS], seats, seatCount: 2n, commitUntil: 100n, revealUntil: 130n },
        ...{ revealOpened: true, committed: new Set([ANNE]), votes: new Map([[ANNE, RIGHT]]) },
      });
    });

    it("ends a round at once when all who could have revealed", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed, revealOpened, revealed, revealEnded);
      expect(detail.revealUntil).to.equal(120n);
    });

    it("seats others in place of those who missed, with the numbers that follow", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed, panelRefilled);
      expect(detail).to.deep.include({ panel: [ANNE, CLEO], seatCount: 3n, commitUntil: 200n, revealUntil: 260n });
      expect([detail.refilled, detail.committed]).to.deep.equal([true, new Set([ANNE])]);
      expect([ANNE, CLEO].map((member) => detail.seats.get(member))).to.deep.equal([0n, 2n]);
    });

    it("forgets the first panel when the deciding one's draw is scheduled, but not how many seats there are and what was lost", () => {
      const first = [drawScheduled(1, 5n), panelDrawn, committed, panelRefilled, committedBy(CLEO), revealOpened];
      const second = after(...first, revealed, revealEnded, undecided, penalised, drawScheduled(2, 9n));
      const { penalties } = after(penalised);
      expect(penalties.size).to.equal(1);
      expect(second).to.deep.equal({ ...after(drawScheduled(2, 9n)), seatCount: 3n, penalties });
    });

    it("numbers the deciding panel's seats after all of the first one's, of members who sit again too", () => {
      const detail = after(
        drawScheduled(1, 5n),
        panelDrawn,
        committed,
        panelRefilled,
        drawScheduled(2, 9n),
        decidingDrawn,
      );
      expect(detail.panel).to.deep.equal([DORA, EMIL, ANNE]);
      expect(detail.panel.map((member) => detail.seats.get(member))).to.deep.equal([3n, 4n, 5n]);
      expect(detail.seatCount).to.equal(6n);
    });

    it("knows who appealed, and keeps it over the deciding round", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, drawScheduled(2, 9n), appealOpened, decidingDrawn);
      expect([detail.appellant, after(panelDrawn).appellant]).to.deep.equal([EMIL, undefined]);
    });

    it("holds the run that was shown", () => {
      expect(after(drawScheduled(1, 5n), panelDrawn, runShown).shown).to.deep.equal({
        ...{ until: 400n, trace: Uint8Array.of(10, 11) },
      });
    });

    it("shares nothing between two attestations", () => {
      const [one, other] = [quorum.begin(), quorum.begin()];
      for (const event of [panelDrawn, committed, revealed, appealOpened, runShown]) quorum.fold(one, event);
      expect(other).to.deep.equal(quorum.begin());
    });
  });

  describe("phases", () => {
    /** Letters of what may be done at each time: Commit, reFill, Reveal, Over. */
    const phases = (detail: QuorumDetail, ...times: bigint[]) =>
      times.map((now) =>
        [
          isCommitting(detail, now) && "C",
          isRefillable(detail, now) && "F",
          isRevealing(detail, now) && "R",
          isOver(detail, now) && "O",
        ]
          .filter(Boolean)
          .join(),
      );

    it("are none before the panel is drawn", () => {
      expect(phases(after(drawScheduled(1, 5n)), 0n, 1_000n)).to.deep.equal(["", ""]);
      expect(phases(after(drawScheduled(1, 5n), panelDrawn, drawScheduled(2, 9n)), 0n, 1_000n)).to.deep.equal(["", ""]);
    });

    it("are none once the run was shown", () => {
      const shown = after(drawScheduled(1, 5n), panelDrawn, committed, committedBy(BORIS), runShown);
      expect(phases(shown, 99n, 100n, 159n, 160n)).to.deep.equal(["", "", "", ""]);
    });

    it("let missed first seats be filled again from commitUntil to revealUntil, and nobody reveal before", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed);
      expect(phases(detail, 99n, 100n, 159n, 160n)).to.deep.equal(["C", "F", "F", "O"]);
    });

    it("let a refilled panel reveal, whoever missed", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed, panelRefilled);
      expect(phases(detail, 199n, 200n, 259n, 260n)).to.deep.equal(["C", "R", "R", "O"]);
    });

    it("let the deciding panel reveal without a refill", () => {
      const detail = after(drawScheduled(2, 5n), decidingDrawn);
      expect(phases(detail, 299n, 300n, 359n, 360n)).to.deep.equal(["C", "R", "R", "O"]);
    });

    it("change as soon as all have committed", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed, committedBy(BORIS), revealOpened);
      expect(phases(detail, 50n, 129n, 130n)).to.deep.equal(["R", "R", "O"]);
    });

    it("end as soon as all have revealed", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, committed, committedBy(BORIS), revealOpened, revealEnded);
      expect(phases(detail, 119n, 120n)).to.deep.equal(["R", "O"]);
    });
  });

  describe("firstDecision", () => {
    it("is none with fewer equal votes than the threshold, or only for UNAVAILABLE", () => {
      for (const votes of [[], [RIGHT, RIGHT], [RIGHT, RIGHT, WRONG, WRONG], Array<Hex>(3).fill(UNAVAILABLE)])
        expect(firstDecision(panel(5, votes), 3)).to.equal(undefined);
    });

    it("is what as many votes are for, also that there is no valid run", () => {
      expect(firstDecision(panel(5, [WRONG, RIGHT, UNAVAILABLE, RIGHT, RIGHT]), 3)).to.equal(RIGHT);
      expect(firstDecision(panel(5, [INVALID, INVALID, RIGHT, INVALID]), 3)).to.equal(INVALID);
      expect(firstDecision(panel(1, [WRONG]), 1)).to.equal(WRONG);
    });
  });

  it("makes a step of every event about an attestation", () => {
    const events = [
      ...[drawScheduled(1, 5n), panelDrawn, committed, panelRefilled, revealOpened, revealed, revealEnded],
      ...[undecided, appealOpened, runShown, penalised],
    ];
    expect(events.map((event) => quorum.stepOf(event, 7n))).to.deep.equal([
      { step: "drawScheduled", round: 1, drawBlock: 5, drawUntil: 60 },
      { step: "panelDrawn", round: 1, members: [ANNE, BORIS], commitUntil: 100, revealUntil: 160 },
      { step: "voteCommitted", round: 1, by: ANNE },
      { step: "panelRefilled", members: [CLEO], commitUntil: 200, revealUntil: 260 },
      { step: "revealOpened", round: 1, revealUntil: 130 },
      { step: "voteRevealed", round: 1, by: ANNE, outputHash: RIGHT },
      { step: "revealEnded", round: 1, revealUntil: 120 },
      { step: "roundUndecided", round: 1, votes: 1 },
      { step: "appealOpened", by: EMIL },
      { step: "runShown", until: 400 },
      { step: "penalised", account: BORIS, amount: "100000000000000000" },
    ]);
    expect(quorum.stepOf(joined, 7n)).to.equal(undefined);
  });
});
