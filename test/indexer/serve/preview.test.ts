import { mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { inflateSync } from "node:zlib";
import { expect } from "chai";
import type { SeasonAnswer, StandingsPage } from "../../../sdk/wire.ts";
import { choices, scratch } from "../running.ts";
import { chainTold, openServed, type Served } from "./served.ts";

/** What a site reads of a page's head. */
const tagsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:name|property)="([^"]*)" content="([^"]*)"/g)].map(([, ...tag]) => tag),
  );

describe("what other sites show of a link", () => {
  const files = scratch();
  const page = files.path("dist");
  let served: Served;
  let origin: string;
  let url: string;
  let standing: StandingsPage["items"][number];
  before(async () => {
    mkdirSync(page, { recursive: true });
    writeFileSync(`${page}/index.html`, "<!doctype html><title>page</title><!-- preview -->");
    served = openServed(chainTold(choices(150, 21)));
    origin = await served.listen({ page, prefix: "/board" });
    url = `${origin}/board`;
    const { items } = (await (await fetch(`${url}/v1/seasons/1/standings?limit=1`)).json()) as StandingsPage;
    standing = items[0] as typeof standing;
  });
  after(async () => {
    await served.close();
    files.remove();
  });

  // As sites ask that take anything.
  const read = async (path: string) => tagsOf(await (await fetch(url + path, { headers: { accept: "*/*" } })).text());

  it("is the site's name, sentence and picture, where it is about nothing of its own", async () => {
    for (const path of ["/", "/?season=99", "/seasons/99", `/seasons/1/accounts/0x${"00".repeat(20)}`]) {
      const tags = await read(path);
      expect(tags["og:title"], path).to.equal("Proofboard");
      expect(tags["og:description"]).to.equal("A leaderboard where every point is a verified AI inference");
      expect(tags["og:image"]).to.equal(`${url}/embed/card.png`);
      expect(tags["twitter:card"]).to.equal("summary_large_image");
    }
  });

  it("is a season's, with its numbers", async () => {
    const { item } = (await (await fetch(`${url}/v1/seasons/1`)).json()) as SeasonAnswer;
    const { participants, totalPoints } = item.totals;
    for (const path of ["/seasons/1", "/?season=1&place=3", "/seasons/1/network"]) {
      const tags = await read(path);
      expect(tags["og:title"], path).to.equal("Season 1 of Proofboard");
      expect(tags.description?.replaceAll(",", "")).to.equal(
        `${participants} accounts ${totalPoints} points. Every point is a verified AI inference.`,
      );
      expect(tags["og:image"]).to.equal(`${url}/embed/card/1.png`);
    }
  });

  it("is an account's in a season, by its address alone, however that is written", async () => {
    const { account, rank } = standing;
    for (const written of [account, account.toLowerCase()]) {
      const tags = await read(`/seasons/1/accounts/${written}`);
      expect(tags["og:title"]).to.equal(`${account.slice(0, 6)}…${account.slice(-4)} in season 1 of Proofboard`);
      expect(tags["og:description"]).to.match(new RegExp(`^Rank ${rank} of `));
      expect(tags["og:image"]).to.equal(`${url}/embed/card/1/${account}.png`);
    }
  });

  it("quotes no host that is none", async () => {
    const tags = await new Promise<Record<string, string>>((resolve, reject) =>
      get(`${url}/`, { headers: { host: 'x"><script>', accept: "text/html" } }, (response) =>
        text(response).then((html) => resolve(tagsOf(html)), reject),
      ).on("error", reject),
    );
    expect(tags["og:title"]).to.equal("Proofboard");
    expect(tags).to.not.have.property("og:image");
    expect(tags["twitter:card"]).to.equal("summary");
  });

  it("is nothing of the API, and no page for who asks for something else", async () => {
    expect((await fetch(`${url}/v1/seasons/99`, { headers: { accept: "*/*" } })).status).to.equal(404);
    expect((await fetch(`${url}/seasons/1`, { headers: { accept: "application/json" } })).status).to.equal(404);
  });

  describe("as a picture", () => {
    const paths = () => ["/embed/card.png", "/embed/card/1.png", `/embed/card/1/${standing.account}.png`];

    it("is none of what isn't there", async () => {
      for (const [path, status] of [
        ["/embed/card/99.png", 404],
        [`/embed/card/1/0x${"00".repeat(20)}.png`, 404],
        ["/embed/card/x.png", 400],
        ["/embed/card/1/x.png", 400],
        ["/embed/card.png?theme=dark", 400],
      ] as const)
        expect((await fetch(url + path)).status, path).to.equal(status);
    });

    it("is a PNG, 1200 by 630, that draws something", async () => {
      for (const path of paths()) {
        const response = await fetch(url + path);
        expect([response.status, response.headers.get("content-type")], path).to.deep.equal([200, "image/png"]);
        const png = Buffer.from(await response.arrayBuffer());
        expect(png.subarray(0, 8).toString("latin1")).to.equal("\x89PNG\r\n\x1a\n");
        expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([1200, 630]);
        expect(coloursOf(png), path).to.be.greaterThan(20);
      }
    });

    it("is named by an ETag, and not sent again to who has it", async () => {
      for (const path of paths()) {
        const first = await fetch(url + path);
        await first.arrayBuffer();
        expect(first.headers.get("cache-control")).to.equal("public, max-age=60");
        const etag = first.headers.get("etag") as string;
        const again = await fetch(url + path, { headers: { "if-none-match": etag } });
        expect([again.status, (await again.arrayBuffer()).byteLength], path).to.deep.equal([304, 0]);
      }
    });
  });
});

/** How many different bytes a PNG's pixels have: of an empty picture few. */
function coloursOf(png: Buffer): number {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return new Set(inflateSync(Buffer.concat(data))).size;
}
