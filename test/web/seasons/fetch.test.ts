import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { sha256 } from "viem";
import { cidOfSha256, cidOfUri } from "../../../sdk/content.ts";
import { MAX_METADATA_BYTES, metadataBytes } from "../../../sdk/seasonMetadata.ts";
import { fetchMetadata } from "../../../web/seasons/fetch.ts";

const cidOf = (bytes: Uint8Array) => cidOfSha256(sha256(bytes));

describe("a season's metadata", () => {
  const right = metadataBytes({ title: "<b>Digits</b>", prize: "A cup" });
  const other = new TextEncoder().encode("{}");
  const large = metadataBytes({ title: "a", description: "b".repeat(MAX_METADATA_BYTES) });
  const swapped = cidOf(new Uint8Array([1]));
  const served = new Map([right, other, large].map((bytes) => [cidOf(bytes), bytes] as const)).set(swapped, right);
  let server: Server;
  let source: string;
  before(async () => {
    server = createServer(({ url }, response) => {
      const bytes = served.get(url?.replace("/ipfs/", "") ?? "");
      if (bytes === undefined) response.statusCode = 404;
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  const refusalOf = (cid: string) => fetchMetadata(source, cid).catch(({ message }) => message);

  it("is looked for under a CID, and nowhere else", () => {
    const cid = cidOf(right);
    expect(cidOfUri(`ipfs://${cid}`)).to.equal(cid);
    for (const uri of [
      null,
      "",
      cid,
      `ipfs://${cid}/a`,
      "ipfs://../v1/health",
      "https://example.org",
      "javascript:alert(1)",
    ])
      expect(cidOfUri(uri)).to.equal(undefined);
  });

  it("isn't shown where it is missing, something else, too large or no metadata", async () => {
    expect(await refusalOf(cidOf(new Uint8Array([2])))).to.equal(`${source} answered 404.`);
    expect(await refusalOf(swapped)).to.match(/^Content b\w+ has sha2-256 0x\w+: it is not what its address names/);
    expect(await refusalOf(cidOf(large))).to.equal(`${source} sent more than ${MAX_METADATA_BYTES} bytes.`);
    expect(await refusalOf(cidOf(other))).to.equal("What is served there is no season's metadata.");
  });

  it("is read as it was written", async () => {
    const { title, prize, link } = await fetchMetadata(source, cidOf(right));
    expect([title, prize, link]).to.deep.equal(["<b>Digits</b>", "A cup", undefined]);
  });
});
