import { expect } from "chai";
import { zeroAddress } from "viem";
import { readModel } from "../../../models/read.ts";
import { assuranceOf } from "../../../sdk/assurance.ts";
import { methodName, methods } from "../../../sdk/methods/index.ts";
import { Status } from "../../../sdk/protocol.ts";
import type {
  Attestation,
  AttestationAnswer,
  AttestationsPage,
  ReceiptsPage,
  SeasonAnswer,
  Seasons,
  Step,
} from "../../../sdk/wire.ts";
import { findAttestation } from "./attestations.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

const UNKNOWN = { id: 7, name: methodName(7) };
const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** An attestation from a server that does not know its method; what the method's contract emits is hostile. */
function underUnknown<T extends Attestation>(item: T): T {
  const [first] = item.steps;
  if (first === undefined) throw new Error("The attestation has no steps.");
  const { transactionHash } = first.at;
  const own: object[] = [
    { step: "event", contract: zeroAddress, topics: [transactionHash, HOSTILE], data: `0x${"ab".repeat(5_000)}` },
    { step: HOSTILE, note: HOSTILE },
  ];
  const judged = { isBatch: false, count: 1, firstUnit: 0n, outputHash: item.outputHash, isPaid: true };
  return {
    ...item,
    ...assuranceOf(UNKNOWN.id, { ...judged, status: Status[item.status] }),
    method: UNKNOWN,
    steps: [...item.steps, ...own.map((step, i) => ({ ...step, at: { ...first.at, logIndex: 1_000 + i } }) as Step)],
  };
}

/** What is on record: attestations, models, seasons, caught cheats. */
export function describeRecords(site: () => Site): void {
  it("refuses a name that is none, and says so of one that the chain doesn't know", async () => {
    const { page } = await site().visit();
    for (const kind of ["attestations", "models"]) {
      await page.goto(`${site().url}/${kind}/0x12`);
      await untilText(page, "“0x12” is no");
      await page.goto(`${site().url}/${kind}/0x${"00".repeat(32)}`);
      await untilText(page, "It may be too new, or undone by a reorganisation.");
    }
    await page.goto(`${site().url}/seasons/99`);
    await untilText(page, "There is no season 99.");
    await page.context().close();
  });

  it("says what is wrong with a filter", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/attestations?prover=0x12`);
    await untilText(page, "an address is 0x and 40 hex digits");
    await page.context().close();
  });

  it("filters attestations, in the page's address too, and goes on by cursor", async () => {
    const { page, faults } = await site().visit();
    const { prover, modelId } = await findAttestation(site(), { method: "Quorum", status: "refuted" });
    await page.goto(`${site().url}/attestations`);
    await until(page, "a full page", () => document.querySelectorAll("tbody tr").length === 50, undefined);
    await page.getByRole("button", { name: "More attestations" }).click();
    await until(page, "more", () => document.querySelectorAll("tbody tr").length > 50, undefined);

    await page.getByRole("combobox", { name: "Status" }).selectOption("refuted");
    await page.getByRole("combobox", { name: "Model" }).selectOption(modelId);
    await page.getByLabel("Prover").fill(prover);
    await page.keyboard.press("Enter");
    await until(page, "the address", () => location.search.includes("prover="), undefined);
    const { search } = new URL(page.url());
    expect(Object.fromEntries(new URLSearchParams(search))).to.deep.equal({
      status: "refuted",
      model: modelId,
      prover,
    });
    await page.reload();
    await untilText(page, "newest first");
    const statuses = await page.locator("tbody .status").allInnerTexts();
    expect(new Set(statuses)).to.deep.equal(new Set(["refuted"]));
    await page.getByRole("button", { name: "Clear all" }).click();
    await until(page, "no filter", () => location.search === "", undefined);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("goes on with a list while the chain goes on, too", async () => {
    const { asOf } = (await (await fetch(`${site().url}/v1/seasons`)).json()) as Seasons;
    const proxy = await tamperWith(site().url, {
      answer: (path, response) => {
        if (!path.startsWith("/v1/stream")) return false;
        response.writeHead(200, { "content-type": "text/event-stream" });
        const news = `event: reorg\ndata: ${JSON.stringify({ asOf, blockNumber: 1 })}\n\n`;
        const sending = setInterval(() => response.write(news), 300);
        response.on("close", () => clearInterval(sending));
        return true;
      },
    });
    const { page } = await site().visit();
    await page.route("**/v1/attestations?cursor=*", async (route) => {
      await new Promise((wake) => setTimeout(wake, 2_500));
      await route.continue().catch(() => {});
    });
    await page.goto(`${proxy.url}/attestations`);
    await until(page, "a full page", () => document.querySelectorAll("tbody tr").length === 50, undefined);
    await page.getByRole("button", { name: "More attestations" }).click();
    await until(page, "more", () => document.querySelectorAll("tbody tr").length > 50, undefined);
    await page.context().close();
    await proxy.close();
  });

  it("says who caught a forged batch, by what row, and what it cost in points and bond", async () => {
    const { page, faults } = await site().visit();
    const { uid } = await findAttestation(site(), { method: "FraudProof", status: "refuted", isBatch: true });
    const { item } = (await (await fetch(`${site().url}/v1/attestations/${uid}`)).json()) as AttestationAnswer;
    const row = item.steps.find((step) => step.step === "rowRefuted");
    if (row?.step !== "rowRefuted") throw new Error("There is no disputed row.");
    await page.goto(`${site().url}/caught`);
    const entry = page.locator("li.caught", { has: page.locator(`a[href="/attestations/${uid}"]`) });
    await entry.scrollIntoViewIfNeeded();
    await entry.locator("summary").click();
    await untilText(page, "ETH burned");
    const text = await entry.innerText();
    expect(text).to.include(`row ${row.row} of layer ${row.layer} of unit ${row.unit}`);
    expect(text)
      .to.include(row.by.slice(0, 6))
      .and.to.match(/\d+ points burned/);
    // The demo's bond is 0.1 ETH for the batch and 0.001 for each unit, of which half goes to the challenger.
    expect(text).to.include("0.082 ETH paid to").and.to.include("0.082 ETH burned");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("shows the votes of the panel that caught a cheat", async () => {
    const { page } = await site().visit();
    const { uid } = await findAttestation(site(), { method: "Quorum", status: "refuted" });
    await page.goto(`${site().url}/caught`);
    const entry = page.locator("li.caught", { has: page.locator(`a[href="/attestations/${uid}"]`) });
    await entry.scrollIntoViewIfNeeded();
    await untilText(page, "of a drawn panel of");
    expect(await entry.innerText()).to.match(/\d+ votes? of a drawn panel of \d for another output/);
    await page.context().close();
  });

  it("shows of an unknown method what the registry records, and what its contract says as text", async () => {
    const { uid, prover, unit } = await findAttestation(site(), { method: methods.quorum.name, status: "verified" });
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        if (path === `/v1/attestations/${uid}`) {
          const answer = body as AttestationAnswer;
          return { ...answer, item: underUnknown(answer.item) };
        }
        if (/^\/v1\/accounts\/0x\w+\/receipts/.test(path)) {
          const answer = body as ReceiptsPage;
          const items = answer.items.map((one) => ({ ...one, attestation: underUnknown(one.attestation) }));
          return { ...answer, items };
        }
        if (path !== `/v1/seasons/${unit?.seasonId}`) return body;
        const answer = body as SeasonAnswer;
        const tasks = answer.item.tasks.map((task) => ({ ...task, method: UNKNOWN }));
        return { ...answer, item: { ...answer.item, tasks } };
      },
    });
    const { page, faults } = await site().visit();
    const shownAsText = async () => {
      expect(await page.title()).to.not.equal("owned");
      expect(await page.locator("img[src=x]").count()).to.equal(0);
      const text = await page.locator("main").innerText();
      expect(text).to.include("An event of the contract 0x0000…0000 that this server can't read");
      expect(text).to.include("data 0xabab…abab (5,000 bytes)").and.to.include("A step that this page doesn't know");
      expect(text).to.include("unknown method 7: nothing is known of what it proves");
      expect(text).to.include("The registry's method number 7 settled it as verified.");
    };

    await page.goto(`${proxy.url}/attestations/${uid}`);
    await untilText(page, "An event of the contract");
    await shownAsText();

    await page.goto(`${proxy.url}/seasons/${unit?.seasonId}/accounts/${prover}`);
    await page.locator("details.receipt > summary", { hasText: "verified" }).first().click();
    await untilText(page, "settled by unknown method 7");
    await shownAsText();

    await page.goto(`${proxy.url}/seasons/${unit?.seasonId}`);
    await untilText(page, "settled by unknown method 7");
    const rules = await page.locator("main").innerText();
    expect(rules).to.include("The accounts that it names as a unit's verifiers share 60 %").and.to.not.include("panel");
    expect(faults).to.deep.equal([]);
    await page.context().close();
    await proxy.close();
  });

  it("says who caught a cheat of an unknown method as far as the registry records it", async () => {
    const { uid } = await findAttestation(site(), { method: methods.quorum.name, status: "refuted" });
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        if (path.startsWith("/v1/attestations?")) {
          const answer = body as AttestationsPage;
          return { ...answer, items: answer.items.map((one) => ({ ...one, method: UNKNOWN })) };
        }
        const answer = body as AttestationAnswer;
        return path === `/v1/attestations/${uid}` ? { ...answer, item: underUnknown(answer.item) } : body;
      },
    });
    const { page, faults } = await site().visit();
    await page.goto(`${proxy.url}/caught`);
    const entry = page.locator("li.caught", { has: page.locator(`a[href="/attestations/${uid}"]`) });
    await entry.scrollIntoViewIfNeeded();
    await untilText(page, "not known: a transaction of");
    const text = await entry.innerText();
    expect(text).to.include("under unknown method 7").and.to.include("nothing is known of what it proves");
    expect(faults).to.deep.equal([]);
    await page.context().close();
    await proxy.close();
  });

  it("shows a model's parts as the chain has them, and its card as what the publisher says", async () => {
    const { page } = await site().visit();
    const { model, card } = await readModel("digits");
    await page.goto(`${site().url}/models`);
    await page.getByRole("link", { name: "digits" }).click();
    await untilText(page, "Cards are not on chain");
    const text = await page.locator("main").innerText();
    expect(text).to.include("99.6 % of 4,000 inputs").and.to.include("64 – 32 – 10: 2,368 weights, 2.6 kB");
    expect(text).to.include(card.cid).and.to.include(model.artifactHash).and.to.include("onnxruntime-web@");
    expect(await page.title()).to.equal("Model digits · Proofboard");
    await page.context().close();
  });

  it("says a season's rules in words", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/seasons`);
    await page.getByRole("link", { name: "Season 1", exact: true }).click();
    await untilText(page, "The rules, from the chain");
    const text = await page.locator("main").innerText();
    expect(text).to.include("Task 2: run the model risk, settled by Quorum. 15 points a unit");
    expect(text).to.include("share 60 % of the unit's points").and.to.include("burns 10 times the points");
    await page.context().close();
  });
}
