import { expect } from "chai";
import { operatorKinds } from "../../../inference/operators/index.ts";
import { operatorNames } from "../../../sdk/graphs.ts";

describe("operators' kinds", () => {
  it("stand at their numbers, under the names that readers know them by", () => {
    expect(operatorKinds.map(({ kind, name }) => [kind, name])).to.deep.equal([...operatorNames.entries()]);
  });
});
