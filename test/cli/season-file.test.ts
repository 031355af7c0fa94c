import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { rightFile } from "../participant/season/seasonFile.ts";
import { type Answer, keyOf, runCommand } from "./site.ts";

const NOBODY = "http://127.0.0.1:1";

describe("proofboard season, from a file", () => {
  let site: Site;
  let folder: string;
  let path: string;
  let environment: Record<string, string>;
  before(async () => {
    site = await startSite(3);
    folder = await mkdtemp(join(tmpdir(), "season-"));
    path = join(folder, "season.json");
    const deployment = join(folder, "deployment.json");
    await writeFile(deployment, JSON.stringify(site.deployment));
    const { artifact, layout, rows, inputs } = site.digits;
    await mkdir(join(folder, "digits"));
    for (const [name, bytes] of Object.entries({
      "model.onnx": artifact,
      "layout.bin": layout,
      "rows.bin": rows,
      "inputs.bin": inputs,
    }))
      await writeFile(join(folder, "digits", name), bytes);
    environment = {
      ...{ PROOFBOARD_RPC: site.rpcUrl, PROOFBOARD_API: NOBODY, PROOFBOARD_DEPLOYMENT: deployment },
      ...{ PROOFBOARD_CONTENT: join(folder, "content"), PROOFBOARD_PRIVATE_KEY: keyOf(0) },
    };
  });
  after(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  const write = (changes: object = {}) =>
    writeFile(path, JSON.stringify(rightFile({ dates: { startsAt: "+30m", endsAt: "7d" }, ...changes })));
  const run = (verb: string, ...more: string[]): Promise<Answer> =>
    runCommand(["season", verb, path, ...more], environment);
  const json = async (answered: Promise<Answer>) => {
    const { code, stdout, stderr } = await answered;
    expect(code, stderr + stdout).to.equal(0);
    return JSON.parse(stdout);
  };

  it("says everything that is wrong with a file, and sends nothing", async () => {
    await write({ verifierCap: -1, more: 2 });
    for (const verb of ["check", "plan", "open"]) {
      const { code, stdout } = await run(verb);
      expect(stdout).to.match(/^file {5}refused {2}verifierCap is -1; it must be/m);
      expect(stdout).to.match(/^file {5}refused {2}more is not known; known are/m);
      expect(code).to.equal(1);
    }
  });

  it("refuses a file that isn't there, and a season that nobody began", async () => {
    const { code, stderr } = await runCommand(["season", "check", join(folder, "none.json")], environment);
    expect(stderr).to.contain("can't be read: ENOENT.");
    expect(code).to.equal(2);
    await write();
    for (const verb of ["status", "cancel"]) {
      const answer = await run(verb);
      expect(answer.stderr).to.contain(`No season of "${path}" is on the chain yet: season open ${path}.`);
      expect(answer.code).to.equal(1);
    }
  });

  it("opens nothing that is refused", async () => {
    await write({ metadata: { title: "Late" }, dates: { startsAt: "2020-01-01T00:00Z", endsAt: "7d" } });
    const { code, stdout } = await run("open");
    expect(stdout)
      .to.match(/^dates {4}refused {2}It starts at 2020-01-01T00:00:00Z/m)
      .and.to.contain("Nothing was sent.");
    expect(code).to.equal(1);
  });

  it("checks, plans and opens, once, and shows it by its file", async () => {
    await write();
    const checked = await run("check", "--organiser", accountOf(0).address);
    expect(checked.stdout).to.contain("A unit was run, and verified by running it again: the same bytes.");
    expect(checked.code).to.equal(0);
    const planned = await run("plan");
    expect(planned.stdout)
      .to.match(/^draft +\d[\d,]* .*the season$/m)
      .and.to.match(/^addTask .*measured/m);
    expect(planned.stdout).to.match(/^publish +done/m);
    const { steps } = await json(run("plan", "--json"));
    expect(steps.map(({ name }: { name: string }) => name)).to.deep.equal(["publish", "draft", "addTask", "open"]);
    const opened = await json(run("open", "--json"));
    expect(opened.opened).to.equal(true);
    expect(opened.transactions.map(({ name }: { name: string }) => name)).to.deep.equal(["draft", "addTask", "open"]);
    const again = await run("open");
    expect(again.stdout).to.equal(`Season ${opened.seasonId} is open already, from this file: nothing was sent.\n`);
    const status = await json(run("status", "--json"));
    expect([status.seasonId, status.state]).to.deep.equal([opened.seasonId, "open"]);
    const cancelled = await run("cancel");
    expect(cancelled.stderr).to.equal(`Season ${opened.seasonId} is open: only a draft can be cancelled.\n`);
    for (const { stdout } of [checked, planned])
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
  });
});
