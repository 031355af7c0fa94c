import { expect } from "chai";
import { encodeErrorResult } from "viem";
import { openInTime } from "../../scripts/season.ts";
import { campaignAbi } from "../../sdk/abi.ts";
import { RevertError } from "../../sdk/errors.ts";

const late = new RevertError(
  "open",
  encodeErrorResult({ abi: campaignAbi, errorName: "ImpossibleSchedule", args: [10n, 20n, 30n, 5n] }),
);

describe("opening a season in time", () => {
  /** Opens with what `outcomes` has for each attempt, an id or an error, and remembers the leads. */
  async function attempt(outcomes: (lead: number) => bigint | Error) {
    const leads: number[] = [];
    const opened = openInTime(async (lead) => {
      leads.push(lead);
      const outcome = outcomes(lead);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
    return { leads, result: await opened.catch((error: unknown) => error) };
  }

  it("gives up at once where another error is thrown", async () => {
    for (const error of [new Error("no node"), new RevertError("open", "0x"), new RevertError("open", undefined)])
      expect(await attempt(() => error)).to.deep.equal({ leads: [20], result: error });
  });

  it("gives up when a lead of minutes wasn't enough", async () => {
    expect(await attempt(() => late)).to.deep.equal({ leads: [20, 60, 180], result: late });
  });

  it("starts later each time that drafting took longer", async () => {
    expect(await attempt(() => 1n)).to.deep.equal({ leads: [20], result: 1n });
    expect(await attempt((lead) => (lead > 50 ? 3n : late))).to.deep.equal({ leads: [20, 60], result: 3n });
  });
});
