import { expect } from "chai";
import { load } from "../../bench/load.ts";
import { WrongUse } from "../../bench/wrong-use.ts";

describe("bench load", () => {
  for (const [args, message] of [
    [["--seconds", "0"], '--seconds is "0"; a whole number from 1 on is asked.'],
    [["--connections=-1"], '--connections is "-1"'],
    [["--rate", "fast"], '--rate is "fast"; a whole number from 0 on is asked.'],
  ] as const)
    it(`refuses ${args.join(" ")}`, async () => {
      const error = await load([...args]).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(WrongUse);
      expect((error as Error).message).to.include(message);
    });

  it("asks every route, and ends with a row of all", async () => {
    const rows = await load(["--seconds", "3", "--connections", "8", "--addresses", "4", "--thousands", "6"]);
    const last = rows.at(-1);
    expect(last).to.have.all.keys(
      ...["name", "lagBlocksMax", "probeMsMax", "acceptedP99Ms", "rssMiBMiddle", "rssMiBEnd"],
      ...["accepted", "refused", "failed"],
    );
    expect(last).to.include({ name: "load", failed: 0 });
    expect(last?.accepted).to.be.above(0);
    const routes = rows.slice(0, -1).map(({ accepted }) => accepted as number);
    expect(routes.reduce((sum, accepted) => sum + accepted, 0)).to.equal(last?.accepted);
  });
});
