import { expect } from "chai";
import type { AttestationStatus, AttestationSummary, Season, Task } from "../../../sdk/wire.ts";
import { aheadSentence, behindSentence, leftOf, type TaskLeft } from "../../../web/standings/distance.ts";
import { account } from "../audit/story.ts";
import { textOf } from "../text.ts";

const row = (i: number, rank: number, points: number) => ({ account: account(i), rank, points: String(points) });
const left = (...tasks: [points: number, left: number | undefined][]): TaskLeft[] =>
  tasks.map(([points, left], i) => ({ task: { taskId: String(i + 1), points: String(points) }, left }));

describe("the distance to the next better rank", () => {
  const behind = (gap: number, ...tasks: [number, number | undefined][]) => {
    const text = textOf(behindSentence({ ...row(0, 5, 10), refuted: 1 }, row(1, 4, 10 + gap), left(...tasks)));
    const start = `${gap} point${gap === 1 ? "" : "s"} behind rank 4 (${account(1)}): `;
    expect(text.startsWith(start)).to.equal(true);
    return text.slice(start.length);
  };

  it("says so where no task has a unit left, or gives points", () => {
    expect(behind(12)).to.equal("no task has a unit left for it.");
    expect(behind(12, [10, 0], [0, 5])).to.equal("no task has a unit left for it.");
  });

  it("counts the units of each task that would reach it, rounded up", () => {
    expect(behind(12, [10, 9], [15, 9], [12, 9])).to.equal(
      "2 more verified units of task 1, or 1 more verified unit of task 2, or 1 more verified unit of task 3 would reach it.",
    );
    expect(behind(1, [10, 1])).to.equal("1 more verified unit of task 1 would reach it.");
  });

  it("is farther for who may owe penalties", () => {
    const own = { ...row(0, 5, 0), refuted: 1 };
    const text = textOf(behindSentence(own, row(1, 4, 5), left([10, 1])));
    expect(text).to.contain("1 more verified unit of task 1 would reach it. What it owes of penalties is paid first.");
  });

  it("offers no task that hasn't enough units left, as far as that's known", () => {
    expect(behind(30, [10, 2], [15, 2])).to.equal("2 more verified units of task 2 would reach it.");
    expect(behind(30, [10, undefined])).to.equal("3 more verified units of task 1 would reach it.");
    expect(behind(30, [10, 2], [15, 1])).to.equal(
      "units of several tasks together would reach it; those left are worth 35 points.",
    );
    expect(behind(36, [10, 2], [15, 1])).to.equal(
      "all units left for it are worth 35 points together, which isn't enough.",
    );
  });
});

describe("the lead of the first rank", () => {
  const ahead = (total: number, ...rows: ReturnType<typeof row>[]) => textOf(aheadSentence(row(0, 1, 30), rows, total));

  it("is over nobody where nobody else is ranked", () => {
    expect(ahead(1, row(0, 1, 30))).to.equal("First: nobody else is ranked.");
  });

  it("is over the next rank, however many share the first", () => {
    expect(ahead(2, row(0, 1, 30), row(1, 2, 10))).to.equal(`First; 20 points ahead of rank 2 (${account(1)}).`);
    expect(ahead(3, row(1, 1, 30), row(0, 1, 30), row(2, 3, 29))).to.equal(
      `First, together with 1 other; 1 point ahead of rank 3 (${account(2)}).`,
    );
  });

  it("is told as far as the ranking is known", () => {
    expect(ahead(2, row(0, 1, 30), row(1, 1, 30))).to.equal("First, together with 1 other.");
    expect(ahead(9, row(0, 1, 30), row(1, 1, 30))).to.equal("First, together with at least 1 other.");
  });
});

describe("units left", () => {
  const season = {
    seasonId: "1",
    tasks: [
      { taskId: "1", unitsPerAccount: 10 },
      { taskId: "2", unitsPerAccount: 3 },
    ] as Task[],
  } satisfies Pick<Season, "seasonId" | "tasks">;
  const made = (unit: number, count: number, status: AttestationStatus, edit: object = {}) =>
    ({
      ...{ unit: { seasonId: "1", taskId: "1", unit: String(unit) }, count, status, counts: true, ...edit },
    }) as AttestationSummary;
  const lefts = (attestations: AttestationSummary[], isAll = true) =>
    leftOf(season, attestations, isAll).map(({ left }) => left);

  it("aren't known where attestations may be missing", () => {
    expect(lefts([], false)).to.deep.equal([undefined, undefined]);
  });

  it("are those of no other season or task, and of nothing that doesn't count", () => {
    const elsewhere = [
      made(0, 1, "verified", { counts: false }),
      made(0, 1, "verified", { unit: null }),
      made(0, 1, "verified", { unit: { seasonId: "2", taskId: "1", unit: "0" } }),
    ];
    expect(lefts(elsewhere)).to.deep.equal([10, 3]);
  });

  it("lose those worked on, each once; what is void may be tried again", () => {
    expect(lefts([made(0, 4, "pending"), made(2, 4, "refuted"), made(9, 1, "void")])).to.deep.equal([4, 3]);
    expect(lefts([made(8, 4_000_000_000, "verified")])).to.deep.equal([8, 3]);
  });
});
