import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { scratch } from "../indexer/running.ts";
import { deployment } from "../indexer/story.ts";

const inside = (path: string): string => join(import.meta.dirname, "../..", path);
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Every process, where the environment names a proxy; names under `.test` are known to the proxy alone. */
describe("a proxy from the environment", () => {
  let api: Server;
  let proxy: Server;
  let asked: string[];
  before(async () => {
    const asOf = { blockNumber: 7, blockHash: `0x${"11".repeat(32)}`, timestamp: 1 };
    const answers: Record<string, object> = {
      "/v1/seasons/1/standings": { asOf, items: [], next: null, total: 0 },
      "/v1/deployment": { ...deployment, rpcUrl: "http://node.test" },
    };
    api = createServer((incoming, response) => {
      const { method, url = "" } = incoming;
      incoming.resume();
      // A node's answer, of another chain than the deployment's.
      if (method === "POST") return response.end('{"jsonrpc":"2.0","id":1,"result":"0x1"}');
      const answer = answers[url.split("?")[0] ?? ""];
      return response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
    });
    // Requests come whole, or as a tunnel: both go to the API, whatever host they name.
    proxy = createServer((incoming, response) => {
      asked.push(new URL(incoming.url ?? "").hostname);
      const { pathname } = new URL(incoming.url ?? "");
      const passed = request({ port: portOf(api), path: pathname, method: incoming.method }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(passed);
    });
    proxy.on("connect", ({ url = "" }, socket: Socket) => {
      asked.push(url.replace(/:\d+$/, ""));
      const there = connect(portOf(api), "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      there.on("error", () => socket.destroy());
      socket.on("error", () => there.destroy()).on("close", () => there.destroy());
      socket.pipe(there).pipe(socket);
    });
    for (const server of [api, proxy]) await once(server.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    for (const server of [api, proxy]) server.close().closeAllConnections();
  });
  beforeEach(() => {
    asked = [];
  });

  async function run(program: string, args: string[], env: object) {
    const child: ChildProcess = spawn(process.execPath, [inside(program), ...args], {
      // Its own environment, but for what tests may be run behind.
      env: { PATH: process.env.PATH, NODE_USE_ENV_PROXY: "", ...env } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (text += data));
    const [code] = (await once(child, "close")) as [number];
    return { code, text };
  }
  const proxied = () => ({ HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
  const rank = (url: string, env: object) => run("cli/start.js", ["rank", "1", "--api", url], env);

  it("refuses a proxy that is none", async () => {
    for (const program of ["cli/start.js", "indexer/start.js"])
      expect(await run(program, ["--help"], { HTTP_PROXY: "nonsense" })).to.deep.equal({
        code: 2,
        text: "HTTP_PROXY or HTTPS_PROXY is no proxy's URL, as in http://127.0.0.1:3128.\n",
      });
  });

  it("is used by the command, with and without Node's own switch", async () => {
    for (const own of ["", "1"]) {
      const { code, text } = await rank("http://board.test", { ...proxied(), NODE_USE_ENV_PROXY: own });
      expect(text).to.contain("No points have been awarded yet.");
      expect(code).to.equal(0);
    }
    expect(asked).to.deep.equal(["board.test", "board.test"]);
  });

  it("is used by participants, for their node too", async () => {
    const key = { PROOFBOARD_PRIVATE_KEY: `0x${"11".repeat(32)}` };
    const { text } = await run("cli/start.js", ["work", "1", "--once", "--api", "http://board.test"], {
      ...{ ...proxied(), ...key },
    });
    expect(asked.slice(0, 2), text).to.deep.equal(["board.test", "node.test"]);
  });

  it("isn't used for this machine, nor for what NO_PROXY names", async () => {
    const here = `http://127.0.0.1:${portOf(api)}`;
    for (const own of ["", "1"]) expect((await rank(here, { ...proxied(), NODE_USE_ENV_PROXY: own })).code).to.equal(0);
    const { code, text } = await rank("http://board.test", { ...proxied(), NO_PROXY: "board.test" });
    expect({ code, text }).to.deep.equal({ code: 1, text: "The API at http://board.test can't be reached.\n" });
    expect(asked).to.deep.equal([]);
  });

  it("is used by the indexer, for nodes and for sources of content", async () => {
    const files = scratch();
    const file = files.path("deployment.json");
    writeFileSync(file, JSON.stringify(deployment));
    const node = ["--rpc", "http://node.test", "--deployment", file, "--db", files.path("db"), "--port", "0"];
    const { text } = await run("indexer/start.js", node, proxied());
    expect(new Set(asked), text).to.deep.equal(new Set(["node.test"]));
    files.remove();

    const fetching = `await fetch("http://source.test/v1/deployment").then((r) => r.json())`;
    const script = `import ${JSON.stringify(inside("prepare-node.js"))}; ${fetching}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      env: { PATH: process.env.PATH, ...proxied() } as NodeJS.ProcessEnv,
    });
    expect(await once(child, "close")).to.deep.equal([0, null]);
    expect(asked.at(-1)).to.equal("source.test");
  });
});
