import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { setProfileCall } from "../../sdk/profileSet.ts";
import { profileLimits } from "../../sdk/profiles.ts";
import { accountOf } from "../participant/chain.ts";
import { HONEST, keyOf, NEWCOMER, useSite } from "./site.ts";

describe("proofboard profile", () => {
  const site = useSite();
  const { address } = accountOf(HONEST);
  const key = { PROOFBOARD_PRIVATE_KEY: keyOf(HONEST) };

  /** Runs `profile show` until the API has followed the chain that far. */
  async function shown(account: string, name: string | null) {
    for (let tries = 0; ; tries++) {
      const found = await site().run(["profile", "show", account, "--json"]);
      const json = JSON.parse(found.stdout);
      if (json.name === name || tries === 20) return { ...found, json };
    }
  }

  it("refuses a name or a link that wouldn't be shown, and sends nothing", async () => {
    for (const [given, said] of [
      [["a".repeat(65)], `The name has 65 bytes; it may have at most ${profileLimits.name}.`],
      [["A\u200bda"], 'The name "A\u200bda" would be shown as "Ada": choose another.'],
      [["Ada", "--link", "javascript:alert(1)"], 'The link "javascript:alert(1)" would not be shown: '],
      [["", "--link", "https://example.org"], "A link is shown beside a name: without a name there is none."],
    ] as [string[], string][]) {
      const { code, stderr } = await site().run(["profile", "set", ...given], key);
      expect(stderr).to.contain(said);
      expect(code).to.equal(1);
    }
  });

  it("refuses a call without a name, and what is no account", async () => {
    const { code } = await site().run(["profile", "set"], key);
    expect(code).to.equal(2);
    const { code: other, stderr } = await site().run(["profile", "show", "ada"]);
    expect(stderr).to.contain('ACCOUNT is "ada"');
    expect(other).to.equal(2);
  });

  it("says so where a deployment has no names", async () => {
    const { Profiles: _, ...contracts } = site().deployment.contracts;
    const older = join(site().directory, "nameless.json");
    await writeFile(older, JSON.stringify({ ...site().deployment, contracts }));
    const { code, stderr } = await site().run(["profile", "set", "Ada"], { ...key, PROOFBOARD_DEPLOYMENT: older });
    expect(stderr).to.equal("The deployment on chain 31337 has no Profiles contract.\n");
    expect(code).to.equal(1);
  });

  it("sets a name, shows it with those that look alike, ranks with it, and takes it away", async () => {
    const set = await site().run(["profile", "set", "Ada", "--link", "https://Example.org"], key);
    expect(set.stdout).to.match(
      new RegExp(`^Account      ${address}\nName         Ada\nLink         https://example.org/\nTransaction  0x`),
    );
    expect(set.code).to.equal(0);
    const newcomer = site().senderOf(NEWCOMER);
    await newcomer.send(setProfileCall(site().client, "\u0410da", ""));
    const alike = accountOf(NEWCOMER).address;
    expect((await shown(alike, "\u0410da")).json).to.deep.include({ link: null, alike: [address] });
    const { json, code } = await shown(address, "Ada");
    expect(json).to.deep.include({ account: address, link: "https://example.org/", alike: [alike] });
    expect(code).to.equal(0);
    const ranked = await site().run(["rank", "1"]);
    expect(ranked.stdout)
      .to.match(/ caught {2}name$/m)
      .and.to.match(new RegExp(`${address} .* Ada$`, "m"));

    const taken = await site().run(["profile", "set", ""], key);
    expect(taken.stdout).to.contain("Name         none any more");
    expect(await shown(address, null)).to.include({ code: 1 });
  });

  it("makes harmless what a hostile API calls a name", async () => {
    const set = { blockNumber: 1, timestamp: 1, transactionHash: "0x", logIndex: 0 };
    const item = { account: address, name: "\u001b[2J\u202eAda", link: "javascript:alert(1)", set };
    const server = createServer((_, response) => response.end(JSON.stringify({ asOf: {}, item, alike: [] })));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout } = await site().run(["profile", "show", address], { PROOFBOARD_API: api });
    expect(stdout).to.equal(`Account  ${address}\nName     [2JAda\nSince    1970-01-01 00:00:01 UTC, block 1\n`);
    await new Promise((closed) => server.close(closed));
  });
});
