import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { chainOf, type FakeNode, startNode } from "./node.ts";
import { choices, dumpFile, scratch, start, until, untilReady } from "./running.ts";
import { deployment, tell } from "./story.ts";

const MAIN = join(import.meta.dirname, "../../indexer/main.ts");

describe("the indexer's command", () => {
  let files: ReturnType<typeof scratch>;
  let node: FakeNode;
  let children: ChildProcess[];

  beforeEach(async () => {
    files = scratch();
    children = [];
    writeFileSync(files.path("deployment.json"), JSON.stringify(deployment));
    node = await startNode(chainOf(tell(choices(120, 5))));
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
    ended: Promise<number | null>;
  } {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
    return { child, output: () => output, ended: once(child, "close").then(([code]) => code as number | null) };
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

  it("tells how it is used", async () => {
    const { output, ended } = launch(["--help"]);
    expect(await ended).to.equal(0);
    expect(output()).to.match(/^usage: indexer --rpc URL/);
  });

  it("refuses a database of another deployment", async () => {
    const first = await start({ rpcs: [node.url], db: files.path("db") });
    await first.close();
    writeFileSync(files.path("deployment.json"), JSON.stringify({ ...deployment, startBlock: 3 }));
    const { output, ended } = launch(args());
    expect(await ended).to.equal(1);
    expect(output()).to.match(/is of another deployment on chain 31337\.\n$/);
  });

  it("ends with 1 and a sentence when the node is on another chain", async () => {
    node.chainId = 1;
    const { output, ended } = launch(args());
    expect(await ended).to.equal(1);
    expect(output()).to.match(/is on chain 1, but the deployment is on chain 31337/);
  });

  it("says where it listens and ends with 0 when told to", async () => {
    const { child, output, ended } = launch(args());
    await until("it listens", () => /Indexer at http:\/\/127\.0\.0\.1:\d+\n/.test(output()));
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
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
