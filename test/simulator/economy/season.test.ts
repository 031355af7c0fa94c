import { expect } from "chai";
import { Status } from "../../../sdk/protocol.ts";
import type { Case } from "./cases.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import { createLaboratory } from "./scenarios.ts";
import { type Part, playSeason } from "./season.ts";
import { strategies } from "./strategies/index.ts";
import type { Strategy } from "./strategies/strategy.ts";
import type { World } from "./world.ts";

const named = (name: string): Strategy => strategies.get(name) as Strategy;

const ring = (name: string, members: number, provers: number): Part => ({ strategy: named(name), members, provers });

/** Lies, votes against others, absence and content that some can't fetch, all in one season. */
const trouble: Part[] = [
  ring("retrying cheat", 4, 3),
  ring("selective content", 0, 1),
  ring("random votes", 2, 0),
  ring("absent", 1, 0),
];

describe("a season of the economy", function () {
  this.timeout(60_000);
  let troubled: Outcome;

  function play<Seen>(
    parts: readonly Part[],
    look: (world: World) => Promise<Seen>,
    { seed = 1, isAppealed = true } = {},
  ): Promise<Seen> {
    return playSeason({ verifiers: 18, units: 12, seed, parts, isCapped: false, isAppealed }, look);
  }

  const casesIn = async ({ cases }: World): Promise<Case[]> => [...cases.values()];

  before(async () => {
    troubled = await play(trouble, readOutcome);
  });

  it("loses no wei: what all together lost is burned, and the rest is held", () => {
    const { lost, books } = troubled;
    expect(lost > 0n).to.equal(true);
    expect(lost).to.equal(books.burned);
    expect(books.balance).to.equal(books.held + books.burned);
  });

  it("verifies everything and costs nobody anything but gas when all are honest", async () => {
    for (const seed of [1, 2]) {
      const { honest, lies, lost, books, undrawn } = await play([], readOutcome, { seed });
      expect(honest).to.deep.equal({ all: 13, verified: 13, refuted: 0, voided: 0, refused: 0 });
      expect([lies.all, undrawn, lost, books.burned]).to.deep.equal([0, 0, 0n, 0n]);
    }
  });

  it("ends every honest attestation in one way", () => {
    const { all, verified, refuted, voided } = troubled.honest;
    expect(verified + refuted + voided).to.equal(all);
  });

  it("is the same again for a seed, and another one for another", async () => {
    expect(await play(trouble, readOutcome)).to.deep.equal(troubled);
    expect(await play(trouble, readOutcome, { seed: 2 })).not.to.deep.equal(troubled);
  });

  it("has the whole list decide what somebody appeals: a lie that the first panel passed is Refuted", async () => {
    const parts = [ring("bribed members", 8, 12)];
    const isPassed = ({ decision, answer, work }: Case) => decision === answer && answer !== work.truth;
    const appealed = (await play(parts, casesIn, { seed: 3 })).filter(isPassed);
    const unappealed = (await play(parts, casesIn, { seed: 3, isAppealed: false })).filter(isPassed);

    expect(appealed).not.to.deep.equal([]);
    for (const { seats, threshold, status } of appealed)
      expect([seats, threshold, status]).to.deep.equal([18, 10, Status.refuted]);
    expect(unappealed.map(({ round, status }) => [round, status])).to.deep.equal(
      unappealed.map(() => [1, Status.verified]),
    );
  });

  it("fills missed seats again, and lets an appeal lapse that nobody draws", async () => {
    const missed = await play([ring("forcing refills", 6, 1)], casesIn);
    expect(missed.some(({ refilled, status }) => refilled && status === Status.verified)).to.equal(true);

    const lapsed = (await play([ring("appealing undrawn", 0, 1)], casesIn)).filter(({ appellant }) => appellant);
    expect(lapsed).not.to.deep.equal([]);
    for (const { seats, round, status } of lapsed)
      expect([seats, round, status]).to.deep.equal([0, 2, Status.verified]);
  });

  it("reports shares and sums that add up, also where draws are previewed and members come and go", async () => {
    const trial = createLaboratory({ units: 12, seed: 3, isAppealed: true });
    for (const strategy of [named("lying ring"), named("sybil"), named("redraw"), named("flicker")]) {
      const row = await trial({ name: strategy.name, strategies: [strategy], verifiers: 18, share: 1 / 3 });
      expect((row.verified + row.refuted + row.voided).toFixed(9)).to.equal("1.000000000");
      for (const { money, points, total } of [row.profit, row.damage])
        expect(total.toFixed(9)).to.equal((money + points).toFixed(9));
      expect(row.attestations).to.be.at.least(13);
    }
  });
});
