import { expect } from "chai";
import { UsageError } from "../usage.ts";
import { readOptions, tell } from "./command.ts";

describe("npm run simulate -- dispute", () => {
  const wrong: Record<string, [string[], RegExp]> = {
    "no number of graphs": [["--seed", "1"], /^--graphs is missing/],
    "a number that is none": [["--graphs", "many"], /^--graphs is "many"/],
    "an unknown option": [["--graphs", "1", "--fast"], /^Unknown option '--fast'/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      expect(() => readOptions(args)).to.throw(UsageError, message);
    });

  it("runs from seed 1 unless another is named", () => {
    expect(readOptions(["--graphs", "3"])).to.deep.equal({ graphs: 3, seed: 1 });
    expect(readOptions(["--graphs", "3", "--seed", "7"])).to.deep.equal({ graphs: 3, seed: 7 });
  });

  it("tells all that ended otherwise than it must", () => {
    const tally = { graphs: 2, shown: 1, unopened: 1, stood: 2 };

    expect(tell({ ...tally, wrong: [] })).to.match(/\nEvery wrong one was refuted, and no right one\.$/);
    expect(tell({ ...tally, wrong: ["one"] })).to.match(/\none\n1 ended otherwise than they must\.$/);
  });
});
