import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { fetchApi } from "../../../sdk/api.ts";
import type { ReceiptsPage, StandingsPage } from "../../../sdk/wire.ts";
import { choices, scratch } from "../running.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("a server below a path", () => {
  const files = scratch();
  const page = files.path("dist");
  let served: Served;
  let origin: string;
  let url: string;
  before(async () => {
    mkdirSync(join(page, "assets"), { recursive: true });
    writeFileSync(
      join(page, "index.html"),
      '<!doctype html><meta name="prefix" content="" /><script src="./assets/main-1a2b.js"></script>',
    );
    writeFileSync(join(page, "assets/main-1a2b.js"), "export {};");
    served = openServed(chainTold(choices(150, 21)));
    served.condition.caughtUpAt = performance.now();
    origin = await served.listen({ prefix: "/boards/one", page });
    url = `${origin}/boards/one`;
  });
  after(async () => {
    await served.close();
    files.remove();
  });

  const html = { headers: { accept: "text/html" } };

  for (const path of [
    "/",
    "/v1/seasons",
    "/healthz",
    "/boards",
    "/boards/one2/healthz",
    "/boards/oneness",
    "/assets/main-1a2b.js",
  ])
    it(`refuses ${path}, which isn't below it`, async () => {
      const response = await fetch(origin + path, html);
      expect([response.status, response.headers.get("content-type")]).to.deep.equal([404, "application/problem+json"]);
      expect(((await response.json()) as { detail: string }).detail).to.equal(
        `There is no GET ${path} here: everything is below /boards/one/.`,
      );
    });

  it("has the API, its probes, the stream and its description there", async () => {
    for (const path of ["/v1/seasons", "/healthz", "/readyz", "/metrics", "/v1/seasons/1/standings.csv"])
      expect((await fetch(url + path)).status, path).to.equal(200);
    const stream = await fetch(`${url}/v1/stream`);
    expect([stream.status, stream.headers.get("content-type")]).to.deep.equal([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    await stream.body?.cancel();
    const { servers, paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      servers: unknown;
      paths: object;
    };
    expect(servers).to.deep.equal([{ url: "/boards/one" }]);
    expect(paths).to.have.property("/v1/seasons");
  });

  it("goes on from its own cursors, as the SDK asks it", async () => {
    const { items, next } = await fetchApi<StandingsPage>(url, "/v1/seasons/1/standings?limit=2");
    const second = await fetchApi<StandingsPage>(`${url}/`, `/v1/seasons/1/standings?limit=2&cursor=${next}`);
    expect(second.items[0]?.place).to.equal(3);
    await fetchApi<ReceiptsPage>(url, `/v1/accounts/${items[0]?.account}/receipts`);
  });

  it("shows the page, which knows where its assets and its API are, at any depth", async () => {
    for (const path of ["", "/", "/index.html", "/seasons/1", "/attestations/0x12?tab=proof"]) {
      const response = await fetch(url + path, html);
      expect([response.status, response.headers.get("content-type")], path).to.deep.equal([
        200,
        "text/html; charset=utf-8",
      ]);
      expect(await response.text(), path).to.equal(
        '<!doctype html><meta name="prefix" content="/boards/one" /><script src="/boards/one/assets/main-1a2b.js"></script>',
      );
    }
    expect((await fetch(`${url}/assets/main-1a2b.js`)).status).to.equal(200);
    expect((await fetch(`${url}/v1/nothing`, html)).status).to.equal(404);
  });

  it("points to its routes where no page is built", async () => {
    const bare = await served.listen({ prefix: "/bare" });
    expect(await (await fetch(`${bare}/bare/`)).text())
      .to.include("\n  /bare/v1/seasons ")
      .and.include("\n  /bare/readyz ");
  });
});
