import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { build } from "vite";
import { pack } from "../../scripts/pack.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** Runs a program in a folder; its output, or what it said as it failed. */
async function said(folder: string, file: string, args: string[], env = {}): Promise<{ code: number; text: string }> {
  try {
    const { stdout } = await run(file, args, { cwd: folder, env: { ...process.env, ...env } });
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: `${stdout}${stderr}` };
  }
}

describe("npm run pack", function () {
  this.timeout(300_000);
  let folder: string;
  let project: string;
  let tarballs: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "proofboard packed # "));
    tarballs = await pack(join(folder, "tarballs"));
    project = join(folder, "example");
    await cp(join(root, "test/fixtures/example"), project, { recursive: true });
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-save", ...tarballs];
    await run("npm", install, { cwd: project });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("writes a tarball a package", () => {
    const names = tarballs.map((path) => basename(path).replace(/-\d.*$/, ""));

    expect(names).to.deep.equal(["proofboard-sdk", "proofboard-inference", "proofboard"]);
  });

  it("keeps the sdk below a megabyte, and the runtime out of it", async () => {
    const sdk = join(project, "node_modules/@proofboard/sdk");
    const files = (await readdir(sdk, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
    );

    expect(sizes.reduce((sum, size) => sum + size)).to.be.below(1_000_000);
    expect(Object.keys(JSON.parse(await readFile(join(sdk, "package.json"), "utf8")).dependencies)).to.have.members([
      "ox",
      "viem",
    ]);
  });

  it("runs in plain Node, where the example's own test passes", async () => {
    const { code, text } = await said(project, "npm", ["test"], {
      VECTORS: join(root, "test/vectors/attestations.json"),
    });

    expect(code, text).to.equal(0);
  });

  it("compiles under TypeScript's strict rules, without skipping the library's types", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { code, text } = await said(project, process.execPath, [tsc, "--project", project]);

    expect(code, text).to.equal(0);
  });

  it("is bundled for a browser, without what isn't used", async () => {
    const output = await build({
      ...{ root: project, logLevel: "silent", configFile: false },
      build: { write: false, lib: { entry: "page.js", formats: ["es"] } },
    });
    const [{ output: chunks }] = output as unknown as [{ output: [{ code: string }] }];

    expect(chunks[0].code).to.include("Attestation").and.not.include("SeasonDrafted");
  });

  it("installs the command, which says what it can't reach", async () => {
    const command = join(project, "node_modules/.bin/proofboard");
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

    expect(await said(project, command, ["--version"])).to.deep.equal({ code: 0, text: `${version}\n` });
    expect((await said(project, command, ["--help"])).text).to.include("audit");
    const refused = await said(project, command, ["rank", "1", "--api", "http://127.0.0.1:9"]);
    expect(refused.code).to.equal(1);
    expect(refused.text).to.match(/^\S.* http:\/\/127\.0\.0\.1:9.*\.\n$/);
  });
});
