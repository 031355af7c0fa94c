import { expect } from "chai";
import { UsageError } from "../usage.ts";
import { readOptions, tell } from "./command.ts";

describe("npm run simulate -- requests", () => {
  const wrong: Record<string, [string[], RegExp]> = {
    "no number of histories": [[], /^--histories is missing/],
    "no histories": [["--histories", "0"], /^--histories is "0"; a whole number from 1 is asked\.$/],
    "a seed that is none": [["--histories", "1", "--seed", "x"], /^--seed is "x"/],
    "an unknown option": [["--fast"], /^Unknown option '--fast'/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      expect(() => readOptions(args)).to.throw(UsageError, message);
    });

  it("plays from seed 1 unless another is named", () => {
    expect(readOptions(["--histories", "20"])).to.deep.equal({ histories: 20, seed: 1 });
    expect(readOptions(["--histories", "20", "--seed", "7"])).to.deep.equal({ histories: 20, seed: 7 });
  });

  it("tells every difference, and how many there are", () => {
    const tally = {
      ...{ histories: 2, transactions: 30, refused: 4, reordered: 1, actedOn: 1, wrong: 1 },
      ended: { verified: 1, fallen: 1, cancelled: 0 },
    };

    expect(tell({ ...tally, differences: [] })).to.match(/less than the cover promised; all money adds up\.$/);
    expect(tell({ ...tally, differences: ["one", "two"] })).to.match(/\none\ntwo\n2 differences\.$/);
  });
});
