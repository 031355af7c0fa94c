import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { createEndpoint, type Endpoint } from "../../../indexer/ingest/endpoint.ts";
import { type Failure, RpcError, WrongChain } from "../../../indexer/ingest/errors.ts";
import { results, type Scripted, startScripted, text } from "./scripted.ts";

async function thrownBy(answer: Promise<unknown>): Promise<Error> {
  try {
    await answer;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It was answered.");
}

describe("one node", () => {
  let server: Scripted;
  let node: Endpoint;
  let ending: AbortController;

  beforeEach(async () => {
    server = await startScripted();
    ending = new AbortController();
    node = open(server.url);
  });
  afterEach(async () => {
    ending.abort();
    await server.close();
  });

  const open = (url: string) =>
    createEndpoint({ node: { url }, chainId: 31337, timeout: 2_000, signal: ending.signal });

  const failure = async (answer: Promise<unknown>): Promise<RpcError> => {
    const error = await thrownBy(answer);
    expect(error).to.be.instanceOf(RpcError);
    return error as RpcError;
  };

  async function refuses(kind: Failure, message: RegExp): Promise<void> {
    const error = await failure(node.call("eth_x", []));
    expect(error.message).to.match(message);
    expect(error.kind).to.equal(kind);
  }

  it("refuses a node of another chain, and asks it again the next time", async () => {
    server.chainId = 6;
    const error = await failure(node.call("eth_x", []));
    expect(error).to.be.instanceOf(WrongChain);
    expect(error.message).to.match(
      /^The node at 127\.0\.0\.1:\d+ is on chain 6, but the deployment is on chain 31337\.$/,
    );
    expect(server.asked).to.deep.equal([]);
    server.chainId = 31337;
    expect(await node.call("eth_x", [])).to.equal("0x1");
  });

  it("refuses to wait for a node that is not there", async () => {
    await server.close();
    await refuses("unreachable", /^The node at 127\.0\.0\.1:\d+ can't be reached: .*ECONNREFUSED.*\.$/);
    const named = open(server.url.replace("127.0.0.1", "localhost"));
    expect((await failure(named.call("eth_x", []))).message).to.match(/^The node at localhost:\d+ .*ECONNREFUSED/);
  });

  it("refuses a connection that breaks before the answer or within it", async () => {
    server.reply = (response) => response.destroy();
    await refuses("unreachable", /can't be reached: socket hang up\.$/);
    server.reply = (response) => {
      response.writeHead(200, { "content-length": "100" }).write('{"result":');
      setTimeout(() => response.destroy(), 20);
    };
    await refuses("unreachable", /can't be reached: aborted\.$/);
  });

  it("refuses an answer that doesn't come in time, or not whole", async () => {
    server.reply = () => {};
    await refuses("timeout", /did not answer eth_x within 2000 ms\.$/);
    server.reply = (response) => response.write('{"jsonrpc":"2.0",');
    await refuses("timeout", /did not answer eth_x within 2000 ms\.$/);
  });

  it("refuses a status of failure, but reads the error in its body", async () => {
    server.reply = text("out of order", 503);
    await refuses("status", /answered eth_x with status 503\.$/);
    server.reply = text("", 301, { location: "https://elsewhere.example" });
    await refuses("status", /answered eth_x with status 301\.$/);
    server.reply = text("Bad Request", 400);
    await refuses("refused", /answered eth_x with status 400\.$/);
    server.reply = text('{"message":"no such plan"}', 403);
    await refuses("refused", /answered eth_x with status 403\.$/);
    server.reply = text('{"error":{"message":"no such thing"}}', 400);
    await refuses("refused", /refused eth_x: "no such thing"\.$/);
  });

  it("doesn't ask a node that asks for a long rest", async () => {
    for (const [asked, rest] of [
      ["60", 60_000],
      [new Date(Date.now() + 60_000).toUTCString(), 60_000],
      ["99999999", 300_000],
    ] as const) {
      node = open(server.url);
      server.asked = [];
      server.reply = text("slow down", 429, { "retry-after": asked });
      await refuses("rate-limited", /^The node at 127\.0\.0\.1:\d+ may not be asked for another \d+ s\.$/);
      server.reply = results(() => "0x1");
      await refuses("rate-limited", /may not be asked for another \d+ s\.$/);
      expect(server.asked).to.have.lengthOf(1);
      expect(node.rest()).to.be.within(rest - 10_000, rest);
    }
  });

  it("waits for a short rest, or one that is not named", async () => {
    for (const [headers, least] of [
      [{ "retry-after": "1" }, 990],
      ...["", "soon", "-1"].map((it) => [{ "retry-after": it }, 0]),
    ] as const) {
      node = open(server.url);
      server.asked = [];
      server.reply = (response, calls, sent) => {
        server.reply = results(() => "0x2");
        text("slow down", 429, headers as Record<string, string>)(response, calls, sent);
      };
      const start = performance.now();
      expect(await node.call("eth_x", [])).to.equal("0x2");
      expect(performance.now() - start).to.be.at.least(least as number);
      expect(server.asked).to.have.lengthOf(2);
    }
  });

  it("takes one call that is refused as too many, again and again while others are answered, for refused", async () => {
    server.reply = (response, calls, headers) =>
      calls[0]?.method === "eth_y"
        ? text('{"error":{"code":-32005,"message":"limit exceeded"}}')(response, calls, headers)
        : results(() => "0x1")(response, calls, headers);
    let failed: Error | undefined;
    const other = thrownBy(node.call("eth_y", [])).then((error) => (failed = error));
    while (!failed) await node.call("eth_x", []);
    expect((await other).message).to.match(/refused eth_y: "limit exceeded"\.$/);
    expect((failed as RpcError).kind).to.equal("refused");
  });

  it("refuses what is no JSON-RPC", async () => {
    for (const body of ["", "<html>", '{"result":"0x1"', "[", '{"result":"0x1"}}']) {
      server.reply = text(body);
      await refuses("malformed", new RegExp(`answered eth_x with ${body.length} characters that are not JSON`));
    }
    for (const body of ["null", "1", '"0x1"', "[]", "{}", '{"error":null}']) {
      server.reply = text(body);
      await refuses("malformed", /answered eth_x (?:with (?:null|1|"0x1")|without a result)\.$/);
    }
  });

  it("refuses an error that comes with status 200", async () => {
    server.reply = text(
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"query returned more than 10000 results"}}',
    );
    await refuses("too-large", /refused eth_x: "query returned more than 10000 results"\.$/);
    server.reply = text('{"error":"why not"}');
    await refuses("refused", /refused eth_x: "why not"\.$/);
  });

  describe("with secrets", () => {
    const secrets = ["a user", "pass word", "path-key", "query-key", "header-key"];
    const access = () => ({
      url: `${server.url}/v3/path-key?key=query-key`.replace("//", "//a%20user:pass%20word@"),
      headers: { "x-api-key": "header-key" },
    });
    const openWith = () => createEndpoint({ node: access(), chainId: 31337, timeout: 2_000, signal: ending.signal });

    it("tells them by itself in no error, and takes them out of what the node said", async () => {
      for (const reply of [text("x", 500), text("x"), text("1"), () => {}]) {
        server.reply = reply;
        const { message } = await failure(openWith().call("eth_x", []));
        for (const secret of secrets) expect(message).to.not.include(secret);
      }
      await server.close();
      const { message } = await failure(openWith().call("eth_x", []));
      for (const secret of secrets) expect(message).to.not.include(secret);
      expect(openWith().redact(`no ${secrets.join(", ")}!`)).to.equal("no …, …, …, …, …!");
    });

    it("sends the headers, and user and password as basic authorization", async () => {
      let sent: Record<string, unknown> = {};
      server.reply = (response, calls, headers) => {
        sent = headers;
        results(() => "0x1")(response, calls, headers);
      };
      await openWith().call("eth_x", []);
      expect(sent["x-api-key"]).to.equal("header-key");
      expect(sent.authorization).to.equal(`Basic ${btoa("a user:pass word")}`);
    });
  });

  it("stops waiting when its signal aborts", async () => {
    await node.call("eth_x", []);
    server.reply = () => {};
    const stop = new AbortController();
    const stopped = thrownBy(node.call("eth_x", [], stop.signal));
    stop.abort(new Error("stop"));
    expect((await stopped).message).to.equal("stop");
    const ended = thrownBy(node.batch("eth_x", [[], []]));
    ending.abort(new Error("end"));
    expect((await ended).message).to.equal("end");
  });

  it("asks again when the node closes a connection that was kept", async () => {
    await node.call("eth_x", []);
    server.reply = (response) => {
      server.reply = results(() => "0x2");
      response.destroy();
    };
    expect(await node.call("eth_x", [])).to.equal("0x2");
  });

  it("reads an answer that is zipped, and refuses one that is broken", async () => {
    const zipped = gzipSync('{"result":"0x2"}');
    server.reply = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(zipped);
    expect(await node.call("eth_x", [])).to.equal("0x2");
    server.reply = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(zipped.subarray(0, -9));
    await refuses("unreachable", /can't be reached: unexpected end of file\.$/);
  });

  describe("asked many things at once", () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => [i]);
    const echo = results(({ params }) => params[0]);
    const all = (count: number) => numbers(count).map(([n]) => n);
    const shuffled = (answers: unknown[]) => text(JSON.stringify(answers));

    it("refuses answers that lack one, or have one twice or too many", async () => {
      const answer = (id: unknown) => ({ id, result: id });
      const wrong = [[], [answer(0)], [answer(0), answer(0)], [answer(0), answer(1), answer(1)], [null, answer(1)]];
      for (const answers of [...wrong, [answer("0"), answer(1)], [{ result: 0 }, { result: 1 }]]) {
        // Each call alone is refused too.
        server.reply = (response, calls) =>
          calls.length > 1 ? shuffled(answers)(response, calls, {}) : text("no", 500)(response, calls, {});
        expect((await failure(open(server.url).batch("eth_x", numbers(2)))).kind).to.equal("status");
        expect(server.asked.at(-2)).to.have.lengthOf(2);
      }
    });

    it("refuses all when one is refused by itself, too", async () => {
      server.reply = (response, calls) => {
        const answers = calls.map(({ id, params }) =>
          params[0] === 2 ? { id, error: { message: "not this one" } } : { id, result: params[0] },
        );
        response.end(JSON.stringify(answers.length > 1 ? answers : answers[0]));
      };
      expect((await failure(node.batch("eth_x", numbers(5)))).message).to.match(/refused eth_x: "not this one"\.$/);
    });

    it("gives the results in the order of the calls, in whatever order they come", async () => {
      server.reply = (response, calls) =>
        response.end(JSON.stringify(calls.map(({ id, params }) => ({ id, result: params[0] })).reverse()));
      expect(await node.batch("eth_x", numbers(100))).to.deep.equal(all(100));
      expect(server.asked).to.have.lengthOf(1);
      expect(await node.batch("eth_x", [])).to.deep.equal([]);
    });

    it("asks for as many at once as the node puts up with, one if need be", async () => {
      for (const most of [1, 10]) {
        server.asked = [];
        server.reply = (response, calls) =>
          calls.length > most ? text('{"error":"too many"}')(response, calls, {}) : echo(response, calls, {});
        expect(await node.batch("eth_x", numbers(150))).to.deep.equal(all(150));
        expect(server.asked.filter(({ length }) => length > most).length).to.be.below(20);
      }
      server.asked = [];
      server.reply = echo;
      for (let i = 0; i < 20; i++) expect(await node.batch("eth_x", numbers(200))).to.deep.equal(all(200));
      expect(server.asked.at(-1)).to.have.lengthOf(100);
    });

    it("doesn't try fewer when the node hangs or asks for a rest", async () => {
      server.reply = () => {};
      expect((await failure(node.batch("eth_x", numbers(64)))).kind).to.equal("timeout");
      server.reply = (response, calls, headers) => {
        server.reply = echo;
        text("slow down", 429)(response, calls, headers);
      };
      expect(await node.batch("eth_x", numbers(64))).to.deep.equal(all(64));
      expect(server.asked.map(({ length }) => length)).to.deep.equal([64, 32, 32, 32]);
    });

    it("asks again only for the calls that were refused as too many", async () => {
      const refused = { code: -32005, message: "request rate exceeded" };
      server.reply = (response, calls) => {
        server.reply = echo;
        const answers = calls.map(({ id, params }) =>
          id % 3 === 0 ? { id, error: refused } : { id, result: params[0] },
        );
        response.end(JSON.stringify(answers));
      };
      expect(await node.batch("eth_x", numbers(9))).to.deep.equal(all(9));
      const [first, ...again] = server.asked;
      expect(first).to.have.lengthOf(9);
      expect(again.flat().map(({ params }) => params[0])).to.deep.equal([0, 3, 6]);
    });

    it("keeps what was answered beside a call that fails", async () => {
      server.reply = (response, calls) => {
        const most = 10;
        const answers = calls.map(({ id, params }, i) =>
          i < most ? { id, result: params[0] } : { id, error: { code: -32000, message: "batch limit exceeded" } },
        );
        response.end(JSON.stringify(answers.length > 1 ? answers : answers[0]));
      };
      expect(await node.batch("eth_x", numbers(40))).to.deep.equal(all(40));
      const asked = server.asked.flat().map(({ params }) => params[0]);
      expect(asked.filter((number) => (number as number) < 10)).to.have.lengthOf(10);
    });
  });
});
