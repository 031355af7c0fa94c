import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256, sha256 } from "viem";
import { UnavailableError } from "../../inference/content.ts";
import { openContent } from "../../participant/content.ts";
import { cidOfKeccak256, cidOfSha256, MAX_CONTENT_BYTES } from "../../sdk/content.ts";
import { refusal } from "./refusal.ts";

const bytes = new TextEncoder().encode("a model");
const cid = cidOfSha256(sha256(bytes));

describe("content", () => {
  let directory: string;
  let server: Server;
  let source: string;
  let served: (respond: (status: number, body?: Uint8Array) => void, response: ServerResponse) => void;
  before(async () => {
    server = createServer((_request, response) =>
      served((status, body) => response.writeHead(status).end(body ?? new Uint8Array(0)), response),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    served = (respond) => respond(404);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("refuses an address that is no CID, also one that leads out of the directory", async () => {
    for (const wrong of ["", "../../etc/passwd", "bafy", cid.slice(0, -1)])
      expect(await refusal(openContent(directory, [source]).get(wrong))).to.contain("is not a base32 CIDv1");
  });

  it("says that content is unavailable, and why", async () => {
    const content = openContent(directory, [source, "http://127.0.0.1:1"]);
    const error = await content.get(cid).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UnavailableError);
    expect((error as Error).message).to.equal(
      `Content ${cid} is unavailable. ${source} answered 404. http://127.0.0.1:1 can't be reached.`,
    );
  });

  it("refuses a kept file that was changed", async () => {
    await writeFile(join(directory, cid), "another model");
    expect(await refusal(openContent(directory).get(cid))).to.contain("it is not what its address names");
  });

  it("refuses a kept file above the bound without reading it", async () => {
    await writeFile(join(directory, cid), "");
    await truncate(join(directory, cid), MAX_CONTENT_BYTES + 1);
    expect(await refusal(openContent(directory).get(cid))).to.contain(`more than ${MAX_CONTENT_BYTES}`);
  });

  it("refuses and doesn't keep what a source serves under a wrong address", async () => {
    served = (respond) => respond(200, new TextEncoder().encode("a worm"));
    expect(await refusal(openContent(directory, [source]).get(cid))).to.contain("it is not what its address names");
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it("stops reading a source that sends too much", async () => {
    served = (respond) => respond(200, new Uint8Array(MAX_CONTENT_BYTES + 1));
    expect(await refusal(openContent(directory, [source]).get(cid))).to.contain(
      `${source} sent more than ${MAX_CONTENT_BYTES} bytes.`,
    );
  });

  it("waits for a file that comes slowly but steadily", async () => {
    const file = new Uint8Array(3_900).fill(7);
    served = async (_respond, response) => {
      response.writeHead(200);
      for (let at = 0; at < file.length; at += 390) {
        response.write(file.subarray(at, at + 390));
        await new Promise((resolve) => setTimeout(resolve, 1_700));
      }
      response.end();
    };
    expect([...(await openContent(directory, [source]).get(cidOfSha256(sha256(file))))]).to.deep.equal([...file]);
  });

  it("keeps bytes under either hash and gives them back", async () => {
    const content = openContent(join(directory, "deeper"));
    expect(await content.put(bytes, "sha2-256")).to.equal(cid);
    expect(await content.put(bytes, "keccak-256")).to.equal(cidOfKeccak256(keccak256(bytes)));
    expect([...(await content.get(cid))]).to.deep.equal([...bytes]);
    expect(await readdir(join(directory, "deeper"))).to.have.lengthOf(2);
  });

  it("fetches what it doesn't have, heals what was changed, and asks once", async () => {
    let asked = 0;
    served = (respond) => {
      asked += 1;
      respond(200, bytes);
    };
    await writeFile(join(directory, cid), "another model");
    const content = openContent(directory, [source]);
    for (let i = 0; i < 2; i++) expect([...(await content.get(cid))]).to.deep.equal([...bytes]);
    expect(asked).to.equal(1);
  });
});
