import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parseCommand, USAGE } from "../../indexer/options.ts";
import manifest from "../../package.json" with { type: "json" };

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(root(path), "utf8");
const [page, unit, container] = ["operate.md", "operate/proofboard-indexer.service", "operate/Containerfile"].map(
  (name) => read(`docs/${name}`),
) as [string, string, string];
/** The arguments of Node in `npm run indexer`. */
const program = manifest.scripts.indexer.split(" ").slice(1);

describe("docs/operate.md", () => {
  it("names every option and command of the indexer", () => {
    const options = new Set(USAGE.match(/--[a-z-]+/g));
    expect(
      [...options].filter((option) => !page.includes(`\`${option}`) && !page.includes(` ${option} `)),
    ).to.deep.equal([]);
    for (const [, name] of USAGE.matchAll(/^ +indexer ([a-z]+)/gm)) expect(page).to.include(`\`${name}\``);
  });

  it("shows commands that can be read", () => {
    const given: Record<string, string> = {
      FILE: root("package.json"),
      COPY: "copy",
      BLOCK: "7",
      URL: "http://127.0.0.1:1",
    };
    const shown = [...page.matchAll(/^npm run indexer -- (.+)$/gm)].map(([, line]) => line as string);
    expect(shown.length).to.be.above(4);
    for (const line of shown) {
      const args = line.split(" ").map((word) => given[word] ?? word);
      // The deployment is no file of ours here: everything before it was understood.
      expect(() => parseCommand(args, { DATABASE_URL: "postgres://127.0.0.1:1/board" }), line).to.satisfy(
        (parse: () => unknown) => {
          try {
            return parse() !== undefined;
          } catch (error) {
            return /^The deployment .* can't be read/.test((error as Error).message);
          }
        },
      );
    }
  });
});

describe("the unit for systemd", () => {
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1];

  it("runs what npm run indexer runs, with the options of its file", () => {
    expect(value("ExecStart")).to.equal(`/usr/bin/env node ${program.join(" ")} $INDEXER_OPTIONS`);
    const [, options] = /^# INDEXER_OPTIONS="(.*)"$/m.exec(unit) as string[];
    expect(() => parseCommand((options as string).replace("URL", "http://127.0.0.1:1").split(" "))).to.throw(
      "The deployment FILE can't be read",
    );
    expect(value("EnvironmentFile")).to.equal("/etc/proofboard/indexer.env");
    expect(options).to.include(`/var/lib/${value("StateDirectory")}/`);
  });

  it("is taken by systemd, which finds little that it may do", function () {
    const file = root("docs/operate/proofboard-indexer.service");
    const verified = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    if (verified.error) return this.skip();
    expect(verified.stderr).not.to.include("proofboard-indexer.service:");
    const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", file], { encoding: "utf8" });
    expect(Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1])).to.be.below(2);
  });
});

describe("the container's file", () => {
  const lines = container
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const of = (name: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));

  it("has no instruction that isn't one", () => {
    const known = ["FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT"];
    for (const line of lines) expect(known).to.include(line.split(" ")[0]);
    expect(lines[0]).to.match(/^FROM /);
  });

  it("runs what npm run indexer runs, on the Node that the project needs", () => {
    expect(JSON.parse(of("ENTRYPOINT")[0] as string)).to.deep.equal(["node", ...program]);
    const major = /\d+/.exec(manifest.engines.node)?.[0];
    for (const image of of("FROM")) expect(image).to.match(new RegExp(`^node:${major}-`));
  });

  it("copies what there is, and all that the indexer imports", () => {
    const copied = of("COPY").flatMap((line) => (line.startsWith("--from=build ") ? line.split(" ").slice(1, -1) : []));
    const paths = copied.map((path) => path.replace("/opt/proofboard/", ""));
    // Built in the container.
    for (const path of paths.filter((path) => path !== "web/dist")) expect(existsSync(root(path)), path).to.equal(true);
    const sources = readdirSync(root("indexer"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(ts|js)$/.test(name),
    );
    for (const name of sources)
      for (const [, path] of read(`indexer/${name}`).matchAll(/(?:from|import) "((?:\.\.\/)+[^"]+)"/g)) {
        const target = new URL(path as string, new URL(`../../indexer/${name}`, import.meta.url)).pathname;
        const top = target.slice(root("").length).split("/")[0] as string;
        expect(paths, `${name} imports ${path}`).to.include(top);
      }
  });

  it("runs only programs and scripts of the project", () => {
    for (const [, name] of of("RUN")
      .join(" && ")
      .matchAll(/npm run (\S+)/g))
      expect(manifest.scripts).to.have.property(name as string);
    for (const [, name] of of("RUN")
      .join(" && ")
      .matchAll(/npx (\S+)/g))
      expect({ ...manifest.devDependencies, ...manifest.dependencies }).to.have.property(name as string);
  });
});
