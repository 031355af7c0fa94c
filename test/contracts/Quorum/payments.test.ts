import { expect } from "chai";
import { network } from "hardhat";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import { ETHER } from "../fixtures.ts";
import {
  ABSENT,
  type Course,
  commitAttestation,
  commitVotes,
  draw,
  expectMoney,
  type Money,
  OTHER,
  openAnswer,
  panelProtocol,
  play,
  RIGHT,
  revealVotes,
  SILENT,
  settle,
  until,
  WRONG,
} from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const five = (vote: typeof RIGHT) => Array<typeof RIGHT>(5).fill(vote);
const fees = (count: number, fee = 1_000) => Array<number>(count).fill(fee);
const none = (count: number) => fees(count, 0);

type Row = [string, Course, keyof typeof Status, Money];

describe("Quorum's payments", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  const played = (rows: readonly Row[], parameters: Parameters<typeof panelProtocol>[3] = {}) => {
    for (const [what, course, status, money] of rows)
      it(`${what}: ${status}`, async () => {
        const own = Object.keys(parameters).length !== 0;
        const p = await (own
          ? panelProtocol(ethers, networkHelpers, 9, parameters)
          : networkHelpers.loadFixture(fixture));
        const { uid } = await play(p, course);

        await settle(p, uid);

        expect(await p.registry.statusOf(uid)).to.equal(Status[status]);
        await expectMoney(p, uid, money);
      });
  };

  describe("after the first panel's decision", () => {
    played([
      [
        "all agree with the prover, who pays them",
        { first: [RIGHT, RIGHT, RIGHT] },
        "Verified",
        { lost: none(3), paid: fees(3), prover: 3_000, burned: 0 },
      ],
      [
        "one votes for another output, which is burned",
        { first: [RIGHT, WRONG, RIGHT] },
        "Verified",
        { lost: [0, 10_000, 0], paid: [1_000, 0, 1_000], prover: 2_000, burned: 10_000 },
      ],
      [
        "one calls it invalid",
        { first: [RIGHT, RIGHT, INVALID] },
        "Verified",
        { lost: [0, 0, 10_000], paid: [1_000, 1_000, 0], prover: 2_000, burned: 10_000 },
      ],
      [
        "one can't get the model, which costs its fee",
        { first: [UNAVAILABLE, RIGHT, RIGHT] },
        "Verified",
        { lost: [1_000, 0, 0], paid: [0, 1_000, 1_000], prover: 2_000, burned: 1_000 },
      ],
      [
        "one keeps its vote back",
        { first: [RIGHT, SILENT, RIGHT] },
        "Verified",
        { lost: [0, 10_000, 0], paid: [1_000, 0, 1_000], prover: 2_000, burned: 10_000 },
      ],
      [
        "one is absent, and its seat is filled again",
        { first: [RIGHT, ABSENT, RIGHT, RIGHT] },
        "Verified",
        { lost: [0, 4_000, 0, 0], paid: [1_000, 0, 1_000, 1_000], prover: 3_000, burned: 4_000 },
      ],
      [
        "one is absent, and so is who fills its seat",
        { first: [ABSENT, RIGHT, RIGHT, ABSENT] },
        "Verified",
        { lost: [4_000, 0, 0, 4_000], paid: [0, 1_000, 1_000, 0], prover: 2_000, burned: 8_000 },
      ],
      [
        "all have another output",
        { first: [WRONG, WRONG, WRONG] },
        "Refuted",
        { lost: none(3), paid: fees(3), prover: 9_250, burned: 6_250 },
      ],
      [
        "two call it invalid, the third is the prover's friend",
        { first: [INVALID, RIGHT, INVALID] },
        "Refuted",
        { lost: [0, 10_000, 0], paid: [1_000, 0, 1_000], prover: 8_250, burned: 16_250 },
      ],
      [
        "two have another output, the third can't get the model",
        { first: [WRONG, WRONG, UNAVAILABLE] },
        "Refuted",
        { lost: [0, 0, 1_000], paid: [1_000, 1_000, 0], prover: 8_250, burned: 7_250 },
      ],
    ]);
  });

  describe("of a prover that doesn't reveal", () => {
    played([
      [
        "votes are judged by what the panel decided",
        { first: [RIGHT, RIGHT, WRONG], opens: false },
        "Refuted",
        { lost: [0, 0, 10_000], paid: [1_000, 1_000, 0], prover: 8_250, burned: 16_250 },
      ],
      [
        "nobody loses a vote without a decision",
        { first: [RIGHT, WRONG, OTHER], opens: false },
        "Refuted",
        { lost: none(3), paid: fees(3), prover: 9_250, burned: 6_250 },
      ],
      [
        "a silent member loses its vote without a decision",
        { first: [RIGHT, SILENT, WRONG], opens: false },
        "Refuted",
        { lost: [0, 10_000, 0], paid: [1_000, 0, 1_000], prover: 8_250, burned: 16_250 },
      ],
      [
        "that something is unavailable is no decision of so few",
        { first: [UNAVAILABLE, UNAVAILABLE, RIGHT], opens: false },
        "Refuted",
        { lost: none(3), paid: fees(3), prover: 9_250, burned: 6_250 },
      ],
      [
        "the deciding panel's decision against the first's rewards the appellant",
        { first: [WRONG, WRONG, RIGHT], opens: false, appealed: true, deciding: five(RIGHT) },
        "Refuted",
        {
          ...{ lost: [10_000, 10_000, 0, ...none(5)], paid: [0, 0, 1_000, ...fees(5)] },
          ...{ prover: 7_250, caller: 2_250, appellant: [0, 6_250], burned: 12_750 },
        },
      ],
      [
        "the stake pays a deciding panel that doesn't decide, and the appellant no more than its bond",
        {
          ...{ first: [RIGHT, RIGHT, WRONG], opens: false, appealed: true },
          deciding: [RIGHT, WRONG, OTHER, INVALID, UNAVAILABLE],
        },
        "Refuted",
        {
          ...{ lost: none(8), paid: [...fees(3), ...fees(5, 800)] },
          ...{ prover: 9_250, caller: 2_250, appellant: [0, 0], burned: 0 },
        },
      ],
      [
        "the stake pays a deciding panel that finds something unavailable, and the appellant",
        {
          ...{ first: [RIGHT, RIGHT, WRONG], opens: false, appealed: true },
          deciding: [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, ABSENT, ABSENT],
        },
        "Refuted",
        {
          ...{ lost: [...none(6), 4_000, 4_000], paid: [...fees(6), 0, 0] },
          ...{ prover: 9_250, caller: 2_250, appellant: [0, 4_500], burned: 4_500 },
        },
      ],
    ]);
  });

  describe("of a deciding panel that was called without a decision", () => {
    played([
      [
        "fees from what the first panel's losers lost",
        { first: [RIGHT, WRONG, OTHER], deciding: five(RIGHT) },
        "Verified",
        {
          ...{ lost: [0, 10_000, 10_000, ...none(5)], paid: [1_000, 0, 0, ...fees(5)] },
          ...{ prover: 1_000, caller: 2_250, burned: 12_750 },
        },
      ],
      [
        "nothing for members that were absent, silent or wrong",
        { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, ABSENT, RIGHT, WRONG, RIGHT] },
        "Verified",
        {
          ...{ lost: [0, 10_000, 10_000, 0, 4_000, 0, 10_000, 0], paid: [1_000, 0, 0, 1_000, 0, 1_000, 0, 1_000] },
          ...{ prover: 1_000, caller: 2_250, burned: 28_750 },
        },
      ],
      [
        "fees from the prover's stake too",
        { first: [RIGHT, WRONG, OTHER], deciding: [WRONG, WRONG, SILENT, WRONG, UNAVAILABLE] },
        "Refuted",
        {
          ...{ lost: [10_000, 0, 10_000, 0, 0, 10_000, 0, 1_000], paid: [0, 1_000, 0, 1_000, 1_000, 0, 1_000, 0] },
          ...{ prover: 7_250, caller: 2_250, burned: 32_000 },
        },
      ],
      [
        "about its gas from the prover if it can't decide either",
        { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, OTHER] },
        "Void",
        {
          ...{ lost: none(8), paid: [...fees(3), ...fees(5, 500)] },
          ...{ prover: 7_750, caller: 2_250, burned: 0 },
        },
      ],
      [
        "about its gas from the prover, and nothing from who said so first, if something is unavailable",
        { first: [UNAVAILABLE, UNAVAILABLE, RIGHT], deciding: [UNAVAILABLE, RIGHT, UNAVAILABLE, WRONG, UNAVAILABLE] },
        "Void",
        {
          ...{ lost: none(8), paid: [...fees(3), ...fees(5, 500)] },
          ...{ prover: 7_750, caller: 2_250, burned: 0 },
        },
      ],
      [
        "the rest of its gas from the prover, if an absent member lost less than that",
        { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, ABSENT] },
        "Void",
        {
          ...{ lost: [...none(7), 4_000], paid: [...fees(3), ...fees(4, 500), 0] },
          ...{ prover: 3_250, caller: 2_250, burned: 0 },
        },
      ],
      [
        "all that members lost, if that is more than its gas and less than its fees",
        { first: [RIGHT, UNAVAILABLE, UNAVAILABLE], deciding: [RIGHT, RIGHT, RIGHT, RIGHT, ABSENT] },
        "Verified",
        {
          ...{ lost: [0, 1_000, 1_000, ...none(4), 4_000], paid: [1_000, 0, 0, ...fees(4, 937.5), 0] },
          ...{ prover: 1_000, caller: 2_250, burned: 0 },
        },
      ],
      [
        "no more than its fees, and what is left is burned",
        { first: [ABSENT, RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, ABSENT] },
        "Void",
        {
          ...{ lost: [4_000, ...none(7), 4_000], paid: [0, ...fees(3), ...fees(4), 0] },
          ...{ prover: 3_000, caller: 2_250, burned: 1_750 },
        },
      ],
      [
        "what lacks from the prover alone, where the fees that members lost are more than their half less half a fee",
        { first: [RIGHT, UNAVAILABLE, UNAVAILABLE], deciding: five(RIGHT) },
        "Verified",
        {
          ...{ lost: [0, 1_000, 1_000, ...none(5)], paid: [1_000, 0, 0, ...fees(5, 500)] },
          ...{ prover: 3_750, caller: 2_250, burned: 0 },
        },
      ],
      [
        "only who draws and settles, if nobody votes",
        { first: [RIGHT, WRONG, OTHER], deciding: [ABSENT, ABSENT, ABSENT, ABSENT, ABSENT] },
        "Void",
        {
          ...{ lost: [...none(3), ...fees(5, 4_000)], paid: [...fees(3), ...none(5)] },
          ...{ prover: 3_000, caller: 2_250, burned: 17_750 },
        },
      ],
    ]);

    describe("where the first panel must agree", () =>
      played(
        [
          [
            "half of what lacks, less half a fee, from the first member that said unavailable",
            { first: [RIGHT, RIGHT, UNAVAILABLE], deciding: five(RIGHT) },
            "Verified",
            {
              ...{ lost: [0, 0, 1_875, ...none(5)], paid: [1_000, 1_000, 0, ...fees(5, 500)] },
              ...{ prover: 4_875, caller: 2_250, burned: 0 },
            },
          ],
        ],
        { firstThreshold: 3 },
      ));

    describe("of eight", () =>
      played(
        [
          [
            "half of what lacks, less half a fee each, in equal parts from first members that said unavailable",
            { first: [UNAVAILABLE, RIGHT, UNAVAILABLE], deciding: Array(8).fill(RIGHT) },
            "Verified",
            {
              ...{ lost: [1_400, 0, 1_400, ...none(8)], paid: [0, 1_000, 0, ...fees(8, 500)] },
              ...{ prover: 5_800, caller: 3_600, burned: 0 },
            },
          ],
          [
            "nothing beyond their fees from them if others lost enough",
            { first: [UNAVAILABLE, RIGHT, UNAVAILABLE], deciding: [...Array(7).fill(RIGHT), WRONG] },
            "Verified",
            {
              ...{ lost: [1_000, 0, 1_000, ...none(7), 10_000], paid: [0, 1_000, 0, ...fees(7), 0] },
              ...{ prover: 1_000, caller: 3_600, burned: 1_400 },
            },
          ],
        ],
        { decidingPanel: 8, decidingThreshold: 5, stake: ETHER / 10n },
      ));
  });

  describe("after an appeal", () => {
    played([
      [
        "that was right: its bond back, and what a stake is of what is left",
        { first: [WRONG, WRONG, RIGHT], appealed: true, deciding: five(RIGHT) },
        "Verified",
        {
          ...{ lost: [10_000, 10_000, 0, ...none(5)], paid: [0, 0, 1_000, ...fees(5)] },
          ...{ prover: 1_000, caller: 2_250, appellant: [0, 6_250], burned: 6_500 },
        },
      ],
      [
        "that was wrong about a right answer: its bond lost",
        { first: [RIGHT, RIGHT, WRONG], appealed: true, deciding: five(RIGHT) },
        "Verified",
        {
          ...{ lost: [0, 0, 10_000, ...none(5)], paid: [1_000, 1_000, 0, ...fees(5)] },
          ...{ prover: 2_000, caller: 2_250, appellant: [6_250, 0], burned: 9_000 },
        },
      ],
      [
        "that was wrong about a wrong answer: its bond lost",
        { first: [WRONG, WRONG, WRONG], appealed: true, deciding: five(WRONG) },
        "Refuted",
        {
          ...{ lost: none(8), paid: fees(8) },
          ...{ prover: 9_250, caller: 2_250, appellant: [6_250, 0], burned: 5_250 },
        },
      ],
      [
        "that was right about a wrong answer",
        { first: [RIGHT, RIGHT, RIGHT], appealed: true, deciding: [WRONG, WRONG, WRONG, WRONG, RIGHT] },
        "Refuted",
        {
          ...{ lost: [10_000, 10_000, 10_000, 0, 0, 0, 0, 10_000], paid: [0, 0, 0, ...fees(4), 0] },
          ...{ prover: 6_250, caller: 2_250, appellant: [0, 6_250], burned: 33_750 },
        },
      ],
      [
        "whose panel nobody drew, of a right answer: its bond lost",
        { first: [RIGHT, RIGHT, WRONG], appealed: true, deciding: [] },
        "Verified",
        {
          ...{ lost: [0, 0, 10_000], paid: [1_000, 1_000, 0] },
          ...{ prover: 2_000, appellant: [6_250, 0], burned: 16_250 },
        },
      ],
      [
        "whose panel nobody drew, of a wrong answer: its bond lost",
        { first: [WRONG, WRONG, RIGHT], appealed: true, deciding: [] },
        "Refuted",
        {
          ...{ lost: [0, 0, 10_000], paid: [1_000, 1_000, 0] },
          ...{ prover: 8_250, appellant: [6_250, 0], burned: 22_500 },
        },
      ],
      [
        "whose panel nobody drew, of a hidden answer: its bond lost",
        { first: [RIGHT, RIGHT, RIGHT], opens: false, appealed: true, deciding: [] },
        "Refuted",
        { lost: none(3), paid: fees(3), prover: 9_250, appellant: [6_250, 0], burned: 12_500 },
      ],
      [
        "that nobody decided: its bond back and no more",
        { first: [WRONG, WRONG, RIGHT], appealed: true, deciding: [RIGHT, WRONG, OTHER, ABSENT, ABSENT] },
        "Void",
        {
          ...{ lost: [...none(6), 4_000, 4_000], paid: [...fees(3), ...fees(3), 0, 0] },
          ...{ prover: 3_000, caller: 2_250, appellant: [0, 0], burned: 2_750 },
        },
      ],
      [
        "that nobody decided, where nobody lost anything: panel and callers at the prover's cost",
        { first: [WRONG, WRONG, RIGHT], appealed: true, deciding: [RIGHT, RIGHT, WRONG, WRONG, OTHER] },
        "Void",
        {
          ...{ lost: none(8), paid: [...fees(3), ...fees(5, 500)] },
          ...{ prover: 7_750, caller: 2_250, appellant: [0, 0], burned: 0 },
        },
      ],
      [
        "that ends in unavailable: half of what is left",
        {
          ...{ first: [WRONG, WRONG, RIGHT], appealed: true },
          deciding: [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, ABSENT, ABSENT],
        },
        "Void",
        {
          ...{ lost: [...none(6), 4_000, 4_000], paid: [...fees(3), ...fees(3), 0, 0] },
          ...{ prover: 3_000, caller: 2_250, appellant: [0, 1_375], burned: 1_375 },
        },
      ],
    ]);

    describe("with small losses", () =>
      played(
        [
          [
            "that was right: its bond back and half of what is left, below a stake",
            { first: [WRONG, WRONG, RIGHT], appealed: true, deciding: five(RIGHT) },
            "Verified",
            {
              ...{ lost: [5_000, 5_000, 0, ...none(5)], paid: [0, 0, 1_000, ...fees(5)] },
              ...{ prover: 1_000, caller: 2_250, appellant: [0, 1_375], burned: 1_375 },
            },
          ],
        ],
        { voteLoss: ETHER / 20n },
      ));
  });

  describe("of an attestation that lapses", () => {
    it("burn the stake, and nothing else, if nobody draws the first panel: Void", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      await until(p, (await p.quorum.caseOf(uid)).drawUntil);

      await p.quorum.settle(uid);

      expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
      await expectMoney(p, uid, { lost: [], paid: [], prover: 6_250, burned: 6_250 });
    });

    played([
      [
        "the stake, and the first panel paid, if nobody draws the deciding panel",
        { first: [RIGHT, WRONG, OTHER], deciding: [] },
        "Void",
        { lost: none(3), paid: fees(3), prover: 9_250, burned: 6_250 },
      ],
      [
        "what silent members lost too",
        { first: [RIGHT, SILENT, SILENT], deciding: [] },
        "Void",
        { lost: [0, 10_000, 10_000], paid: [1_000, 0, 0], prover: 7_250, burned: 26_250 },
      ],
    ]);
  });

  for (const [what, last, lost, paid, prover, burned] of [
    ["a part of its gas", RIGHT, 0, [500, 500], 750, 0],
    ["all that was lost", UNAVAILABLE, 1_000, [687.5, 0], 0, 0],
    ["its fees", SILENT, 10_000, [1_000, 0], 0, 7_750],
  ] as const)
    it(`of a first round that wasn't opened cost its absent members alone, and pay the deciding panel ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const votes = [RIGHT, RIGHT, RIGHT, RIGHT, last];
      const { uid, attestation } = await commitAttestation(p);
      await draw(p, uid);
      await commitVotes(p, uid, [RIGHT, ABSENT, WRONG]);
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);
      await p.quorum.settle(uid);
      await draw(p, uid);
      await commitVotes(p, uid, votes);
      await openAnswer(p, attestation);
      await revealVotes(p, uid, votes);

      await settle(p, uid);

      expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
      await expectMoney(p, uid, {
        ...{ lost: [0, 4_000, 0, ...none(4), lost], paid: [0, 0, 0, ...fees(4, paid[0]), paid[1]] },
        ...{ prover, caller: 2_250, burned },
      });
    });

  describe("to those who call", () => {
    it("tell who draws the deciding panel from who settles", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await play(p, { first: [RIGHT, WRONG, OTHER], deciding: five(RIGHT) });

      await settle(p, uid, p.settler);

      await expectMoney(p, uid, {
        ...{ lost: [0, 10_000, 10_000, ...none(5)], paid: [1_000, 0, 0, ...fees(5)] },
        ...{ prover: 1_000, caller: 1_000, settler: 1_250, burned: 12_750 },
      });
    });

    it("are nothing without a deciding panel", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await play(p, { first: [RIGHT, WRONG, RIGHT] });

      await settle(p, uid, p.settler);

      const [lost, paid] = [
        [0, 10_000, 0],
        [1_000, 0, 1_000],
      ];
      await expectMoney(p, uid, { lost, paid, prover: 2_000, caller: 0, settler: 0, burned: 10_000 });
    });

    it("and half fees are rounded down to whole wei, which the prover pays", async () => {
      const parameters = { decidingPanel: 6, decidingThreshold: 4, seatFee: 1_003n };
      const p = await panelProtocol(ethers, networkHelpers, 9, parameters);
      const votes = [RIGHT, RIGHT, RIGHT, WRONG, WRONG, OTHER];
      const { uid } = await play(p, { first: [RIGHT, WRONG, OTHER], deciding: votes });

      await settle(p, uid, p.settler);

      expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
      // A fifth of 6,018 wei, a quarter of them, and six halves of 1,003.
      expect(await p.bonds.claimableOf(p.admin)).to.equal(1_203);
      expect(await p.bonds.claimableOf(p.settler)).to.equal(1_504);
      let paid = 0n;
      for (const verifier of p.verifiers) paid += await p.bonds.claimableOf(verifier);
      expect(paid).to.equal(3 * 1_003 + 6 * 501);
      const { free, locked } = await p.bonds.bondOf(p.quorum, p.prover);
      expect([ETHER - free, locked]).to.deep.equal([1_203n + 1_504n + 3n * 1_003n + 6n * 501n, 0n]);
      expect(await p.bonds.burned()).to.equal(0);
    });
  });
});
