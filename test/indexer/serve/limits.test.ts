import { expect } from "chai";
import { choices, until } from "../running.ts";
import { chainOfCrowd } from "./crowd.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("the server's limits", () => {
  let served: Served;
  before(() => {
    served = openServed(chainTold(choices(10, 3)));
  });
  after(() => served.close());

  it("refuses an address that asks too often, and says when to ask again", async () => {
    const url = await served.listen({ limits: { requests: 3 } });
    for (let n = 0; n < 3; n++) expect((await fetch(`${url}/v1/seasons`)).status).to.equal(200);
    const { status, headers, ...answer } = await fetch(`${url}/v1/seasons`).then(async (response) => ({
      ...{ status: response.status, headers: response.headers, body: await response.json() },
    }));
    expect([status, headers.get("content-type")]).to.deep.equal([429, "application/problem+json"]);
    expect(Number(headers.get("retry-after"))).to.be.within(1, 60);
    expect(answer.body).to.include({ type: "about:blank", title: "Too Many Requests", status: 429 });
    expect((answer.body as { detail: string }).detail).to.match(
      /^More than 3 requests came from 127\.0\.0\.1 within a minute: ask again in \d+ s\.$/,
    );
    for (const path of ["/v1/nothing", "/openapi.json"]) expect((await fetch(url + path)).status, path).to.equal(429);
    for (const path of ["/healthz", "/metrics"]) expect((await fetch(url + path)).status, path).to.equal(200);
  });

  it("counts whom a proxy on this machine asks for, IPv6 by network", async () => {
    const url = await served.listen({ limits: { requests: 1 } });
    const as = async (address: string) =>
      (await fetch(`${url}/v1/seasons`, { headers: { "x-forwarded-for": address } })).status;
    const asked = ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "10.0.0.1"];
    // What some proxies write, and what anybody might.
    asked.push("10.0.0.3:80", "10.0.0.3:80", "[2001:db8::1]:80", "a:b", "a:b");
    const statuses = [];
    for (const address of asked) statuses.push(await as(address));
    expect(statuses).to.deep.equal([200, 200, 200, 429, 200, 429, 200, 429, 200, 200, 429]);
  });

  it("counts nothing where there is no limit", async () => {
    const url = await served.listen({ limits: { requests: 0 } });
    for (let n = 0; n < 50; n++) expect((await fetch(`${url}/v1/seasons`)).status).to.equal(200);
  });

  it("refuses a URL that is too long", async () => {
    const url = await served.listen();
    const { status, headers } = await fetch(`${url}/v1/seasons?x=${"x".repeat(8_000)}`);
    expect([status, headers.get("content-type")]).to.deep.equal([414, "application/problem+json"]);
  });

  it("refuses a body, whatever the route", async () => {
    const url = await served.listen();
    for (const path of ["/v1/seasons", "/v1/nothing"])
      for (const body of ["{}", new Blob(["{}"]).stream()]) {
        const response = await fetch(url + path, { method: "POST", body, duplex: "half" } as RequestInit);
        expect(response.status, path).to.equal(413);
        expect(await response.json()).to.include({ detail: "No request has a body here." });
      }
  });

  it("refuses headers that are too large", async () => {
    const url = await served.listen();
    const { status } = await fetch(`${url}/v1/seasons`, { headers: { "x-large": "x".repeat(20_000) } });
    expect(status).to.equal(431);
  });

  it("compresses answers as clients take them, and says so to caches", async () => {
    const url = await served.listen();
    for (const encoding of ["br", "gzip"]) {
      const { headers } = await fetch(`${url}/v1/attestations`, { headers: { "accept-encoding": encoding } });
      expect([headers.get("content-encoding"), headers.get("vary")]).to.deep.equal([encoding, "accept-encoding"]);
    }
  });
});

describe("a server that closes", () => {
  it("ends what is under way, and takes nothing new", async () => {
    const served = openServed(chainOfCrowd(50_000));
    const url = await served.listen();
    const response = await fetch(`${url}/v1/seasons/1/standings.csv`);
    const closed = served.close();
    await until("it takes nothing new", () =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    const lines = (await response.text()).trimEnd().split("\n");
    await closed;
    expect(lines).to.have.lengthOf(50_001);
  });
});
