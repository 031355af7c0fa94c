import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { openSite, type Site } from "./site.ts";

const run = promisify(execFile);
const folder = join(import.meta.dirname, "../../fixtures/openapi");

// In a package of its own: the generator wants TypeScript 5.
describe("a client generated from the OpenAPI document", function () {
  this.timeout(300_000);
  let site: Site;
  before(async () => {
    site = await openSite();
    if (!existsSync(join(folder, "node_modules/openapi-typescript")))
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder });
    await writeFile(join(folder, "openapi.json"), (await site.get("/openapi.json")).text);
  });
  after(() => site.close());

  /** Runs a script of the package; its output where it fails. */
  const script = (name: string): Promise<string> =>
    run("npm", ["run", "--silent", name], { cwd: folder }).then(
      () => "",
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    );

  it("is generated and compiles under TypeScript's strict rules", async () => {
    expect(await script("generate")).to.equal("");
    expect(await script("compile")).to.equal("");
  });

  it("gets what the routes answer", async () => {
    const { ask } = await import(pathToFileURL(join(folder, "client.ts")).href);
    const { rank, receipts, uids, refusal } = await ask(site.indexer.url);
    const { items } = (await site.get("/v1/attestations?status=refuted")).body;

    expect(rank).to.equal(1);
    expect(receipts).to.have.length.above(0);
    expect(uids).to.deep.equal(items.map(({ uid }: { uid: string }) => uid));
    expect(refusal).to.equal("Not Found");
  });
});
