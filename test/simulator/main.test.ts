import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });

describe("npm run simulate", () => {
  const wrong: Record<string, [string[], RegExp]> = {
    "no number of seeds": [[], /^--seeds is missing/],
    "a number that is none": [["--seeds", "0"], /^--seeds is "0"; a whole number from 1 is asked\./],
    "a first seed that is none": [["--seeds", "1", "--from", "x"], /^--from is "x"/],
    "requests without a number of histories": [["requests"], /^--histories is missing/],
    "an unknown option": [["--fast"], /^Unknown option '--fast'/],
  };
  for (const [name, [args, message]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      const { status, stderr } = run(...args);
      expect(status).to.equal(2);
      expect(stderr)
        .to.match(message)
        .and.match(/\nusage: npm run simulate/);
    });
});
