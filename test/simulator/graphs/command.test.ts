import { expect } from "chai";
import { UsageError } from "../usage.ts";
import { readOptions, tell } from "./command.ts";

describe("npm run simulate -- graphs", () => {
  const wrong: Record<string, [string[], RegExp]> = {
    "no number of operators": [["--graphs", "1"], /^--operators or --graphs is missing/],
    "no number of graphs": [["--operators", "1"], /^--operators or --graphs is missing/],
    "a seed that is none": [["--operators", "1", "--graphs", "1", "--seed", "x"], /^--seed is "x"/],
    "an unknown option": [["--fast"], /^Unknown option '--fast'/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      expect(() => readOptions(args)).to.throw(UsageError, message);
    });

  it("runs from seed 1 unless another is named", () => {
    const options = { operators: 20, graphs: 3 };
    expect(readOptions(["--operators", "20", "--graphs", "3"])).to.deep.equal({ ...options, seed: 1 });
    expect(readOptions(["--operators", "20", "--graphs", "3", "--seed", "7"])).to.deep.equal({ ...options, seed: 7 });
  });

  it("tells every difference, and how many there are", () => {
    const tally = { operators: 2, graphs: 1 };

    expect(tell({ ...tally, differences: [] })).to.match(/\nEvery byte is the same\.$/);
    expect(tell({ ...tally, differences: ["one", "two"] })).to.match(/\none\ntwo\n2 differences\.$/);
  });
});
