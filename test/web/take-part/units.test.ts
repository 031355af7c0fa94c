import { expect } from "chai";
import fc from "fast-check";
import { padHex, zeroAddress } from "viem";
import type { AttestationStatus, AttestationSummary, Season, Task } from "../../../sdk/wire.ts";
import { assignedUnits, freeUnits, type OpenTask, openTasks, unitsNamed } from "../../../web/take-part/units.ts";

const word = padHex("0x1", { size: 32 });
const place = { blockNumber: 1, timestamp: 1, transactionHash: word, logIndex: 0 };
const task: Task = {
  ...{ taskId: "1", modelId: word, method: { id: 1, name: "Quorum" }, points: "10", unitsPerAccount: 5, noise: 1 },
  ...{ inputCount: 1, inputSetRoot: word, added: place },
};
const [{ takePart }] = openTasks({ tasks: [task] } as Season) as [OpenTask];
const attestation = (unit: string, status: AttestationStatus, taskId = "1", seasonId = "1"): AttestationSummary => ({
  ...{
    uid: word,
    prover: zeroAddress,
    proverName: null,
    modelId: word,
    method: task.method,
    status,
    inputHash: word,
    context: word,
  },
  ...{ unit: { campaign: zeroAddress, seasonId, taskId, unit }, counts: true, count: 1, answer: word },
  ...{ outputHash: null, traceHash: null, salt: null, root: null, attested: place, settled: null },
});
const units = (attestations: AttestationSummary[], limit: number, isAll = true) =>
  assignedUnits("1", { task, takePart }, attestations, { limit, isAll });
const states = (attestations: AttestationSummary[], limit: number) =>
  units(attestations, limit).map(({ state }) => state);

describe("open tasks", () => {
  it("are none of a method that nothing is known of", () => {
    const other = { ...task, method: { id: 7, name: "method 7" } };
    expect(openTasks({ tasks: [other] } as unknown as Season)).to.deep.equal([]);
    expect(openTasks({ tasks: [other, task] } as unknown as Season)).to.deep.equal([{ task, takePart }]);
  });

  it("are hidden and one by one, or in the open and many at once, as the method says", () => {
    const tasks = [1, 2].map((id) => ({ ...task, method: { id, name: `method ${id}` } }));
    const forms = openTasks({ tasks } as unknown as Season).map(({ takePart: { form } }) => form);
    expect(forms).to.deep.equal(["hidden", "batch"]);
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

describe("free units", () => {
  const batch = (first: number, count: number, more: object = {}) => ({
    ...attestation(String(first), "pending"),
    ...{ count, ...more },
  });
  const free = (attestations: AttestationSummary[], isAll = true) => freeUnits("1", task, attestations, isAll);

  it("are all at first, and none when all are attested", () => {
    expect(free([])).to.deep.equal({ first: 0, count: 5 });
    expect(free([batch(0, 3), batch(3, 2)])).to.equal(undefined);
  });

  it("ignore attestations of other tasks, and those that don't count", () => {
    expect(free([batch(0, 3, { counts: false }), { ...attestation("0", "verified", "2"), count: 4 }])).to.deep.equal({
      ...{ first: 0, count: 5 },
    });
  });

  it("go on after the last one known, where attestations may be missing", () => {
    expect(free([batch(2, 1)], false)).to.deep.equal({ first: 3, count: 2 });
    expect(free([batch(4, 1)], false)).to.equal(undefined);
  });

  it("are attested by nobody, the first such ones, and reach to the next that is", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 9 })), { maxLength: 6 }), (ranges) => {
        const unitsPerAccount = 40;
        const taken = new Set(ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)));
        const expected = Array.from({ length: unitsPerAccount }, (_, i) => i).filter((unit) => !taken.has(unit));
        const { first, count } = freeUnits(
          ...(["1", { ...task, unitsPerAccount }, ranges.map(([from, many]) => batch(from, many)), true] as const),
        ) as { first: number; count: number };
        expect(first).to.equal(expected[0]);
        expect(taken.has(first + count) || first + count === unitsPerAccount).to.equal(true);
        for (let unit = first; unit < first + count; unit++) expect(taken.has(unit), `unit ${unit}`).to.equal(false);
      }),
    ));

  it("are named by the first and the last", () => {
    expect([unitsNamed(4, 1), unitsNamed(1_000, 256)]).to.deep.equal(["unit 4", "units 1,000 to 1,255"]);
  });
});
