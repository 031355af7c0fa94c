import { expect } from "chai";
import type { Page } from "playwright-core";
import { findAttestation } from "./attestations.ts";
import type { Site } from "./site.ts";

/** A dispute as a way down from all that was attested to one number. */
export function describeDescent(site: () => Site): void {
  const open = async (status: "refuted" | "verified", isBatch = false): Promise<Page> => {
    const { uid } = await findAttestation(site(), { method: "DisputeGame", status, isBatch });
    const { page } = await site().visit();
    await page.goto(`${site().url}/attestations/${uid}`);
    await page.getByRole("heading", { name: "How it was settled, step by step" }).waitFor();
    return page;
  };

  it("draws none where nobody challenged", async () => {
    const page = await open("verified", true);
    expect(await page.getByText("by the root of their traces alone").count()).to.equal(1);
    expect(await page.getByRole("region", { name: "How it was disputed" }).count()).to.equal(0);
  });

  it("goes down from the run to the operator, the row and both numbers", async () => {
    const page = await open("refuted");
    const challenge = page.getByRole("region", { name: "How it was disputed" }).getByRole("article");
    await challenge.getByText("Operator 38, argmax").waitFor();
    const levels = challenge.getByRole("list", { name: "The way down of challenge 0" }).getByRole("listitem");
    const [run, operator, row, number] = await levels.allInnerTexts();

    expect(run).to.equal("The run input, output and 39 operators opened.");
    expect(operator).to.equal("Operator 38, argmax 64 bytes opened.");
    expect(row).to.equal("Row 0");
    expect(number?.split("\n").filter((line) => line !== "")).to.deep.equal([
      ...["Column 0", "The prover attested", "33", "The contract computed", "32"],
    ]);
  });
}
