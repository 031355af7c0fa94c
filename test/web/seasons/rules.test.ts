import { expect } from "chai";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import type { Season, Task } from "../../../sdk/wire.ts";
import { rulesOf } from "../../../web/seasons/rules.ts";

const task = (taskId: string, id: number, name: string): Task => ({
  ...{ taskId, modelId: ZERO_HASH, method: { id, name }, points: "10", unitsPerAccount: 2_880, noise: 8 },
  ...{ inputCount: 1_024, inputSetRoot: ZERO_HASH },
  added: { blockNumber: 1, timestamp: 1, transactionHash: ZERO_HASH, logIndex: 0 },
});

const season: Season = {
  ...{ seasonId: "1", state: "running", organiser: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", uri: "" },
  ...{
    startsAt: 1_000_000_000,
    endsAt: 1_000_086_400,
    closesAt: 1_000_090_000,
    seed: ZERO_HASH,
    seededAt: 999_999_000,
  },
  ...{ verifierCap: "10000", tasks: [task("1", 1, "Quorum"), task("2", 2, "FraudProof")] },
  ...{ frozen: null, final: null, rewards: null },
  totals: { seq: "0", participants: 0, totalPoints: "0", ledgerHash: ZERO_HASH },
};

const textOf = (changes: Partial<Season>): string =>
  rulesOf({ ...season, ...changes }, () => "the model m")
    .flatMap(({ title, sentences }) => [title, ...sentences])
    .join("\n");

describe("a season's rules in words", () => {
  it("promise nothing of a draft's times", () => {
    const text = textOf({ startsAt: null, endsAt: null, closesAt: null, seed: null, seededAt: null });
    expect(text).to.contain("may still change").and.not.to.contain("It starts on");
  });

  it("say that no unit has an input before the seed is drawn", () => {
    expect(textOf({ seed: null, seededAt: null })).to.contain("until then no unit has an input");
  });

  it("speak of panels and of batches only where a task has them", () => {
    const [quorum, fraud] = season.tasks as [Task, Task];
    expect(textOf({ tasks: [fraud] })).not.to.contain("60 %");
    expect(textOf({ tasks: [quorum] })).not.to.contain("one wrong row");
  });

  it("say that nothing is known of an unknown method, but for what any method's verifiers earn", () => {
    const text = textOf({ tasks: [task("1", 7, "unknown method 7")] });
    expect(text).to.contain("Task 1: run the model m, settled by unknown method 7.");
    expect(text).to.contain(
      "unknown method 7: nothing is known of what it proves. The accounts that it names as a unit's verifiers share 60 % of the unit's points equally, rounded down, at most 10,000 points",
    );
  });

  it("say a method's own rules once, however many tasks it has", () => {
    const text = textOf({ tasks: ["1", "2"].map((taskId) => task(taskId, 1, "Quorum")) });
    expect(text.split("share 60 %")).to.have.lengthOf(2);
  });

  it("say the times, to the second", () => {
    const text = textOf({});
    expect(text).to.match(/It starts on Sunday,? 9 September 2001 at \d\d:\d\d:40 .* and runs for 1 d:/);
    expect(text).to.contain("For another 1 h, attestations are settled").and.to.contain("; on");
  });

  it("say the tasks, the points, the shares, the cap and the penalty", () => {
    const text = textOf({});
    expect(text).to.contain(
      "Task 1: run the model m, settled by Quorum. 10 points a unit, up to 2,880 units an account. Each unit's input is one of 1,024 base inputs,",
    );
    expect(text).to.contain("moved by up to 8");
    expect(text).to.contain("share 60 % of the unit's points equally, rounded down, at most 10,000 points an account");
    expect(text).to.contain("burns 10 times the points it would have earned");
    expect(text).to.contain("one wrong row refutes a whole batch");
  });
});
