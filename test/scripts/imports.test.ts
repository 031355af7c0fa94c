import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { rooms, withTable } from "../../scripts/imports.ts";

const root = new URL("../../", import.meta.url);
const biome = fileURLToPath(new URL("node_modules/.bin/biome", root));
const config = readFileSync(new URL("biome.json", root), "utf8");

/** Files, each with an import that the table refuses, and why. */
const refused = [
  ["sdk/methods/a.ts", "../../inference/tensors.ts", "sdk imports nothing of the house, and runs in a browser."],
  ["sdk/b.ts", "node:fs", "sdk imports nothing of the house, and runs in a browser."],
  ["participant/c.ts", "ethers", "participant imports only sdk, inference of the house."],
  ["indexer/d.ts", "../participant/heads.ts", "indexer imports only sdk of the house."],
  ["indexer/decode/e.ts", "../methods/index.ts", "indexer/decode imports only sdk, indexer/ingest of the house."],
  ["indexer/store/sqlite/f.ts", "../../rank/order.ts", rooms["indexer/store"]],
  ["indexer/sync/g.ts", "../serve/server.ts", rooms["indexer/sync"]],
  ["web/h.tsx", "../models/read.ts", rooms.web],
] as const;

/** Files, each with an import that it may have. */
const taken = [
  ["inference/i.ts", "../sdk/tree.ts"],
  ["indexer/decode/j.ts", "../../sdk/methods/index.ts"],
  ["indexer/serve/stream/k.ts", "../../sync/parts.ts"],
  ["indexer/l.ts", "./serve/server.ts"],
  ["web/m.tsx", "../models/digits/card.json"],
  ["test/n.ts", "../indexer/main.ts"],
] as const;

/** What Biome, configured so, says of each of these files, by its path. */
function lint(files: readonly (readonly [path: string, imported: string, ...unknown[]])[]): Map<string, string> {
  const directory = mkdtempSync(join(tmpdir(), "proofboard-imports-"));
  try {
    writeFileSync(join(directory, "biome.json"), JSON.stringify({ ...JSON.parse(config), vcs: {} }));
    for (const [path, imported] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), `import { it } from "${imported}";\nit();\n`);
    }
    const options = ["lint", "--only=style/noRestrictedImports", "--reporter=json"];
    const { stdout } = spawnSync(biome, options, { cwd: directory, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { message: string; location: { path: string } }[] };
    return new Map(diagnostics.map(({ message, location }) => [location.path, message]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("imports", () => {
  let found: Map<string, string>;
  before(() => {
    found = lint([...refused, ...taken]);
  });

  for (const [path, imported, message] of refused)
    it(`refuses ${imported} in ${path}`, () => {
      const sentence =
        typeof message === "string" ? message : `imports only ${message?.imports.join(", ")} of the house`;
      expect(found.get(path)).to.contain(sentence);
    });

  for (const [path, imported] of taken)
    it(`takes ${imported} in ${path}`, () => {
      expect(found.get(path)).to.equal(undefined);
    });

  it("are in biome.json as the table gives them", () => {
    expect(config, "Run npm run imports").to.equal(withTable(JSON.parse(config)));
  });

  it("name every stage of the indexer, and only rooms that there are or that the table names", () => {
    const stages = readdirSync(new URL("indexer", root), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of stages) expect(rooms).to.have.property(`indexer/${name}`);
    for (const { imports } of Object.values(rooms))
      for (const name of imports.filter((each) => !each.endsWith(".ts") && !each.endsWith(".json")))
        expect(rooms).to.have.property(name);
  });
});
