import { expect } from "chai";
import type { Page } from "playwright-core";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

const untilRows = (page: Page) => until(page, "rows", () => document.querySelector("tr.row") !== null, undefined);
const untilMode = (page: Page, mode: string) =>
  until(page, mode, (wanted: string) => document.querySelector(".mode")?.textContent === wanted, mode);

/** How the page holds on to its server: many tabs, lost connections, and what it asks it for. */
export function describeConnections(site: () => Site): void {
  /** The site, with the requests for its stream counted; where `away` says so, it takes no other request. */
  async function watched(away = () => false) {
    let streams = 0;
    const proxy = await tamperWith(site().url, {
      answer: (path, response) => {
        if (path.startsWith("/v1/stream")) streams++;
        else if (away()) {
          response.destroy();
          return true;
        }
        return false;
      },
    });
    return { proxy, streams: () => streams };
  }

  it("has one stream for eight tabs, and the first one's requests never wait", async () => {
    const { proxy, streams } = await watched();
    const { page: first, faults } = await site().visit();
    const tabs = [first];
    while (tabs.length < 8) tabs.push(await first.context().newPage());
    for (const tab of tabs) {
      await tab.goto(`${proxy.url}/?season=1`);
      await untilMode(tab, "● live");
    }
    const took = await first.evaluate(async () => {
      const begun = performance.now();
      await Promise.all(["/healthz", "/v1/seasons", "/v1/models"].map(async (path) => (await fetch(path)).text()));
      return performance.now() - begun;
    });
    expect(took).to.be.below(3_000);
    expect(streams()).to.equal(1);

    await first.close();
    const [, second] = tabs as [Page, Page];
    const before = await second.locator(".strip .num").first().innerText();
    await until(second, "a new block", (old) => document.querySelector(".strip .num")?.textContent !== old, before);
    expect(streams()).to.equal(1);
    expect(faults).to.deep.equal([]);
    await second.context().close();
    await proxy.close();
  });

  it("has a stream of its own where workers can't be shared", async () => {
    const { proxy, streams } = await watched();
    const { page } = await site().visit();
    await page.context().addInitScript("delete globalThis.SharedWorker");
    await page.goto(`${proxy.url}/?season=1`);
    await untilMode(page, "● live");
    expect(streams()).to.equal(1);
    await page.context().close();
    await proxy.close();
  });

  it("says that it is offline, keeps what it has, and comes back by itself", async () => {
    const { proxy } = await watched();
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilRows(page);
    await untilMode(page, "● live");
    await proxy.cut();
    await untilText(page, "the server can't be reached");
    expect(await page.locator("tr.row").count()).to.be.greaterThan(0);
    await untilMode(page, "× offline");
    await proxy.reopen();
    await untilMode(page, "● live");
    expect(await page.locator("body").innerText()).to.not.include("the server can't be reached");
    await page.context().close();
    await proxy.close();
  });

  it("is not live while the server takes no requests, and begins the stream anew when it does", async () => {
    let away = false;
    const { proxy, streams } = await watched(() => away);
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilMode(page, "● live");
    away = true;
    await untilText(page, "the server can't be reached");
    await untilMode(page, "× offline");
    away = false;
    await untilMode(page, "● live");
    await until(page, "the server", () => !document.body.innerText.includes("the server can't be reached"), undefined);
    expect(streams()).to.equal(2);
    await page.context().close();
    await proxy.close();
  });

  it("says in its own words that a page isn't loaded yet, and shows it once the server is back", async () => {
    const { proxy } = await watched();
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilRows(page);
    await proxy.cut();
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await untilText(page, "Offline. This part of the site isn't loaded yet, and the server can't be reached.");
    await untilMode(page, "× offline");
    expect(await page.locator("body").innerText()).to.not.match(/preload|module|CSS|assets/);
    await page.getByRole("link", { name: "Standings", exact: true }).click();
    await untilRows(page);
    await proxy.reopen();
    await untilMode(page, "● live");
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await page.getByRole("link", { name: "digits" }).waitFor();

    await proxy.cut();
    await page.getByRole("link", { name: "Caught", exact: true }).click();
    await untilText(page, "isn't loaded yet");
    await proxy.reopen();
    await page
      .getByRole("heading", { name: /^Caught/ })
      .first()
      .waitFor();
    await page.context().close();
    await proxy.close();
  });

  it("says that a part didn't load that is gone from the server, and loads the page anew when asked", async () => {
    let gone = false;
    const proxy = await tamperWith(site().url, {
      answer: (path, response) => {
        if (!gone || !/\/assets\/models-/.test(path)) return false;
        response.writeHead(404).end();
        return true;
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilRows(page);
    gone = true;
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await untilText(
      page,
      "That didn't work. This part of the site didn't load. It may have changed since you opened it.",
    );
    gone = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "digits" }).waitFor();
    await page.context().close();
    await proxy.close();
  });

  it("shows every route of the API, from the server's own document", async () => {
    const document_ = (await (await fetch(`${site().url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
      components: { schemas: object };
    };
    const names = Object.values(document_.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/api#listReceipts`);
    await page.locator("#listReceipts").waitFor();
    const shown = await page.locator("article").evaluateAll((articles) => articles.map(({ id }) => id));
    expect(shown.sort()).to.deep.equal([...names, ...Object.keys(document_.components.schemas)].sort());
    await until(page, "the route that the link names", () => scrollY > 0, undefined);
    expect(await page.locator("#listReceipts").innerText()).to.include("GET /v1/accounts/{account}/receipts");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });
}
