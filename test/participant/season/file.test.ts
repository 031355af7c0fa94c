import { expect } from "chai";
import fc from "fast-check";
import { datesFrom, parseSeasonFile, SeasonFileError } from "../../../participant/season/file.ts";
import { rightFile } from "./seasonFile.ts";

const TOKEN = `0x${"11".repeat(20)}`;
const task = rightFile().tasks[0];
const reward = { token: TOKEN, pool: "100", claimPeriod: "30d" };

function problemsOf(file: unknown): readonly string[] {
  try {
    parseSeasonFile(typeof file === "string" ? file : JSON.stringify(file));
  } catch (error) {
    if (error instanceof SeasonFileError) return error.problems;
    throw error;
  }
  return [];
}

describe("season file", () => {
  const wrong: [string, unknown, string][] = [
    ["no JSON", "{", "The season file is not JSON: "],
    ["a list", [], "The season file is []; it must be an object."],
    [
      "an unknown key",
      rightFile({ price: 1 }),
      "price is not known; known are metadata, tasks, dates, verifierCap, reward.",
    ],
    [
      "an unknown key of a task",
      rightFile({ tasks: [{ ...task, pionts: 1 }] }),
      "tasks[0].pionts is not known; known are model, method, points, units, noise, inputs.",
    ],
    ["no title", rightFile({ metadata: {} }), "metadata.title is missing; it must be a text of 1 to 100 characters."],
    ["an empty title", rightFile({ metadata: { title: " " } }), 'metadata.title is " "; it must be a text of 1'],
    [
      "a link that leads elsewhere",
      rightFile({ metadata: { title: "a", link: "javascript:alert(1)" } }),
      'metadata.link is "javascript:alert(1)"; it must be an http or https URL.',
    ],
    ["no tasks", rightFile({ tasks: [] }), "tasks is []; it must have at least one task."],
    [
      "points of half",
      rightFile({ tasks: [{ ...task, points: 1.5 }] }),
      "tasks[0].points is 1.5; it must be a whole number from 1 to 2147483647.",
    ],
    [
      "no units",
      rightFile({ tasks: [{ ...task, units: 0 }] }),
      "tasks[0].units is 0; it must be a whole number from 1",
    ],
    [
      "noise below 0",
      rightFile({ tasks: [{ ...task, noise: -1 }] }),
      "tasks[0].noise is -1; it must be a whole number from 0 to 127.",
    ],
    ["much noise", rightFile({ tasks: [{ ...task, noise: 128 }] }), "tasks[0].noise is 128; it must be"],
    [
      "a model by number",
      rightFile({ tasks: [{ ...task, model: 5 }] }),
      "tasks[0].model is 5; it must be a model's id, or",
    ],
    [
      "a date without a zone",
      rightFile({ dates: { startsAt: "2027-03-01T12:00", endsAt: "7d" } }),
      'dates.startsAt is "2027-03-01T12:00"; it must be a date with its zone, as in "2027-03-01T12:00Z", or a duration',
    ],
    ["a date that is none", rightFile({ dates: { startsAt: "2027-13-01T12:00Z", endsAt: "7d" } }), "dates.startsAt is"],
    ["no end", rightFile({ dates: { startsAt: "+10m" } }), "dates.endsAt is missing; it must be a date"],
    [
      "a negative cap",
      rightFile({ verifierCap: -1 }),
      "verifierCap is -1; it must be a whole number from 0 to 2147483647.",
    ],
    [
      "a wrong token",
      rightFile({ reward: { ...reward, token: "0x12" } }),
      'reward.token is "0x12"; it must be an address',
    ],
    [
      "a pool by number",
      rightFile({ reward: { ...reward, pool: 5 } }),
      "reward.pool is 5; it must be an amount in the token's",
    ],
    [
      "a short claim period",
      rightFile({ reward: { ...reward, claimPeriod: "23h" } }),
      'reward.claimPeriod is "23h"; it must be a duration from 1d to 3650d.',
    ],
    [
      "neither pool nor prizes",
      rightFile({ reward: { ...reward, pool: undefined } }),
      "reward.pool is missing: give a pool, prizes or both.",
    ],
    [
      "prizes of another sum",
      rightFile({ reward: { ...reward, prizes: [{ places: 2, amount: "30" }] } }),
      'reward.pool is "100"; it must be what the prizes are together, 60.',
    ],
    [
      "rising prizes",
      rightFile({
        reward: {
          ...reward,
          pool: undefined,
          prizes: [
            { places: 1, amount: "30" },
            { places: 1, amount: "31" },
          ],
        },
      }),
      'reward.prizes[1].amount is "31"; it must not be more than the prize before it.',
    ],
  ];
  for (const [what, file, sentence] of wrong)
    it(`refuses ${what}`, () => {
      const problems = problemsOf(file);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.contain(sentence);
    });

  it("says everything at once", () => {
    const file = rightFile({ tasks: [{ ...task, points: 0, noise: -1 }], verifierCap: "many", more: 1 });
    expect(problemsOf(file)).to.have.length(4);
  });

  it("reads what is right", () => {
    const file = parseSeasonFile(
      JSON.stringify(rightFile({ reward: { ...reward, prizes: [{ places: 2, amount: "50" }], perAccount: "1" } })),
    );
    expect(file.tasks[0]).to.deep.include({ model: { directory: "digits" }, points: 10n, unitsPerAccount: 20 });
    expect(file.reward).to.deep.include({ pool: 100n, posterBudget: 0n, perAccount: 1n, claimPeriod: 30 * 86_400 });
    expect(file.verifierCap).to.equal(1000n);
    const byId = rightFile({ tasks: [{ ...task, model: `0x${"AB".repeat(32)}` }] });
    expect(parseSeasonFile(JSON.stringify(byId)).tasks[0]?.model).to.deep.equal({ modelId: `0x${"ab".repeat(32)}` });
  });

  it("counts durations from the date before, and closes as early as may be", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.option(fc.nat(10_000)), (lead, length, closing) => {
        const dates = {
          startsAt: `+${lead}s`,
          endsAt: `${length}s`,
          ...(closing !== null && { closesAt: `${closing}s` }),
        };
        const { startsAt, endsAt, closesAt } = datesFrom(
          parseSeasonFile(JSON.stringify(rightFile({ dates }))).dates,
          1_000_000,
          77,
        );
        expect([startsAt - 1_000_000, endsAt - startsAt, closesAt - endsAt]).to.deep.equal([
          lead,
          length,
          closing ?? 77,
        ]);
      }),
    );
    const { dates } = parseSeasonFile(
      JSON.stringify(rightFile({ dates: { startsAt: "2027-03-01T12:00+01:00", endsAt: "2027-03-02T11:00:05Z" } })),
    );
    expect(datesFrom(dates, 0, 0)).to.deep.equal({
      startsAt: 1_803_898_800,
      endsAt: 1_803_985_205,
      closesAt: 1_803_985_205,
    });
  });
});
