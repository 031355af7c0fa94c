import { expect } from "chai";
import { audit } from "../../bench/audit.ts";
import { WrongUse } from "../../bench/wrong-use.ts";

describe("bench audit", () => {
  const wrong: [string[], string][] = [
    [["--entries", "many"], "--entries is many; it must be a whole number from 4 up."],
    [["--accounts", "2"], "--accounts is 2; it must be a whole number from 3 up."],
  ];
  for (const [args, sentence] of wrong)
    it(`refuses ${args.join(" ")}`, async () => {
      const error = await audit(args).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(WrongUse);
      expect((error as Error).message).to.equal(sentence);
    });

  it("counts what an audit asks for, and what a million entries would", async () => {
    const [row, million] = await audit(["--entries", "40", "--accounts", "5"]);
    expect(row).to.include({ name: "audit", entries: 40, subjects: 10 });
    expect(row?.calls).to.be.greaterThan(5);
    expect(million).to.include({ name: "a million entries", entries: 1_000_000, subjects: 250_000 });
  });
});
