import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { expect } from "chai";
import { check } from "../../indexer/check.ts";
import { openForWriting } from "../../indexer/open.ts";
import { chainOf, type FakeNode, startNode } from "./node.ts";
import { appendAtOnce, storyOf } from "./opened.ts";
import { choices, dumpFile, scratch, start, until, untilReady } from "./running.ts";
import { chaptersOf, deployment } from "./story.ts";

/** Tells on file 3 when a listener of SIGTERM comes and goes. */
const TELLING = `data:text/javascript,
  import { writeSync } from "node:fs";
  for (const event of ["newListener", "removeListener"])
    process.on(event, (name) => name === "SIGTERM" && writeSync(3, event));`;

const MAIN = join(import.meta.dirname, "../../indexer/start.js");

describe("the indexer's command", () => {
  let files: ReturnType<typeof scratch>;
  let node: FakeNode;
  let children: ChildProcess[];

  beforeEach(async () => {
    files = scratch();
    children = [];
    writeFileSync(files.path("deployment.json"), JSON.stringify(deployment));
    node = await startNode(chainOf(chaptersOf(choices(120, 5))));
    node.finalized = 60;
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    await node.close();
    files.remove();
  });

  function launch(args: readonly string[]): {
    child: ChildProcess;
    output: () => string;
    /** What {@link TELLING} told. */
    told: () => string;
    ended: Promise<number | null>;
  } {
    const child = spawn(process.execPath, ["--import", TELLING, MAIN, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    children.push(child);
    let [output, told] = ["", ""];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
    child.stdio[3]?.on("data", (text) => (told += text));
    return {
      child,
      output: () => output,
      told: () => told,
      ended: once(child, "close").then(([code]) => code as number | null),
    };
  }
  const args = () => [
    ...["--rpc", node.url, "--deployment", files.path("deployment.json"), "--db", files.path("db")],
    ...["--port", "0", "--finality", "8"],
  ];

  const wrong: Record<string, [string[], RegExp]> = {
    "no node": [["--db", "x"], /^--rpc is missing/],
    "a node's URL that is none": [["--rpc", "localhost:8545"], /^"localhost:8545" is not an http or https URL\./],
    "an unknown option": [["--fast"], /^Unknown option '--fast'/],
    "no deployment": [["--rpc", "http://127.0.0.1:1"], /^--deployment is missing/],
    "a deployment that isn't there": [
      ["--rpc", "http://127.0.0.1:1", "--db", "x", "--deployment", "nowhere.json"],
      /^The deployment nowhere\.json can't be read: ENOENT/,
    ],
  };
  for (const [name, [given, message]] of Object.entries(wrong))
    it(`refuses ${name}`, async () => {
      const { output, ended } = launch(given);
      expect(await ended).to.equal(2);
      expect(output()).to.match(message);
    });

  for (const [option, value, message] of [
    ["--prefix", "board", /^--prefix is "board"; a path is asked that begins with a slash and doesn't end with one\./],
    ["--prefix", "/board/", /^--prefix is "\/board\/"/],
    ["--prefix", "/a/../b", /^--prefix is "\/a\/\.\.\/b"/],
    ["--trust-proxy", "proxy", /^--trust-proxy is wrong: "proxy" is no network/],
  ] as const)
    it(`refuses ${option} ${value}`, async () => {
      const { output, ended } = launch([...args(), option, value]);
      expect(await ended).to.equal(2);
      expect(output()).to.match(message);
    });

  it("listens where it is told, and says so", async () => {
    const { child, output, ended } = launch([
      ...args(),
      "--host",
      "::1",
      "--prefix",
      "/board",
      "--trust-proxy",
      "::1/128",
    ]);
    const url = await until("it listens", () => /Indexer at (http:\/\/\[::1\]:\d+\/board)\n/.exec(output())?.[1]);
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
  });

  it("refuses a port that is no number", async () => {
    const { output, ended } = launch([...args().slice(0, -4), "--port", "http"]);
    expect(await ended).to.equal(2);
    expect(output()).to.match(/^--port is "http"; a whole number up to 65535 is asked\./);
  });

  it("refuses a port that is taken, and names it", async () => {
    const port = new URL(node.url).port;
    const { output, ended } = launch([...args(), "--port", port]);
    expect(await ended).to.equal(1);
    expect(output()).to.match(new RegExp(`Port ${port} is taken\\.\n$`));
  });

  it("shows how it is used", async () => {
    const { output, ended } = launch(["--help"]);
    expect(await ended).to.equal(0);
    expect(output()).to.match(/^usage: indexer --rpc URL/);
  });

  it("starts without loading viem, or what only PostgreSQL or the OpenAPI document needs, which take long to load", async () => {
    const program = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../indexer/command.ts")))});
      console.log(JSON.stringify(loaded));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const loaded = JSON.parse(await text(child.stdout)) as string[];
    expect(loaded.some((url) => url.endsWith("/indexer/command.ts"))).to.equal(true);
    expect(
      loaded.filter((url) => /\/node_modules\/(viem|pg|pg-copy-streams|@fastify\/swagger)\//.test(url)),
    ).to.deep.equal([]);
  });

  it("refuses a rewind that doesn't say how far, or would undo nothing", async () => {
    const database = ["--deployment", files.path("deployment.json"), "--db", files.path("db")];
    const vague = launch(["rewind", ...database]);
    expect(await vague.ended).to.equal(2);
    expect(vague.output()).to.match(/^--to is missing/);
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await untilReady(first, node.blocks.length - 1);
    await first.close();
    const idle = launch(["rewind", "--to", "500", ...database]);
    expect(await idle.ended).to.equal(1);
    expect(idle.output()).to.match(/ends with block 122: nothing is above block 500\.\n$/);
  });

  it("refuses to write a database that another process writes, until that is killed", async () => {
    const first = launch(args());
    await until("it listens", () => /Indexer at/.test(first.output()));
    const second = launch(args());
    expect(await second.ended).to.equal(1);
    expect(second.output()).to.match(/Another indexer writes the database .*: there can be only one\./);
    const third = launch(["rebuild", "--deployment", files.path("deployment.json"), "--db", files.path("db")]);
    expect(await third.ended).to.equal(1);
    expect(third.output()).to.match(/^Another indexer writes the database/);
    first.child.kill("SIGKILL");
    await first.ended;
    await (await start({ rpcs: [node.url], db: files.path("db") })).close();
  });

  it("refuses a database of another deployment", async () => {
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await first.close();
    writeFileSync(files.path("deployment.json"), JSON.stringify({ ...deployment, startBlock: 3 }));
    const { output, ended } = launch(args());
    expect(await ended).to.equal(1);
    expect(output()).to.match(/is of another deployment on chain 31337: its first block is 2, and not 3\.\n$/);
  });

  it("ends with 1 and a sentence when the node is on another chain", async () => {
    node.chainId = 1;
    const { output, ended } = launch(args());
    expect(await ended).to.equal(1);
    expect(output()).to.match(/is on chain 1, but the deployment is on chain 31337/);
  });

  it("deletes a database of another deployment with --wipe", async () => {
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await first.close();
    writeFileSync(files.path("deployment.json"), JSON.stringify({ ...deployment, startBlock: 3 }));
    const { child, output, ended } = launch([...args(), "--wipe"]);
    await until("it listens", () => /Indexer at/.test(output()));
    expect(output()).to.match(/is of another deployment on chain 31337: .*, and not 3\. It is deleted\./);
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
  });

  it("ends with 3 and says why when nothing succeeds for too long", async () => {
    node.fault = () => "hang";
    const { output, ended } = launch([...args(), "--watchdog", "1"]);
    expect(await ended).to.equal(3);
    expect(output()).to.match(/Stalled: nothing has succeeded for 1 s\./);
  });

  it("rewinds to the highest block that is kept, and reads the same rows again", async () => {
    const last = node.blocks.length - 1;
    const database = ["--deployment", files.path("deployment.json"), "--db", files.path("db")];
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await untilReady(first, last);
    await first.close();
    const before = dumpFile(files.path("db"));
    const { output, ended } = launch(["rewind", "--to", "33", ...database]);
    expect(await ended).to.equal(0);
    expect(output()).to.match(/^The last block is now 3\d\.\n$/);
    const again = await start({ rpcs: [node.url], db: files.path("db") });
    await untilReady(again, last);
    await again.close();
    expect(dumpFile(files.path("db"))).to.deep.equal(before);
  });

  it("rebuilds without a node, and may be killed while it does", async () => {
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await untilReady(first, node.blocks.length - 1);
    await first.close();
    await node.close();
    const before = dumpFile(files.path("db"));
    const rebuild = ["rebuild", "--deployment", files.path("deployment.json"), "--db", files.path("db")];
    for (const patience of [200, 350, 500]) {
      const { child, ended } = launch(rebuild);
      await sleep(patience);
      child.kill("SIGKILL");
      await ended;
      expect(dumpFile(files.path("db"))).to.deep.equal(before);
    }
    const { output, ended } = launch(rebuild);
    expect(await ended).to.equal(0);
    expect(output()).to.match(/^\d+ events are folded anew\.\n$/);
    expect(dumpFile(files.path("db"))).to.deep.equal(before);
    node = await startNode(node.blocks);
  });

  it("says where it listens and ends with 0 on a signal", async () => {
    const { child, output, ended } = launch(args());
    await until("it listens", () => /Indexer at http:\/\/127\.0\.0\.1:\d+\n/.test(output()));
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
    expect(output()).to.match(/\nStopped\.\n$/);
  });

  it("ends with 0 on a signal at any moment of its first second, and the file is whole and free", async () => {
    for (const moment of [0, 30, 60, 100, 150, 200, 300, 400, 600, 900]) {
      const { child, output, told, ended } = launch(args());
      await until("it listens to signals", () => told() === "newListener");
      await sleep(moment);
      child.kill("SIGTERM");
      expect(await ended, `after ${moment} ms`).to.equal(0);
      expect(output(), `after ${moment} ms`).to.match(/^(\{.*\}\n|Indexer at \S+\n)*Stopped\.\n$/);
    }
    const opened = openForWriting(files.path("db"), deployment);
    opened.close();
    expect(check({ deployment, db: files.path("db") }).wrong).to.deep.equal([]);
  });

  it("ends with 0 on a signal while it upgrades a database, which stays of its version", async () => {
    const { first, blocks } = storyOf(choices(1_500, 3));
    const { writer, close } = openForWriting(files.path("db"), deployment);
    writer.start(first);
    appendAtOnce(writer, blocks, blocks.length);
    writer.complete();
    close();
    rmSync(files.path("db-lock"));
    const old = new Database(files.path("db"));
    old.exec("DROP TABLE writer; PRAGMA user_version = 7");
    old.close();
    const { child, output, ended } = launch(args());
    await until("it upgrades", () => existsSync(files.path("db-lock")));
    child.kill("SIGTERM");
    expect([await ended, child.signalCode, output()]).to.deep.equal([0, null, "Stopped.\n"]);
    const stayed = new Database(files.path("db"));
    expect(stayed.pragma("user_version", { simple: true })).to.equal(7);
    stayed.close();
    openForWriting(files.path("db"), deployment).close();
    expect(check({ deployment, db: files.path("db") }).wrong).to.deep.equal([]);
  });

  it("ends at once on a second signal, though a client keeps it from ending", async () => {
    const { child, output, told, ended } = launch(args());
    await until("it listens", () => /Indexer at/.test(output()));
    const client = connect(Number(/:(\d+)\n/.exec(output())?.[1]), "127.0.0.1");
    client.write("GET /healthz HTTP/1.1\r\nhost: half");
    client.on("error", () => {});
    await sleep(200);
    child.kill("SIGTERM");
    await until("it leaves signals to the system", () => told().endsWith("removeListener"));
    child.kill("SIGTERM");
    await ended;
    expect(child.signalCode).to.equal("SIGTERM");
    client.destroy();
  });

  it("is killed at any moment and resumes to the rows of a clean sync", async () => {
    const last = node.blocks.length - 1;
    for (const requests of [3, 9, 20, 30, 40]) {
      const { child, ended } = launch(args());
      const asked = node.requests.length;
      await until(`it has asked ${requests} times`, () => node.requests.length >= asked + requests);
      child.kill("SIGKILL");
      await ended;
    }
    const resumed = await start({ rpcs: [node.url], db: files.path("db") });
    await untilReady(resumed, last);
    await resumed.close();
    const clean = await start({ rpcs: [node.url], db: files.path("clean") });
    await untilReady(clean, last);
    await clean.close();
    expect(dumpFile(files.path("db"))).to.deep.equal(dumpFile(files.path("clean")));
  });
});
