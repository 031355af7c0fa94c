import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { programOfModel } from "../../../inference/graphModel/generating.ts";
import type { Program } from "../../../inference/graphModel/program.ts";
import { type CheckedModel, checkModel } from "../../../inference/model.ts";
import { signed, unsigned } from "../../../inference/operators/operator.ts";
import { readModel } from "../../../models/read.ts";
import { shownText, textInput } from "../../../sdk/text.ts";
import { violationsOf } from "./access.ts";
import { findAttestation } from "./attestations.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

const PROMPT = "Once, a brave fox called Ada lived by the";

/** What a language model writes, in the visitor's own browser. */
export function describeWriting(site: () => Site): void {
  let model: CheckedModel & { modelId: string };
  before(async () => {
    const story = await readModel("story");
    model = { ...checkModel(story.model, story.artifact), modelId: story.model.modelId };
    // The demo publishes it at its beginning.
    const isKnown = async () => (await fetch(`${site().url}/v1/models/${model.modelId}`)).ok;
    while (!(await isKnown())) await setTimeout(500);
  });

  const write = async (prompt: string) => {
    const visit = await site().visit();
    await visit.page.goto(`${site().url}/models/${model.modelId}`);
    await visit.page.getByLabel("Beginning").fill(prompt);
    await visit.page.getByRole("button", { name: "Go on" }).click();
    return visit;
  };

  it("goes on with a beginning, the same bytes as anywhere", async () => {
    const { page, faults } = await write(PROMPT);
    const told = ".write [role=status] .written";
    await until(page, "a text", (where) => document.querySelector(where) !== null, told, 60_000);
    const { layout } = model;
    const output = (programOfModel(model) as Program).run(signed(textInput(layout.input, PROMPT))).at(-1) as Int8Array;
    expect(await page.locator(told).textContent()).to.equal(PROMPT + shownText(unsigned(output)));
    expect(await violationsOf(page)).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });

  it("refuses a beginning that is too long, in a sentence", async () => {
    const { page } = await write("x".repeat(65));
    const told = ".write [role=status] .state";
    await until(page, "a sentence", (where) => document.querySelector(where) !== null, told);
    expect(await page.locator(told).innerText()).to.contain('The text takes 65 bytes; "prompt.text" takes at most 64.');
  });

  it("writes a text again before the visitor's eyes while it is checked", async () => {
    const { uid } = await findAttestation(site(), { method: "Quorum", status: "verified", model: model.modelId });
    const { page } = await site().visit();
    await page.goto(`${site().url}/attestations/${uid}`);
    await page.evaluate(() => {
      const seen = new Set<number>();
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const text = document.querySelector(".check-here .written")?.textContent;
        if (text) seen.add(text.length);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await page.getByRole("button", { name: "Check it here" }).click();
    await until(page, "a verdict", () => document.querySelector("[role=status].verdict") !== null, undefined, 60_000);
    expect(await page.locator("[role=status].verdict").innerText()).to.equal("The model gives exactly this answer.");
    const lengths = await page.evaluate(() => (window as unknown as { seen: Set<number> }).seen.size);
    expect(lengths, "how many times the text had grown").to.be.greaterThan(1);
  });
}
