import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { sha256, toHex } from "viem";
import { cidOfSha256 } from "../../../sdk/content.ts";
import { fetchCard } from "../../../web/cards/fetch.ts";

const MODEL = toHex(1, { size: 32 });
const cidOf = (bytes: Uint8Array) => cidOfSha256(sha256(bytes));
const bytesOf = (card: unknown) => new TextEncoder().encode(JSON.stringify(card));

describe("a publisher's card", () => {
  const right = bytesOf({ title: "<b>Digits</b>", modelId: MODEL });
  const other = bytesOf({ title: "Digits", modelId: toHex(2, { size: 32 }) });
  const swapped = cidOf(new Uint8Array([1]));
  const served = new Map([right, other].map((bytes) => [cidOf(bytes), bytes] as const)).set(swapped, right);
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
  const refusalOf = (cid: string) => fetchCard(source, cid, MODEL).catch(({ message }) => message);

  it("isn't shown where it is missing, something else, or another model's", async () => {
    expect(await refusalOf(cidOf(new Uint8Array([2])))).to.equal(`${source} answered 404.`);
    expect(await refusalOf(swapped)).to.match(/it is not what its address names/);
    expect(await refusalOf(cidOf(other))).to.equal("What is served there is no card of this model.");
  });

  it("is text", async () => {
    expect(await fetchCard(source, cidOf(right), MODEL)).to.include({ title: "<b>Digits</b>" });
  });
});
