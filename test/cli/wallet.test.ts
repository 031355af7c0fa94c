import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openKeystore } from "../../participant/keystore.ts";
import { runCommand } from "./site.ts";

describe("proofboard wallet", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
  });
  after(() => rm(directory, { recursive: true }));

  it("refuses to work without a password", async () => {
    const file = join(directory, "none.json");
    const asked = await runCommand(["wallet", "new", "--keystore", file], {});
    expect(asked.stderr).to.contain("There is no terminal to ask for the password; give it in PROOFBOARD_PASSWORD.");
    expect(asked.code).to.equal(2);
    const empty = await runCommand(["wallet", "new", "--keystore", file], { PROOFBOARD_PASSWORD: "" });
    expect(empty.stderr).to.contain("The password is empty");
    expect(empty.code).to.equal(2);
  });

  it("makes a key, prints its address and never the key, and keeps what is there", async () => {
    const file = join(directory, "wallet.json");
    const environment = { PROOFBOARD_PASSWORD: "correct horse" };
    const made = await runCommand(["wallet", "new", "--keystore", file, "--json"], environment);
    expect(made.code).to.equal(0);
    const account = await openKeystore(file, "correct horse");
    expect(JSON.parse(made.stdout)).to.deep.equal({ address: account.address, keystore: file });
    expect(made.stdout + made.stderr).not.to.match(/[0-9a-f]{64}/i);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const before = await readFile(file, "utf8");
    const again = await runCommand(["wallet", "new", "--keystore", file], environment);
    expect(again.stderr).to.equal(`${file} exists already; a keystore is never overwritten.\n`);
    expect(again.code).to.equal(1);
    expect(await readFile(file, "utf8")).to.equal(before);
  });
});
