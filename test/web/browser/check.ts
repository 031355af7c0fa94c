import type { ServerResponse } from "node:http";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { type Hex, sha256 } from "viem";
import { assignedTo, readAssignment } from "../../../inference/assignment.ts";
import { openModels } from "../../../inference/models.ts";
import { openHere } from "../../../inference/opener.ts";
import { pinnedRuntime } from "../../../inference/pinned.ts";
import { readModel } from "../../../models/read.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { connect } from "../../../sdk/client.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { parseDeployment } from "../../../sdk/deployment.ts";
import type { AttestationAnswer, AttestationSummary } from "../../../sdk/wire.ts";
import { violationsOf } from "./access.ts";
import { findAttestation } from "./attestations.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** What the page shows of a check when it is done. */
async function verdictOf(page: Page): Promise<string> {
  await until(page, "a verdict", () => document.querySelector("[role=status].verdict") !== null, undefined);
  return page.locator("[role=status].verdict").innerText();
}

async function checkAt(page: Page, url: string, { uid }: AttestationSummary): Promise<string> {
  await page.goto(`${url}/attestations/${uid}`);
  await page.getByRole("button", { name: "Check it here" }).click();
  return verdictOf(page);
}

const checksOf = (page: Page): Promise<string[]> => page.locator("ol.checks > li.check").allInnerTexts();

/** Serves what the site does, but changes the first byte of the files that `changed` names. */
async function spoil(site: Site, changed: RegExp) {
  const answer = (path: string, response: ServerResponse): boolean => {
    if (!changed.test(path)) return false;
    void (async () => {
      const bytes = new Uint8Array(await (await fetch(site.url + path)).arrayBuffer());
      bytes[0] = (bytes[0] as number) ^ 1;
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes);
    })();
    return true;
  };
  return tamperWith(site.url, { answer });
}

/** What an attestation's model gives on its assigned input, found out here. */
async function rerun(site: Site, { prover, context, modelId }: AttestationSummary) {
  const deployment = parseDeployment(await (await fetch(`${site.url}/v1/deployment`)).json());
  const client = connect(deployment, site.rpcUrl);
  const get = async (cid: string) => new Uint8Array(await (await fetch(`${site.url}/ipfs/${cid}`)).arrayBuffer());
  const unit = unitOf(context);
  const assignment = unit && (await readAssignment(client, unit));
  if (unit === undefined || assignment === undefined || typeof assignment === "string") throw new Error("No input.");
  const { session } = await openModels(client, { get }, openHere(await loadPinnedRuntime())).open(modelId);
  return session.run(new Uint8Array(assignedTo(assignment, prover, unit.unit)));
}

/** The visitor's own browser checks attestations of every method that has landed. */
export function describeCheck(site: () => Site): void {
  let digits: Hex;
  let risk: Hex;
  before(async () => {
    [digits, risk] = [(await readModel("digits")).model.modelId, (await readModel("risk")).model.modelId];
  });

  for (const [what, path] of [
    ["model", /^\/ipfs\//],
    ["runtime", /\.wasm$/],
  ] as const)
    it(`refuses a changed ${what} file loudly, with both hashes`, async () => {
      const proxy = await spoil(site(), path);
      const { page } = await site().visit();
      const attestation = await findAttestation(site(), { method: "Quorum", status: "verified", model: risk });
      expect(await checkAt(page, proxy.url, attestation)).to.match(/^Can't be checked: .*has sha(2-)?256 0x/);
      const { artifact, model } = await readModel("risk");
      const changed = artifact.slice();
      changed[0] = (changed[0] as number) ^ 1;
      const hashes = await page.locator(".check-failed .hashes code").allInnerTexts();
      if (what === "model") expect(hashes).to.deep.equal([model.artifactHash, sha256(changed)]);
      else expect(hashes[0]).to.equal(pinnedRuntime.wasmHash).and.to.not.equal(hashes[1]);
      expect(await page.locator("#seen-heading").count()).to.equal(0);
      await page.context().close();
      await proxy.close();
    });

  it("catches a server that contradicts the chain", async () => {
    const lie: Hex = `0x${"11".repeat(32)}`;
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        const { item } = body as AttestationAnswer;
        return /^\/v1\/attestations\/0x/.test(path)
          ? { ...(body as object), item: { ...item, outputHash: lie } }
          : body;
      },
    });
    const { page } = await site().visit();
    const attestation = await findAttestation(site(), { method: "Quorum", status: "verified", model: digits });
    expect(await checkAt(page, proxy.url, attestation)).to.equal("The model gives exactly this answer.");
    expect(await page.locator("[role=alert].verdict").innerText()).to.equal(
      `This server contradicts the chain. Of the output, the indexer says ${lie}; the chain says ${attestation.outputHash}.`,
    );
    await page.context().close();
    await proxy.close();
  });

  it("says plainly that it can't check a method that it doesn't know how to", async () => {
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        const { item } = body as AttestationAnswer;
        const method = { id: 99, name: "StrangeProof" };
        return /^\/v1\/attestations\/0x/.test(path) ? { ...(body as object), item: { ...item, method } } : body;
      },
    });
    const { page } = await site().visit();
    const { uid } = await findAttestation(site(), { method: "Quorum", status: "verified", model: digits });
    await page.goto(`${proxy.url}/attestations/${uid}`);
    await untilText(page, "This page can't check StrangeProof here");
    await page.context().close();
    await proxy.close();
  });

  it("says that a panel refuted rightly, and what hash the model gives", async () => {
    const { page, faults } = await site().visit();
    const attestation = await findAttestation(site(), { method: "Quorum", status: "refuted" });
    expect(await checkAt(page, site().url, attestation)).to.match(/^It does not\. The output has the hash 0x/);
    const [expected, got] = await page.locator(".check-failed .hashes code").allInnerTexts();
    expect(expected).to.equal(attestation.outputHash);
    expect(got)
      .to.match(/^0x[0-9a-f]{64}$/)
      .and.to.not.equal(expected);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("runs a digit's model, and draws its input and output; nothing of it is loaded before", async () => {
    const { page, faults } = await site().visit();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const attestation = await findAttestation(site(), { method: "Quorum", status: "verified", model: digits });
    await page.goto(`${site().url}/attestations/${attestation.uid}`);
    await until(page, "the page", () => document.querySelector("ol.steps > li") !== null, undefined);
    expect(asked.filter((url) => /wasm|check\.worker|\/ipfs\//.test(url))).to.deep.equal([]);
    await page.getByRole("button", { name: "Check it here" }).click();
    expect(await verdictOf(page)).to.equal("The model gives exactly this answer.");
    const names = (await checksOf(page)).map((text) => /[A-Z][a-z]+/.exec(text)?.[0]);
    expect(names).to.deep.equal(["Name", "Registry", "Model", "Input", "Run", "Output"]);
    const scores = [...new Int8Array(await rerun(site(), attestation))];
    const shown = await page.locator(".seen tbody td:nth-child(2)").allInnerTexts();
    expect(shown.map((text) => Number(text.replace("−", "-")))).to.deep.equal(scores);
    const picture = page.getByRole("img", { name: `reads as ${scores.indexOf(Math.max(...scores))}` });
    expect(await picture.locator("rect").count()).to.equal(65);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("runs a trade's model, and says its features and the verdict", async () => {
    const { page, faults } = await site().visit();
    const attestation = await findAttestation(site(), { method: "Quorum", status: "verified", model: risk });
    expect(await checkAt(page, site().url, attestation)).to.equal("The model gives exactly this answer.");
    const [allow, score] = await rerun(site(), attestation);
    expect(await page.locator(".answer").innerText()).to.equal(
      `It says ${allow === 1 ? "allow" : "refuse"}, at a risk of ${score} of 255`,
    );
    expect(await violationsOf(page)).to.deep.equal([]);
    const rows = await page.getByRole("row", { name: /^(Leverage|Slippage)/ }).allInnerTexts();
    expect(rows.join())
      .to.match(/Slippage allowed\s+\d\.\d %/)
      .and.to.match(/Leverage\s+\d+\.\d times/);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("recomputes a unit of an honest batch, and all of them by arithmetic alone", async () => {
    const { page, faults } = await site().visit();
    const attestation = await findAttestation(site(), { method: "FraudProof", status: "verified", isBatch: true });
    await page.goto(`${site().url}/attestations/${attestation.uid}`);
    await page.getByLabel("number", { exact: true }).fill("7");
    await page.getByRole("button", { name: "Check it here" }).click();
    expect(await verdictOf(page)).to.equal("The model gives exactly this answer.");
    expect((await checksOf(page)).join("\n")).to.include("All 42 rows were recomputed");
    expect(await page.getByRole("img", { name: "reads as" }).count()).to.equal(1);

    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.reload();
    await page.getByRole("radio", { name: /All \d+ units/ }).check();
    await page.getByRole("button", { name: `Recompute all ${attestation.count} units` }).click();
    expect(await verdictOf(page)).to.equal("The model gives exactly this answer.");
    expect((await checksOf(page)).at(-1)).to.include("Every row of every unit was recomputed");
    expect(asked.filter((url) => url.endsWith(".wasm"))).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("shows the disputed row of a refuted batch, and the two numbers", async () => {
    const { page, faults } = await site().visit();
    const attestation = await findAttestation(site(), { method: "FraudProof", status: "refuted", isBatch: true });
    const { item } = (await (
      await fetch(`${site().url}/v1/attestations/${attestation.uid}`)
    ).json()) as AttestationAnswer;
    const row = item.steps.find((step) => step.step === "rowRefuted");
    if (row?.step !== "rowRefuted") throw new Error("There is no disputed row.");
    const { unit, layer, claimed, correct } = row;
    expect(await checkAt(page, site().url, attestation)).to.equal(
      `It does not. The prover claims ${claimed} in row ${row.row} of layer ${layer} of unit ${unit}; it is ${correct}.`,
    );
    const shown = await page.getByRole("region", { name: "The disputed row, recomputed here" }).innerText();
    expect(shown).to.include(`Row ${row.row} of layer ${layer} of unit ${unit}`);
    const numbers = await page.locator(".two-numbers dd").allInnerTexts();
    expect(numbers.map((text) => Number(text.replace("−", "-")))).to.deep.equal([claimed, correct]);
    const products = await page.locator("tbody tr td:nth-child(4)").allTextContents();
    const sum = products.reduce((total, text) => total + Number(text.replaceAll(",", "").replace("−", "-")), 0);
    expect(products).to.have.lengthOf(32);
    expect(shown.replaceAll(",", "").replaceAll("−", "-")).to.include(`add up to ${sum};`);
    await page.getByText("All 32 products").click();
    expect(await violationsOf(page)).to.deep.equal([]);
    expect(await page.locator("main").innerText()).to.include("Both numbers are those that the contract computed");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });
}
