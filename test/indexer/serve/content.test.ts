import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256, sha256, stringToBytes } from "viem";
import { cidOfKeccak256, cidOfSha256 } from "../../../sdk/content.ts";
import { choices, until } from "../running.ts";
import { chainTold, openServed } from "./served.ts";
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

  it("gives up a client that stopped reading, and holds nothing for it", async () => {
    const large = Buffer.alloc(32 * 2 ** 20);
    const cid = cidOfSha256(`0x${createHash("sha256").update(large).digest("hex")}`);
    writeFileSync(join(site.content, cid), large);
    const served = openServed(chainTold(choices(5, 3)));
    const url = await served.listen({ content: site.content, limits: { silence: 1_000 } });
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
    socket.write(`GET /ipfs/${cid} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await Promise.race([once(socket, "data"), once(socket, "close")]);
    socket.pause();
    const isOpen = (fd: string): boolean => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).endsWith(cid);
      } catch {
        return false;
      }
    };
    expect(readdirSync("/proc/self/fd").some(isOpen)).to.equal(true);
    await until("the file is closed", () => !readdirSync("/proc/self/fd").some(isOpen), 30_000);
    socket.destroy();
    await served.close();
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
