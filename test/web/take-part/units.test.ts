import { expect } from "chai";
import { padHex, zeroAddress } from "viem";
import type { StatementStatus, StatementSummary, Task } from "../../../sdk/wire.ts";
import { assignedUnits } from "../../../web/take-part/units.ts";

const word = padHex("0x1", { size: 32 });
const place = { blockNumber: 1, timestamp: 1, transactionHash: word, logIndex: 0 };
const task: Task = {
  ...{ taskId: "1", modelId: word, method: { id: 1, name: "Quorum" }, points: "10", unitsPerAccount: 5, noise: 1 },
  ...{ inputCount: 1, inputSetRoot: word, added: place },
};
const statement = (unit: string, status: StatementStatus, taskId = "1", seasonId = "1"): StatementSummary => ({
  ...{ uid: word, prover: zeroAddress, modelId: word, method: task.method, status, inputHash: word, context: word },
  ...{ unit: { campaign: zeroAddress, seasonId, taskId, unit }, counts: true, count: 1, answer: word },
  ...{ outputHash: null, traceHash: null, salt: null, root: null, attested: place, settled: null },
});
const units = (statements: StatementSummary[], limit: number, isAll = true) =>
  assignedUnits("1", task, statements, { limit, isAll });
const states = (statements: StatementSummary[], limit: number) => units(statements, limit).map(({ state }) => state);

describe("assigned units", () => {
  it("stop at the task's last one, and at the limit", () => {
    expect(states([], 100)).to.deep.equal(["free", "free", "free", "free", "free"]);
    expect(states([], 2)).to.deep.equal(["free", "free"]);
  });

  it("ignore statements of other tasks and seasons, and those that don't count", () => {
    const others = [statement("0", "verified", "2"), statement("1", "verified", "1", "2")];
    expect(states([...others, { ...statement("2", "verified"), counts: false }], 3)).to.deep.equal([
      ...["free", "free", "free"],
    ]);
  });

  it("are free again after a void statement, but not for ever", () => {
    const once = statement("0", "void");
    expect(states([once], 1)).to.deep.equal(["free"]);
    expect(states([once, once, once], 1)).to.deep.equal(["spent", "free"]);
  });

  it("are settled as soon as one try is", () => {
    expect(states([statement("0", "void"), statement("0", "refuted"), statement("1", "pending")], 2)).to.deep.equal([
      ...["refuted", "pending", "free", "free"],
    ]);
  });

  it("go on with free ones however many were begun", () => {
    const begun = ["0", "1", "2"].map((unit) => statement(unit, "verified"));
    expect(units(begun, 2).map(({ unit, state }) => `${unit} ${state}`)).to.deep.equal([
      ...["1 verified", "2 verified", "3 free", "4 free"],
    ]);
  });

  it("before the last begun are not offered where statements may be missing", () => {
    expect(units([statement("2", "pending")], 2, false).map(({ unit }) => unit)).to.deep.equal([2, 3, 4]);
    expect(units([statement("2", "pending")], 2).map(({ unit }) => unit)).to.deep.equal([0, 1, 2]);
  });
});
