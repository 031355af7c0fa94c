import { createHash } from "node:crypto";
import { expect } from "chai";
import type { StandingsPage } from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("what other sites may show", () => {
  let served: Served;
  let url: string;
  before(async () => {
    served = openServed(chainTold(choices(150, 21)));
    url = `${await served.listen({ prefix: "/board" })}/board`;
  });
  after(() => served.close());

  it("is nothing of a season that isn't there, nor with parameters", async () => {
    for (const [path, status] of [
      ["/embed/top/99", 404],
      ["/embed/card/99", 404],
      ["/embed/top/x", 400],
      ["/embed/top/1?theme=dark", 400],
    ] as const)
      expect((await fetch(url + path)).status, path).to.equal(status);
  });

  it("is the top ten, in a frame of any page, without scripts, and a link to the standings", async () => {
    const response = await fetch(`${url}/embed/top/1`);
    const html = await response.text();
    expect(response.headers.get("content-type")).to.equal("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy")?.split("; ");
    expect(policy).to.include.members(["default-src 'none'", "frame-ancestors *", "form-action 'none'"]);
    const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? "";
    expect(policy).to.include(`style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(html).to.not.match(/<script|\son\w+=|style="/);
    expect(html).to.include('href="/board/?season=1"');
    const { items } = (await (await fetch(`${url}/v1/seasons/1/standings?limit=10`)).json()) as StandingsPage;
    expect(items).to.not.deep.equal([]);
    expect([...html.matchAll(/title="(0x\w{40})"/g)].map(([, account]) => account)).to.deep.equal(
      items.map(({ account }) => account),
    );
  });

  it("is a picture of the first five, of a size that links are shown with", async () => {
    const response = await fetch(`${url}/embed/card/1`);
    expect(response.headers.get("content-type")).to.equal("image/svg+xml; charset=utf-8");
    const svg = await response.text();
    expect(svg).to.match(/^<svg [^>]*width="1200" height="630" role="img"/);
    const { items } = (await (await fetch(`${url}/v1/seasons/1/standings?limit=5`)).json()) as StandingsPage;
    for (const { account } of items) expect(svg).to.include(`${account.slice(0, 6)}…${account.slice(-4)}`);
  });
});
