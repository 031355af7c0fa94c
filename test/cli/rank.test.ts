import { expect } from "chai";
import type { Standing } from "../../sdk/wire.ts";
import { accountOf } from "../participant/chain.ts";
import { HONEST, keyOf, useSite } from "./site.ts";

/** One more than how many have more points. */
const sharedRank = ({ points }: Standing, _: number, all: readonly Standing[]): number =>
  1 + all.filter((other) => BigInt(other.points) > BigInt(points)).length;

describe("proofboard rank", () => {
  const site = useSite();

  it("refuses a season that the API doesn't know", async () => {
    const { code, stderr } = await site().run(["rank", "99"]);
    expect(stderr).to.match(/^The API answered 404: .*99/);
    expect(code).to.equal(1);
  });

  it("refuses an account without a place", async () => {
    const stranger = accountOf(50).address;
    const { code, stderr } = await site().run(["rank", "1", stranger]);
    expect(stderr).to.contain(`${stranger} has no place in season 1`);
    expect(code).to.equal(1);
  });

  it("refuses an API that can't be reached", async () => {
    const { code, stderr } = await site().run(["rank"], { PROOFBOARD_API: "http://127.0.0.1:1" });
    expect(stderr).to.equal("The API at http://127.0.0.1:1 can't be reached.\n");
    expect(code).to.equal(1);
  });

  it("shows the newest season in at most 100 columns and marks one's own row", async () => {
    const { code, stdout } = await site().run(["rank"], { PROOFBOARD_PRIVATE_KEY: keyOf(HONEST) });
    expect(stdout).to.match(/^Season 1, \d of \d accounts, as of block /);
    expect(stdout.split("\n").filter((line) => line.startsWith("▶"))).to.have.length(1);
    expect(stdout).to.match(new RegExp(`^▶ +\\d  ${accountOf(HONEST).address} +20 `, "m"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
    expect(code).to.equal(0);
  });

  it("shows an account among its neighbours", async () => {
    const account = accountOf(HONEST).address;
    const { code, stdout } = await site().run(["rank", "1", account.toLowerCase(), "--json"]);
    const found = JSON.parse(stdout);
    expect(found.account).to.equal(account);
    const items: Standing[] = found.items;
    expect(items.map(({ place }) => place)).to.deep.equal(items.map((_, i) => i + 1));
    expect(items.map(({ rank }) => rank)).to.deep.equal(items.map(sharedRank));
    expect(code).to.equal(0);
  });
});
