import { expect } from "chai";
import { padHex, zeroAddress } from "viem";
import type { AttestationStatus, AttestationSummary, Season, Task } from "../../../sdk/wire.ts";
import { assignedUnits, type OpenTask, openTasks } from "../../../web/take-part/units.ts";

const word = padHex("0x1", { size: 32 });
const place = { blockNumber: 1, timestamp: 1, transactionHash: word, logIndex: 0 };
const task: Task = {
  ...{ taskId: "1", modelId: word, method: { id: 1, name: "Quorum" }, points: "10", unitsPerAccount: 5, noise: 1 },
  ...{ inputCount: 1, inputSetRoot: word, added: place },
};
const [{ takePart }] = openTasks({ tasks: [task] } as Season) as [OpenTask];
const attestation = (unit: string, status: AttestationStatus, taskId = "1", seasonId = "1"): AttestationSummary => ({
  ...{ uid: word, prover: zeroAddress, modelId: word, method: task.method, status, inputHash: word, context: word },
  ...{ unit: { campaign: zeroAddress, seasonId, taskId, unit }, counts: true, count: 1, answer: word },
  ...{ outputHash: null, traceHash: null, salt: null, root: null, attested: place, settled: null },
});
const units = (attestations: AttestationSummary[], limit: number, isAll = true) =>
  assignedUnits("1", { task, takePart }, attestations, { limit, isAll });
const states = (attestations: AttestationSummary[], limit: number) =>
  units(attestations, limit).map(({ state }) => state);

describe("open tasks", () => {
  it("are none of a method that no browser can work under, or that nothing is known of", () => {
    const others = [2, 7].map((id) => ({ ...task, method: { id, name: `method ${id}` } }));
    expect(openTasks({ tasks: others } as unknown as Season)).to.deep.equal([]);
    expect(openTasks({ tasks: [...others, task] } as unknown as Season)).to.deep.equal([{ task, takePart }]);
  });
});

describe("assigned units", () => {
  it("stop at the task's last one, and at the limit", () => {
    expect(states([], 100)).to.deep.equal(["free", "free", "free", "free", "free"]);
    expect(states([], 2)).to.deep.equal(["free", "free"]);
  });

  it("ignore attestations of other tasks and seasons, and those that don't count", () => {
    const others = [attestation("0", "verified", "2"), attestation("1", "verified", "1", "2")];
    expect(states([...others, { ...attestation("2", "verified"), counts: false }], 3)).to.deep.equal([
      ...["free", "free", "free"],
    ]);
  });

  it("are free again after a void attestation, but not for ever", () => {
    const once = attestation("0", "void");
    expect(states([once], 1)).to.deep.equal(["free"]);
    expect(states([once, once, once], 1)).to.deep.equal(["spent", "free"]);
  });

  it("are settled as soon as one try is", () => {
    expect(
      states([attestation("0", "void"), attestation("0", "refuted"), attestation("1", "pending")], 2),
    ).to.deep.equal([...["refuted", "pending", "free", "free"]]);
  });

  it("go on with free ones however many were begun", () => {
    const begun = ["0", "1", "2"].map((unit) => attestation(unit, "verified"));
    expect(units(begun, 2).map(({ unit, state }) => `${unit} ${state}`)).to.deep.equal([
      ...["1 verified", "2 verified", "3 free", "4 free"],
    ]);
  });

  it("before the last begun are not offered where attestations may be missing", () => {
    expect(units([attestation("2", "pending")], 2, false).map(({ unit }) => unit)).to.deep.equal([2, 3, 4]);
    expect(units([attestation("2", "pending")], 2).map(({ unit }) => unit)).to.deep.equal([0, 1, 2]);
  });
});
