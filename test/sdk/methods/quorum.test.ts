import { expect } from "chai";
import { type Address, type Hex, keccak256, numberToHex } from "viem";
import { INVALID, UNAVAILABLE } from "../../../sdk/commitments.ts";
import { isCommitting, isRevealing, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
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
const [ANNE, BORIS] = members;

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
const committed = { eventName: "VoteCommitted", args: { uid, round: 1, member: ANNE } } as const;
const revealOpened = { eventName: "RevealOpened", args: { uid, round: 1, revealUntil: 130n } } as const;
const revealed = { eventName: "VoteRevealed", args: { uid, round: 1, member: ANNE, outputHash: RIGHT } } as const;
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
        "That the members were honest and independent. It rests on an honest majority of the panel. Block producers can bias the draw, and a prover may tell members its answer.",
      );
      const split = assuranceOf(Status.verified, panel(3, [RIGHT, WRONG, RIGHT]), { firstUnit: undefined });
      expect(split.proven).to.contain("the input that the attestation names, and 2 of them got the prover's");
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
    it("knows no panel before one is drawn", () => {
      expect(after(drawScheduled(1, 5n))).to.deep.equal({
        ...{ round: 1, drawBlock: 5n, drawUntil: 60n, panel: [], commitUntil: 0n, revealUntil: 0n },
        ...{ revealOpened: false, committed: new Set(), votes: new Map() },
      });
    });

    it("follows a round to its votes", () => {
      expect(after(drawScheduled(1, 5n), panelDrawn, committed, revealOpened, revealed)).to.deep.equal({
        ...{ round: 1, drawBlock: 5n, drawUntil: 60n, panel: [ANNE, BORIS], commitUntil: 100n, revealUntil: 130n },
        ...{ revealOpened: true, committed: new Set([ANNE]), votes: new Map([[ANNE, RIGHT]]) },
      });
    });

    it("forgets the first panel when a second draw is scheduled", () => {
      const first = [drawScheduled(1, 5n), panelDrawn, committed, revealOpened, revealed, undecided, penalised];
      expect(after(...first, drawScheduled(2, 9n))).to.deep.equal(after(drawScheduled(2, 9n)));
    });

    it("shares nothing between two attestations", () => {
      const [one, other] = [quorum.begin(), quorum.begin()];
      for (const event of [panelDrawn, committed, revealed]) quorum.fold(one, event);
      expect(other).to.deep.equal(quorum.begin());
    });
  });

  describe("phases", () => {
    it("are none before the panel is drawn", () => {
      const detail = after(drawScheduled(1, 5n));
      expect([isCommitting(detail, 0n), isRevealing(detail, 0n)]).to.deep.equal([false, false]);
    });

    it("change at commitUntil and end at revealUntil", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn);
      const phases = [99n, 100n, 159n, 160n].map((now) => [isCommitting(detail, now), isRevealing(detail, now)]);
      expect(phases).to.deep.equal([
        [true, false],
        [false, true],
        [false, true],
        [false, false],
      ]);
    });

    it("change as soon as all have committed", () => {
      const detail = after(drawScheduled(1, 5n), panelDrawn, revealOpened);
      const phases = [50n, 129n, 130n].map((now) => [isCommitting(detail, now), isRevealing(detail, now)]);
      expect(phases).to.deep.equal([
        [false, true],
        [false, true],
        [false, false],
      ]);
    });
  });

  it("makes a step of every event about an attestation", () => {
    const events = [drawScheduled(1, 5n), panelDrawn, committed, revealOpened, revealed, undecided, penalised];
    expect(events.map((event) => quorum.stepOf(event, 7n))).to.deep.equal([
      { step: "drawScheduled", round: 1, drawBlock: 5, drawUntil: 60 },
      { step: "panelDrawn", round: 1, members: [ANNE, BORIS], commitUntil: 100, revealUntil: 160 },
      { step: "voteCommitted", round: 1, by: ANNE },
      { step: "revealOpened", round: 1, revealUntil: 130 },
      { step: "voteRevealed", round: 1, by: ANNE, outputHash: RIGHT },
      { step: "roundUndecided", round: 1, votes: 1 },
      { step: "penalised", account: BORIS, amount: "100000000000000000" },
    ]);
    expect(quorum.stepOf(joined, 7n)).to.equal(undefined);
  });
});
