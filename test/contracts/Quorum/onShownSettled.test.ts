import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  draw,
  expectMoney,
  firstRound,
  type Money,
  OTHER,
  type Panels,
  panelProtocol,
  RIGHT,
  SILENT,
  Stage,
  show,
  until,
  type Vote,
  WRONG,
} from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const none = (count: number) => Array<number>(count).fill(0);

describe("Quorum, when a shown run is settled", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  const settleShown = (p: Panels, uid: string, status: number) =>
    p.quorum.connect(p.fraudProof).onShownSettled(uid, status, p.settler);

  it("refuses anyone but the fraud proofs' contract", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [WRONG, WRONG, RIGHT]);
    await show(p, uid);

    for (const account of [p.prover, p.admin])
      await expect(p.quorum.connect(account).onShownSettled(uid, Status.Verified, account))
        .to.be.revertedWithCustomError(p.quorum, "NotTheFraudProof")
        .withArgs(account);
  });

  it("refuses an attestation it doesn't know, and a settled one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(settleShown(p, hash("uid"), Status.Verified))
      .to.be.revertedWithCustomError(p.quorum, "UnknownCase")
      .withArgs(hash("uid"));
    const { uid } = await firstRound(p, [WRONG, WRONG, RIGHT]);
    await show(p, uid);
    await settleShown(p, uid, Status.Verified);

    await expect(settleShown(p, uid, Status.Refuted))
      .to.be.revertedWithCustomError(p.quorum, "CaseClosed")
      .withArgs(uid);
  });

  for (const status of ["Verified", "Refuted"] as const)
    it(`settles as ${status}, by whom it is told`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [WRONG, WRONG, RIGHT]);
      await show(p, uid);

      await expect(settleShown(p, uid, Status[status]))
        .to.emit(p.registry, "StatusChanged")
        .withArgs(uid, Status[status], p.settler);

      expect((await p.quorum.caseOf(uid)).stage).to.equal(Stage.Done);
      expect(await p.quorum.pendingCount()).to.equal(0);
    });

  // The first panel's votes; how the deciding panel is called; its votes, empty where nobody draws it.
  type Row = [string, Vote[], "nobody" | "settle" | "appeal", Vote[], "Verified" | "Refuted", Money];
  const first = [1_000, 1_000, 1_000];
  const rows: Row[] = [
    [
      "in the first round, which judges no vote, who voted for its output",
      [WRONG, WRONG, RIGHT],
      "nobody",
      [],
      "Verified",
      { lost: none(3), paid: [0, 0, 1_000], prover: 1_000, burned: 0 },
    ],
    [
      "in the first round, all its members, for the prover's stake",
      [RIGHT, RIGHT, WRONG],
      "nobody",
      [],
      "Refuted",
      { lost: none(3), paid: first, prover: 9_250, burned: 6_250 },
    ],
    [
      "in the first round, for what absent and silent members lose",
      [RIGHT, ABSENT, SILENT, WRONG],
      "nobody",
      [],
      "Verified",
      { lost: [0, 4_000, 10_000, 0], paid: [1_000, 0, 0, 0], prover: 1_000, burned: 14_000 },
    ],
    [
      "before the deciding panel is drawn, for the bond of an appellant against a right decision",
      [RIGHT, RIGHT, WRONG],
      "appeal",
      [],
      "Verified",
      { lost: none(3), paid: [1_000, 1_000, 0], prover: 2_000, appellant: [6_250, 0], burned: 6_250 },
    ],
    [
      "before the deciding panel is drawn, without the bond of an appellant against a wrong decision",
      [WRONG, WRONG, RIGHT],
      "appeal",
      [],
      "Verified",
      { lost: none(3), paid: [0, 0, 1_000], prover: 1_000, appellant: [0, 0], burned: 0 },
    ],
    [
      "before the deciding panel is drawn, with up to a stake of what others lost for such an appellant",
      [WRONG, WRONG, ABSENT, SILENT],
      "appeal",
      [],
      "Verified",
      { lost: [0, 0, 4_000, 10_000], paid: none(4), prover: 0, appellant: [0, 6_250], burned: 7_750 },
    ],
    [
      "before the deciding panel is drawn, for the bond of an appellant against what a row proved",
      [WRONG, WRONG, RIGHT],
      "appeal",
      [],
      "Refuted",
      { lost: none(3), paid: first, prover: 9_250, appellant: [6_250, 0], burned: 12_500 },
    ],
    [
      "before the deciding panel is drawn, with half of the stake for the appellant",
      [RIGHT, RIGHT, RIGHT],
      "appeal",
      [],
      "Refuted",
      { lost: none(3), paid: first, prover: 9_250, appellant: [0, 3_125], burned: 3_125 },
    ],
    [
      "in the deciding round, whose callers and committed members the prover pays",
      [RIGHT, WRONG, OTHER],
      "settle",
      [RIGHT, ABSENT, WRONG, ABSENT, ABSENT],
      "Verified",
      {
        ...{ lost: none(8), paid: [1_000, 0, 0, 500, 0, 500, 0, 0] },
        ...{ prover: 4_250, caller: 1_000, settler: 1_250, burned: 0 },
      },
    ],
    [
      "in the deciding round, whose committed members are paid from the prover's stake",
      [RIGHT, WRONG, OTHER],
      "settle",
      [RIGHT, ABSENT, WRONG, ABSENT, ABSENT],
      "Refuted",
      {
        ...{ lost: none(8), paid: [...first, 1_000, 0, 1_000, 0, 0] },
        ...{ prover: 9_250, caller: 1_000, settler: 1_250, burned: 2_000 },
      },
    ],
    [
      "in the deciding round, before anybody has committed, for the appellant's bond",
      [RIGHT, RIGHT, WRONG],
      "appeal",
      [ABSENT],
      "Verified",
      {
        ...{ lost: none(8), paid: [1_000, 1_000, 0, ...none(5)] },
        ...{ prover: 2_000, caller: 1_000, settler: 1_250, appellant: [6_250, 0], burned: 4_000 },
      },
    ],
    [
      "in the deciding round, before anybody has committed, where nobody lost anything",
      [WRONG, WRONG, RIGHT],
      "appeal",
      [ABSENT],
      "Verified",
      {
        ...{ lost: none(8), paid: [0, 0, 1_000, ...none(5)] },
        ...{ prover: 3_250, caller: 1_000, settler: 1_250, appellant: [0, 0], burned: 0 },
      },
    ],
    [
      "in the deciding round, with half of what is left of the stake for the appellant",
      [RIGHT, RIGHT, RIGHT],
      "appeal",
      [WRONG, WRONG],
      "Refuted",
      {
        ...{ lost: none(8), paid: [...first, 1_000, 1_000, 0, 0, 0] },
        ...{ prover: 9_250, caller: 1_000, settler: 1_250, appellant: [0, 1_000], burned: 1_000 },
      },
    ],
  ];
  for (const [what, votes, called, deciding, status, money] of rows)
    it(`pays ${what}: ${status}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes);
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);
      if (called === "appeal") await appeal(p, uid);
      if (called === "settle") await p.quorum.settle(uid);
      if (deciding.length !== 0) {
        const members = await draw(p, uid);
        for (const [i, vote] of deciding.entries())
          if (vote !== ABSENT) await p.quorum.connect(members[i]).commit(uid, 3 + i, vote);
      }
      await show(p, uid);

      await settleShown(p, uid, Status[status]);

      expect(await p.registry.statusOf(uid)).to.equal(Status[status]);
      await expectMoney(p, uid, money);
    });

  it("takes no member of the deciding panel off the list", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
    await p.quorum.settle(uid);
    await draw(p, uid);
    await show(p, uid);

    await expect(settleShown(p, uid, Status.Verified)).not.to.emit(p.quorum, "Penalised");

    expect(await p.quorum.memberCount()).to.equal(9);
  });
});
