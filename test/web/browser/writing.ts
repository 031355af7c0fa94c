import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Hex } from "viem";
import { programOfModel } from "../../../inference/graphModel/generating.ts";
import type { Program } from "../../../inference/graphModel/program.ts";
import { type CheckedModel, checkModel } from "../../../inference/model.ts";
import { signed, unsigned } from "../../../inference/operators/operator.ts";
import { readModel } from "../../../models/read.ts";
import { shownText, textInput } from "../../../sdk/text.ts";
import { violationsOf } from "./access.ts";
import { findAttestation } from "./attestations.ts";
import { attestWrongly } from "./forging.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

const PROMPT = "Once, a brave fox called Ada lived by the";

/** What a language model writes, in the visitor's own browser. */
export function describeWriting(site: () => Site): void {
  let model: CheckedModel & { modelId: Hex };
  let input: Uint8Array;
  let output: Uint8Array;
  before(async () => {
    const story = await readModel("story");
    model = { ...checkModel(story.model, story.artifact), modelId: story.model.modelId };
    input = textInput(model.layout.input, PROMPT);
    output = unsigned((programOfModel(model) as Program).run(signed(input)).at(-1) as Int8Array);
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
    await until(page, "a text", (where) => document.querySelector(where) !== null, told);
    expect(await page.locator(told).textContent()).to.equal(PROMPT + shownText(output));
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
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/attestations/${uid}`);
    await page.getByRole("button", { name: "Check it here" }).waitFor();
    await page.evaluate(() => {
      const seen = new Set<number>();
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const text = document.querySelector(".check-here .written")?.textContent;
        if (text) seen.add(text.length);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    expect(await checkOn(page)).to.equal("The model gives exactly this answer.");
    const lengths = await page.evaluate(() => (window as unknown as { seen: Set<number> }).seen.size);
    expect(lengths, "how many times the text had grown").to.be.greaterThan(1);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    expect(await checkOn(page)).to.equal("The model gives exactly this answer.");
    expect(asked.filter((url) => /\.wasm$|\.worker|\/ipfs\//.test(url))).to.deep.equal([]);
    expect(
      asked.some((url) => url.startsWith(site().rpcUrl)),
      "the chain is read again",
    ).to.equal(true);
    expect(faults).to.deep.equal([]);
  });

  it("marks the first byte in which an answer differs from what the model writes", async () => {
    // Panels sit by then.
    await findAttestation(site(), { method: "Quorum", status: "verified", model: model.modelId });
    const at = 20;
    const claimed = output.with(at, "#".charCodeAt(0));
    const uid = await attestWrongly(site(), model, input, claimed);
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/attestations/${uid}`);
    expect(await checkOn(page)).to.match(/^It does not\. The output has the hash 0x/);
    const texts = await page.getByRole("region", { name: "The first byte that differs" }).locator("dd").all();
    const shown = await Promise.all(
      texts.map(async (text) => [await text.textContent(), await text.locator("mark").textContent()]),
    );
    expect(shown).to.deep.equal([
      [shownText(output), String.fromCharCode(output[at] as number)],
      [shownText(claimed), "#"],
    ]);
    expect(await violationsOf(page)).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
  });
}

/** Has the page of an attestation check it, once more if it did so before; answers with the verdict. */
async function checkOn(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Check it here" }).click();
  await until(page, "the check to begin", () => document.querySelector("[role=status].unseen") !== null, undefined);
  const verdict = "[role=status].verdict";
  await until(page, "a verdict", (where) => document.querySelector(where) !== null, verdict);
  return page.locator(verdict).innerText();
}
