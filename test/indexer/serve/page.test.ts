import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { choices, scratch } from "../running.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("the page", () => {
  const files = scratch();
  const page = files.path("dist");
  let served: Served;
  let url: string;
  before(async () => {
    mkdirSync(join(page, "assets"), { recursive: true });
    writeFileSync(join(page, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(page, "assets/main-1a2b.js"), "export {};");
    writeFileSync(join(page, "assets/audit.worker-3c4d.js"), "export {};");
    writeFileSync(join(page, ".secret"), "secret");
    served = openServed(chainTold(choices(5, 3)));
    url = await served.listen({ page, rpcUrl: "http://127.0.0.1:8545/key" });
  });
  after(async () => {
    await served.close();
    files.remove();
  });

  const get = (path: string, accept = "text/html,*/*") => fetch(url + path, { headers: { accept } });

  it("isn't shown for what the API doesn't have", async () => {
    for (const path of ["/v1/nothing", "/v1", "/ipfs/x/y", "/openapi.json/x", "/healthz/x", "/metrics/x"]) {
      const response = await get(path);
      expect([response.status, response.headers.get("content-type")], path).to.deep.equal([
        ...[404, "application/problem+json"],
      ]);
    }
  });

  it("leaves what is wrong with a request to the API's problems", async () => {
    for (const path of ["/ipfs/x", "/healthz?x=1", "/v1/seasons/x", "/v1/seasons/1/standings?limit=x"]) {
      const response = await get(path);
      expect(response.headers.get("content-type"), path).to.equal("application/problem+json");
    }
  });

  it("isn't shown for a file that isn't there, nor to who doesn't ask for a page", async () => {
    expect((await get("/assets/gone.js", "*/*")).status).to.equal(404);
    expect((await get("/seasons/1", "application/json")).status).to.equal(404);
    expect((await fetch(`${url}/seasons/1`, { method: "POST", headers: { accept: "text/html" } })).status).to.equal(
      404,
    );
  });

  it("shows no file outside of it, and none that is hidden", async () => {
    for (const path of ["/..%2f..%2fpackage.json", "/.secret", "/assets/..%2f.secret"])
      expect((await get(path, "*/*")).status, path).to.be.oneOf([400, 403, 404]);
  });

  for (const path of ["/", "/seasons/1", "/attestations/0x12?tab=proof"])
    it(`is at ${path}, and may run and ask what it must only`, async () => {
      const response = await get(path);
      expect([response.status, response.headers.get("content-type")]).to.deep.equal([200, "text/html; charset=utf-8"]);
      expect(await response.text()).to.include("<title>page</title>");
      expect(response.headers.get("cache-control")).to.equal("no-cache");
      expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
      const policy = response.headers.get("content-security-policy")?.split("; ");
      expect(policy).to.include.members([
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self' http://127.0.0.1:8545",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]);
    });

  it("lets its auditor alone ask an RPC that a visitor names", async () => {
    const policyOf = async (path: string) => (await get(path, "*/*")).headers.get("content-security-policy");
    expect(await policyOf("/assets/main-1a2b.js")).to.include("connect-src 'self' http://127.0.0.1:8545;");
    expect(await policyOf("/assets/audit.worker-3c4d.js")).to.equal(
      "default-src 'none'; script-src 'self'; connect-src http: https:",
    );
  });

  it("has assets that last", async () => {
    const { status, headers } = await get("/assets/main-1a2b.js", "*/*");
    expect([status, headers.get("content-type")]).to.deep.equal([200, "application/javascript; charset=utf-8"]);
    expect(headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
  });

  it("gives way to pointers where none is built", async () => {
    const bare = await served.listen({ page: files.path("nowhere") });
    expect(await (await fetch(bare, { headers: { accept: "text/html" } })).text()).to.match(/^Proofboard's indexer/);
    expect((await fetch(`${bare}/seasons/1`, { headers: { accept: "text/html" } })).status).to.equal(404);
  });
});
