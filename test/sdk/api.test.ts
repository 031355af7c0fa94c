import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ApiError, fetchApi } from "../../sdk/api.ts";

describe("api", () => {
  let server: Server;
  let base: string;

  before(async () => {
    server = createServer((request, response) => {
      const answers: Record<string, [number, string]> = {
        "/v1/good": [200, '{"items":[1]}'],
        "/v1/text": [200, "hello"],
        "/v1/problem": [404, '{"title":"Not found","status":404,"detail":"There is no season 9."}'],
        "/v1/titled": [400, '{"title":"Bad request"}'],
      };
      const [status, body] = answers[request.url as string] ?? [500, "<html>"];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const refusal = async (path: string, at = base): Promise<ApiError> => {
    const error = await fetchApi(at, path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ApiError);
    return error as ApiError;
  };

  it("refuses a base that is no URL", async () => {
    expect((await refusal("/v1/good", "nowhere")).message).to.equal('"nowhere" is not the URL of an API.');
  });

  it("refuses a user and a password in a URL, without repeating them", async () => {
    for (const given of ["http://user:secret@127.0.0.1:1", "http://secret@127.0.0.1:1"])
      expect((await refusal("/v1/good", given)).message).to.equal("An API's URL takes no user and no password.");
    const broken = await refusal("/v1/good", "http://user:secret@no host");
    expect(broken.message).to.equal('"…@no host" is not the URL of an API.');
  });

  it("names an API by its origin and path alone", async () => {
    const error = await refusal("/v1/good", "http://127.0.0.1:1/board?key=secret");
    expect(error.message).to.equal("The API at http://127.0.0.1:1/board can't be reached.");
    expect((await refusal("/v1/other?after=secret")).message).to.equal(`The API answered 500 at ${base}/v1/other.`);
  });

  it("says that an API can't be reached", async () => {
    const error = await refusal("/v1/good", "http://127.0.0.1:1");
    expect(error.message).to.equal("The API at http://127.0.0.1:1 can't be reached.");
    expect(error.status).to.equal(undefined);
  });

  it("turns problem details into a sentence", async () => {
    const error = await refusal("/v1/problem");
    expect(error.message).to.equal("The API answered 404: There is no season 9.");
    expect(error.status).to.equal(404);
    expect((await refusal("/v1/titled")).message).to.equal("The API answered 400: Bad request");
    expect((await refusal("/v1/other")).message).to.equal(`The API answered 500 at ${base}/v1/other.`);
  });

  it("refuses an answer that is not JSON", async () => {
    expect((await refusal("/v1/text")).message).to.equal(`The API's answer at ${base}/v1/text is not JSON.`);
  });

  it("gives the JSON of a good answer", async () => {
    expect(await fetchApi(base, "/v1/good")).to.deep.equal({ items: [1] });
  });
});
