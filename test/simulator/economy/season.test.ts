import { expect } from "chai";
import { type Outcome, readOutcome } from "./outcome.ts";
import { createLaboratory } from "./scenarios.ts";
import { type Part, playSeason } from "./season.ts";
import { strategies } from "./strategies/index.ts";
import type { Strategy } from "./strategies/strategy.ts";

const named = (name: string): Strategy => strategies.get(name) as Strategy;

/** Lies, votes against others, absence and content that some can't fetch, all in one season. */
const trouble: Part[] = [
  { strategy: named("retrying cheat"), members: 4, provers: 3 },
  { strategy: named("selective content"), members: 0, provers: 1 },
  { strategy: named("random votes"), members: 2, provers: 0 },
  { strategy: named("absent"), members: 1, provers: 0 },
];

describe("a season of the economy", function () {
  this.timeout(60_000);
  let troubled: Outcome;

  const play = (parts: readonly Part[], seed = 1): Promise<Outcome> =>
    playSeason({ verifiers: 18, units: 12, seed, parts, isCapped: false }, readOutcome);

  before(async () => {
    troubled = await play(trouble);
  });

  it("loses no wei: what all together lost is burned, and the rest is held", () => {
    const { lost, books } = troubled;
    expect(lost > 0n).to.equal(true);
    expect(lost).to.equal(books.burned);
    expect(books.balance).to.equal(books.held + books.burned);
  });

  it("verifies everything and costs nobody anything but gas when all are honest", async () => {
    for (const seed of [1, 2]) {
      const { honest, lies, lost, books, undrawn } = await play([], seed);
      expect(honest).to.deep.equal({ all: 13, verified: 13, refuted: 0, voided: 0, refused: 0 });
      expect([lies.all, undrawn, lost, books.burned]).to.deep.equal([0, 0, 0n, 0n]);
    }
  });

  it("ends every honest attestation in one way", () => {
    const { all, verified, refuted, voided, refused } = troubled.honest;
    expect(verified + refuted + voided + refused).to.equal(all);
  });

  it("is the same again for a seed, and another one for another", async () => {
    expect(await play(trouble)).to.deep.equal(troubled);
    expect(await play(trouble, 2)).not.to.deep.equal(troubled);
  });

  it("reports shares and sums that add up, also where draws are previewed and members come and go", async () => {
    const trial = createLaboratory({ units: 12, seed: 3 });
    for (const strategy of [named("lying ring"), named("sybil"), named("redraw"), named("rejoining")]) {
      const row = await trial({ name: strategy.name, strategies: [strategy], verifiers: 12, share: 1 / 3 });
      expect((row.verified + row.refuted + row.voided + row.refused).toFixed(9)).to.equal("1.000000000");
      for (const { money, points, total } of [row.profit, row.damage])
        expect(total.toFixed(9)).to.equal((money + points).toFixed(9));
      expect(row.attestations).to.be.at.least(13);
    }
  });
});
