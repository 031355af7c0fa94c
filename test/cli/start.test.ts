import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";

const inside = (path: string): string => join(import.meta.dirname, "../..", path);

describe("starting with an old Node", () => {
  for (const program of ["cli/start.js", "indexer/start.js"])
    for (const version of ["20.20.2", "23.11.0"])
      it(`${program} refuses Node ${version}, and says what to do`, () => {
        const pretend = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          ["--import", pretend, inside(program), "--help"],
          {
            encoding: "utf8",
          },
        );
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: "" });
        expect(stderr).to.equal(
          `Proofboard needs Node 24 or newer, and this is ${version}. Put npx -y -p node@24 -c "…" around the command.\n`,
        );
      });
});
