import { once } from "node:events";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
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
    for (let n = 0; n < 3; n++) expect((await fetch(`${url}/v1/deployment`)).status).to.equal(200);
    const { status, headers, ...answer } = await fetch(`${url}/v1/deployment`).then(async (response) => ({
      ...{ status: response.status, headers: response.headers, body: await response.json() },
    }));
    expect([status, headers.get("content-type")]).to.deep.equal([429, "application/problem+json"]);
    expect(Number(headers.get("retry-after"))).to.be.within(1, 60);
    expect(answer.body).to.include({ type: "about:blank", title: "Too Many Requests", status: 429 });
    expect((answer.body as { detail: string }).detail).to.match(
      /^More than 3 requests came from 127\.0\.0\.1 within a minute.*: ask again in \d+ s\.$/,
    );
    for (const path of ["/v1/nothing", "/openapi.json", "/metrics"])
      expect((await fetch(url + path)).status, path).to.equal(429);
    for (const path of ["/healthz", "/readyz"]) expect((await fetch(url + path)).status, path).to.not.equal(429);
  });

  for (const path of ["/v1/deployment", "/metrics", "/healthz"])
    it(`cuts a connection that pipelines without end, at ${path}, and answers others meanwhile`, async () => {
      const url = await served.listen({ limits: { requests: 3 } });
      const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
      socket.on("error", () => {});
      const closed = new Promise((resolve) => socket.once("close", resolve));
      let answered = 0;
      socket.on("data", (data) => {
        answered += data.toString("latin1").split("HTTP/1.1 ").length - 1;
      });
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(20_000));
      await closed;
      expect(answered).to.be.below(1_000);
      expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    });

  it("answers a hundred that are pipelined, in their order", async () => {
    const url = await served.listen();
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    const paths = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? "/healthz" : "/nothing"));
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    socket.write(`${requests.join("")}GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const statuses = [...(await text(socket)).matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses).to.deep.equal([...paths.map((path) => (path === "/healthz" ? "200" : "404")), "200"]);
  });

  it("counts costly answers as more, unless they are kept from another", async () => {
    const url = await served.listen({ limits: { requests: 12 } });
    const statuses = [];
    for (const path of ["seasons", "seasons", "seasons", "seasons?x=1", "attestations", "seasons"])
      statuses.push((await fetch(`${url}/v1/${path}`)).status);
    expect(statuses).to.deep.equal([200, 200, 200, 429, 429, 429]);
  });

  it("believes nobody who names a client, unless that proxy is trusted", async () => {
    const as = async (url: string, address: string) =>
      (await fetch(`${url}/v1/deployment`, { headers: { "x-forwarded-for": address } })).status;
    for (const trustedProxies of [undefined, ["10.0.0.0/8", "::1"]]) {
      const url = await served.listen({ limits: { requests: 1 }, trustedProxies });
      expect([await as(url, "10.1.0.1"), await as(url, "10.1.0.2")]).to.deep.equal([200, 429]);
    }
  });

  it("counts whom a trusted proxy asks for, IPv6 by network, whatever the port", async () => {
    const url = await served.listen({ limits: { requests: 1 }, trustedProxies: ["127.0.0.0/8"] });
    const as = async (address: string) =>
      (await fetch(`${url}/v1/deployment`, { headers: { "x-forwarded-for": address } })).status;
    const asked = ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "10.0.0.1"];
    // What some proxies write, and what anybody might.
    asked.push("10.0.0.3:80", "10.0.0.3:81", "[2001:db8::1]:80", "a:b", "c:d", "10.0.0.3, 127.0.0.9:99");
    const statuses = [];
    for (const address of asked) statuses.push(await as(address));
    expect(statuses).to.deep.equal([200, 200, 200, 429, 200, 429, 200, 429, 429, 200, 429, 429]);
  });

  it("answers a probe before the many costly answers that one client asked for earlier", async () => {
    const url = await served.listen({ limits: { requests: 0 } });
    const order: string[] = [];
    const ask = async (path: string) => {
      const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
      await once(socket, "connect");
      return async () => {
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
        order.push(`${path.split("/")[1]} ${(await text(socket)).slice(9, 12)}`);
      };
    };
    const costly = Array.from({ length: 50 }, (_, n) => ask(`/v1/accounts/0x${`${n}`.padStart(40, "0")}/receipts`));
    const requests = await Promise.all([...costly, ask("/healthz")]);
    await Promise.all(requests.map((request) => request()));
    expect(order.indexOf("healthz 200")).to.be.within(0, 25);
    expect(order.filter((one) => one === "v1 200")).to.have.lengthOf(50);
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

  const malformed: Record<string, [request: string, status: number, detail: RegExp]> = {
    "headers that are too large": [`GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431, /16384 bytes/],
    "what is not HTTP": ["Hello\r\n\r\n", 400, /^The request is not HTTP\/1\.1: Parse Error/],
    "an expectation": ["GET /healthz HTTP/1.1\r\nhost: x\r\nexpect: cake\r\n\r\n", 417, /expected: "cake"\.$/],
    "a request without a host": ["GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", 400, /no host header/],
  };
  for (const [name, [request, status, detail]] of Object.entries(malformed))
    it(`refuses ${name} with a problem`, async () => {
      const url = await served.listen();
      const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
      socket.write(request);
      const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
      expect(head).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).to.match(/^content-type: application\/problem\+json$/im);
      expect(head).to.match(/^access-control-allow-origin: \*$/im);
      const problem = JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1));
      expect(problem).to.include({ type: "about:blank", status });
      expect(problem.detail).to.match(detail);
    });

  it("closes a connection on which nothing moves", async () => {
    const url = await served.listen({ limits: { silence: 50 } });
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    expect(await text(socket)).to.equal("");
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
