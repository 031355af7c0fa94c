import { expect } from "chai";
import type { Season } from "../../../sdk/wire.ts";
import { partIn, partsOf } from "../../../web/standings/part.ts";

const task = (taskId: string, modelId: `0x${string}`, points: string) =>
  ({ taskId, modelId, points, method: { id: 1, name: "Quorum" } }) as Season["tasks"][number];
const [digits, risk] = ["0x01", "0x02"] as const;
const parts = partsOf({ tasks: [task("0", digits, "40"), task("1", risk, "10"), task("2", digits, "20")] }, (id) =>
  id === digits ? "digits" : "risk",
);

describe("the parts of a season", () => {
  it("are its tasks and its models, each once", () => {
    expect(parts.map(({ label }) => label)).to.deep.equal([
      ...["task 0 (digits, Quorum)", "task 1 (risk, Quorum)", "task 2 (digits, Quorum)"],
      ...["the model digits", "the model risk"],
    ]);
    expect(parts.map(({ path }) => path)).to.deep.equal([
      ...["tasks/0", "tasks/1", "tasks/2", `models/${digits}`, `models/${risk}`],
    ]);
  });

  it("have points a unit where all their tasks have the same", () => {
    expect(parts.map(({ points }) => points)).to.deep.equal([40n, 10n, 20n, undefined, 10n]);
  });

  it("are found by their names, else the first is shown", () => {
    for (const part of parts) expect(partIn(parts, part.name)).to.equal(part);
    for (const other of [null, "task-9", ""]) expect(partIn(parts, other)).to.equal(parts[0]);
    expect(partIn([], "task-0")).to.equal(undefined);
  });
});
