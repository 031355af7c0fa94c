import { expect } from "chai";
import type { DeploymentAnswer, ModelsPage, Seasons, StandingsPage } from "../../../sdk/wire.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** What the page does when its server lies, is away or passes on what others wrote. */
export function describeHonesty(site: () => Site): void {
  it("catches a tampered ranking, and names the row", async () => {
    let lie: { account: string } | undefined;
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        if (!/^\/v1\/seasons\/1\/standings\?/.test(path)) return body;
        const page = body as StandingsPage;
        const row = page.items[2];
        if (!row) return page;
        lie = { account: row.account };
        return {
          ...page,
          items: page.items.map((one) => (one === row ? { ...one, points: `${BigInt(one.points) + 1n}` } : one)),
        };
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await until(page, "a mismatch", () => document.querySelector(".chip-mismatch") !== null, undefined);
    const text = await page.locator(".chip").innerText();
    expect(text).to.match(
      /^Points don't match the chain: Place 3, 0x\w{40}, is served with \d+ points; the chain gives \d+\.$/,
    );
    expect(text).to.include(lie?.account);
    const marked = await page.locator("tr.wrong").evaluateAll((rows) => rows.map((row) => row.dataset.account));
    expect(marked).to.deep.equal([lie?.account]);
    expect(await page.locator("tr.wrong").innerText()).to.include("not the chain's");
    await page.context().close();
    await proxy.close();
  });

  it("catches accounts in each other's place", async () => {
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        const page = body as StandingsPage;
        const [first, second, ...rest] = page.items ?? [];
        if (!/^\/v1\/seasons\/1\/standings\?/.test(path) || !first || !second) return body;
        return { ...page, items: [{ ...second, place: 1 }, { ...first, place: 2 }, ...rest] };
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await until(page, "a mismatch", () => document.querySelector(".chip-mismatch") !== null, undefined);
    expect(await page.locator(".chip").innerText()).to.match(
      /Place 1 is served as 0x\w{40}, whose place is 2; the chain gives 0x/,
    );
    await page.context().close();
    await proxy.close();
  });

  it("catches a wrong shared rank", async () => {
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        if (!/^\/v1\/seasons\/1\/standings\?/.test(path)) return body;
        const page = body as StandingsPage;
        return { ...page, items: page.items.map((one, i) => (i === 1 ? { ...one, rank: 3 - one.rank } : one)) };
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await until(page, "a mismatch", () => document.querySelector(".chip-mismatch") !== null, undefined);
    expect(await page.locator(".chip").innerText()).to.match(
      /Place 2, 0x\w{40}, is served with rank [12]; the chain gives [12]\./,
    );
    await page.context().close();
    await proxy.close();
  });

  it("asks a second RPC of the visitor's, and names what it says otherwise, with both answers", async () => {
    const liar = await tamperWith(site().rpcUrl, { edit: (_, body) => [body].flat().map(otherLedger) });
    const { page } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await page.locator(".chip").click();
    await page.getByLabel("A second RPC").fill(site().rpcUrl);
    await page.getByRole("button", { name: "Ask both" }).click();
    await untilText(page, "That is the RPC that this site chose.");
    await page.getByLabel("A second RPC").fill(liar.url);
    await page.getByRole("button", { name: "Ask both" }).click();
    await until(page, "a mismatch", () => document.querySelector(".chip-mismatch") !== null, undefined);
    const [told] = (await page.locator(".chip").innerText()).split("\n");
    expect(told).to.match(
      /^Points don't match the chain: At block \d+ the campaign keeps the ledger hash 0x\w{64} by http\S+, and 0x\w{64} by http/,
    );
    expect(told).to.include(`by ${site().rpcUrl}`).and.include(`by ${liar.url}`);
    await page.getByRole("button", { name: "Ask one only" }).click();
    await until(page, "a match", () => document.querySelector(".chip-match") !== null, undefined);
    await page.context().close();
    await liar.close();
  });

  it("says that it can't check where no RPC is named", async () => {
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => (path === "/v1/deployment" ? { ...(body as DeploymentAnswer), rpcUrl: null } : body),
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilText(page, "Points can't be checked here: This site names no RPC that a browser may ask.");
    await page.context().close();
    await proxy.close();
  });

  it("says what a reorganisation of the chain did", async () => {
    const { asOf } = (await (await fetch(`${site().url}/v1/seasons`)).json()) as Seasons;
    const proxy = await tamperWith(site().url, {
      answer: (path, response) => {
        if (!path.startsWith("/v1/stream")) return false;
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`event: reorg\ndata: ${JSON.stringify({ asOf, blockNumber: 7 })}\n\n`);
        return true;
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilText(page, "the chain took back what happened above block 7");
    expect(await page.locator("[role=status]").allInnerTexts()).to.satisfy((texts: string[]) =>
      texts.some((one) => one.includes("reorganised")),
    );
    await page.context().close();
    await proxy.close();
  });

  it("says that the indexer is catching up", async () => {
    const proxy = await tamperWith(site().url, {
      answer: (path, response) => {
        if (path !== "/readyz") return false;
        const problem = { type: "about:blank", title: "Service Unavailable", status: 503, detail: "10 of 99 blocks." };
        response.writeHead(503, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
        return true;
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/?season=1`);
    await untilText(page, "10 of 99 blocks.");
    await page.context().close();
    await proxy.close();
  });

  it("shows hostile strings as text, and fetches nothing that they name", async () => {
    const hostile = ["http://127.0.0.1:9/never", "javascript:document.title='owned'", HOSTILE];
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        if (path.startsWith("/v1/models")) {
          const editOne = <T extends object>(model: T) => ({ ...model, uris: hostile });
          const { items, item } = body as ModelsPage & { item?: object };
          return {
            ...(body as object),
            ...(items && { items: items.map(editOne) }),
            ...(item && { item: editOne(item) }),
          };
        }
        if (!path.startsWith("/v1/seasons")) return body;
        const { items, item } = body as Partial<Seasons> & { item?: object };
        const isSeason = (one: object) => "organiser" in one;
        return {
          ...(body as object),
          ...(items && { items: items.map((one) => (isSeason(one) ? { ...one, uri: HOSTILE } : one)) }),
          ...(item && { item: isSeason(item) ? { ...item, uri: HOSTILE } : item }),
        };
      },
    });
    const { page } = await site().visit();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    const { items } = (await (await fetch(`${site().url}/v1/models`)).json()) as ModelsPage;
    for (const path of ["/seasons", "/seasons/1", "/models", `/models/${items[0]?.modelId}`, "/?season=1"]) {
      await page.goto(proxy.url + path);
      await until(page, "the page", () => document.querySelector("h1") !== null, undefined);
      await page.waitForTimeout(700);
      expect(await page.title(), path).to.not.equal("owned");
      const { links, images, inline } = await page.evaluate(() => ({
        links: [...document.querySelectorAll("a")].map(({ href }) => href),
        images: document.querySelectorAll("img[src=x]").length,
        inline: document.querySelectorAll("script:not([src])").length,
      }));
      expect({ images, inline }, path).to.deep.equal({ images: 0, inline: 0 });
      for (const link of links) expect(new URL(link).origin, link).to.equal(proxy.url);
    }
    await page.goto(`${proxy.url}/models/${items[0]?.modelId}`);
    await untilText(page, "onerror=");
    expect([...new Set(asked)].sort()).to.deep.equal([proxy.url, site().rpcUrl].sort());
    await page.context().close();
    await proxy.close();
  });
}

/** An RPC's answer; the one that is `ledgerOf`'s, by its length, ends otherwise. */
function otherLedger(answer: { result?: unknown }): object {
  const { result } = answer;
  const isLedger = typeof result === "string" && result.length === 2 + 4 * 64;
  return isLedger ? { ...answer, result: result.replace(/.$/, (last) => (last === "0" ? "1" : "0")) } : answer;
}
