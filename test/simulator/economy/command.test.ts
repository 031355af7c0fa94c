import { expect } from "chai";
import { UsageError } from "../usage.ts";
import { readOptions } from "./command.ts";
import { strategies } from "./strategies/index.ts";

describe("npm run simulate -- economy", () => {
  const wrong: Record<string, [string[], RegExp]> = {
    "no attestations": [["--attestations", "0"], /^--attestations is "0"; a whole number from 1 is asked\.$/],
    "a seed that is none": [["--seed", "x"], /^--seed is "x"/],
    "a strategy that nobody plays": [["--strategy", "hope"], /^--strategy is "hope"; there are lying ring, /],
    "a list that is none": [["--list", "-3"], /--list/],
    "an unknown option": [["--fast"], /^Unknown option '--fast'/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      expect(() => readOptions(args)).to.throw(UsageError, message);
    });

  it("plays every strategy unless some are named", () => {
    expect(readOptions([]).strategies).to.have.length(strategies.size);
    expect(readOptions([])).to.include({ isAppealed: true, isFull: false });
    expect(readOptions(["--list", "40", "--no-appeals"])).to.deep.include({ lists: [40], isAppealed: false });
    expect(readOptions(["--strategy", "lazy"]).strategies.map(({ name }) => name)).to.deep.equal(["lazy"]);
  });
});
