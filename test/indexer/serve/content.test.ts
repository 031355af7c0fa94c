import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256, sha256, stringToBytes } from "viem";
import { cidOfKeccak256, cidOfSha256 } from "../../../sdk/content.ts";
import { openSite, type Site } from "./site.ts";

describe("content", () => {
  let site: Site;
  before(async () => {
    site = await openSite();
  });
  after(() => site.close());

  const bytes = stringToBytes("content");

  it("refuses to serve a file that isn't what its name says", async () => {
    const cid = cidOfSha256(sha256(stringToBytes("original")));
    writeFileSync(join(site.content, cid), "forged");
    expect((await site.get(`/ipfs/${cid}`)).status).to.equal(500);
  });

  for (const cid of [cidOfSha256(sha256(bytes)), cidOfKeccak256(keccak256(bytes))])
    it(`serves the bytes of ${cid.slice(0, 12)}…, for ever`, async () => {
      writeFileSync(join(site.content, cid), bytes);
      const { status, headers, text } = await site.get(`/ipfs/${cid}`);
      expect([status, text]).to.deep.equal([200, "content"]);
      expect(headers.get("content-type")).to.equal("application/octet-stream");
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("cache-control")).to.match(/immutable/);
    });
});
