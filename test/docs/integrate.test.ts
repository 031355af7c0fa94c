import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { type Abi, type Address, bytesToHex, encodeDeployData, type Hex, parseEther } from "viem";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createRequestProver } from "../../participant/requests/prover.ts";
import { callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { RevertError } from "../../sdk/errors.ts";
import { ask } from "../../sdk/requests/ask.ts";
import { inferenceRequests } from "../../sdk/requests/contracts.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { answerByHand, wishOf } from "../participant/requests/byHand.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = await readFile(join(ROOT, "docs/integrate.md"), "utf8");

/** The page's example of a name: a code block whose first line is that name as a comment. */
function example(name: string): string {
  const found = new RegExp(`\`\`\`\\w+\\n// ${name.replace(".", "\\.")}\\n([\\s\\S]+?)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`docs/integrate.md has no example ${name}.`);
  return found;
}

const [ASKER, PROVER, OTHER] = [1, 2, 3];

describe("docs/integrate.md", () => {
  let site: Site;
  let indexer: Indexer;
  let folder: string;
  const stop = new AbortController();
  let answering: Promise<void>;
  before(async () => {
    site = await startSite(4);
    await mkdir(join(ROOT, "cache"), { recursive: true });
    folder = await mkdtemp(join(ROOT, "cache", "integrate-"));
    indexer = await startIndexer({
      ...{ rpcs: [site.rpcUrl], publicRpc: site.rpcUrl, deployment: site.deployment, port: 0, pollInterval: 50 },
      ...{ db: join(site.directory, "indexer.sqlite"), logLevel: "silent" },
    });
    while (!(await fetch(`${indexer.url}/readyz`)).ok) await site.follower.heads.next();
    const limits = { minFee: 1n, maxCover: parseEther("1") };
    const prover = createRequestProver({ ...site, sender: site.senderOf(PROVER), ...limits });
    answering = runJobs(site.follower, [prover], { signal: stop.signal, report: site.report });
  });
  after(async () => {
    stop.abort();
    await answering;
    await indexer.close();
    await site.close();
    await rm(folder, { recursive: true });
  });

  /** Runs an example as a program of its own, from the checkout's root, and answers what it printed. */
  async function run(name: string): Promise<string> {
    const file = join(folder, name);
    const text = example(name).replaceAll("./sdk/", "../../sdk/").replaceAll("http://127.0.0.1:4000", indexer.url);
    await writeFile(file, text);
    const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith("PROOFBOARD_"));
    const env = {
      ...Object.fromEntries(inherited),
      ...{ PROOFBOARD_API: indexer.url, PROOFBOARD_RPC: site.rpcUrl },
      PROOFBOARD_PRIVATE_KEY: `0x${(ASKER + 1).toString(16).padStart(64, "0")}`,
    };
    const child = spawn(process.execPath, [file], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  it("keeps its examples short", () => {
    for (const name of ["Reader.sol", "agent.ts", "client.ts", "page.ts"]) {
      const lines = example(name)
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("import"));
      expect(lines.length, name).to.be.at.most(14);
    }
  });

  it("has an agent that asks, pays, waits and prints a covered answer", async () => {
    expect(await run("agent.ts")).to.match(/^covered 0x[0-9a-f]{64} (-?\d+ ){9}-?\d+\n$/);
  });

  it("has an MCP client that asks for a covered answer", async () => {
    const answered = JSON.parse(await run("client.ts")) as { finality: string; answer: { prover: Address } };
    expect(answered.finality).to.equal("covered");
    expect(answered.answer.prover).to.equal(accountOf(PROVER).address);
  });

  it("has a frontend that checks what the API finds", async () => {
    const { blockNumber } = await site
      .senderOf(OTHER)
      .send({ name: "wait", to: accountOf(OTHER).address, data: "0x", value: 0n });
    const caughtUp = async () => {
      const { asOf } = (await (await fetch(`${indexer.url}/v1/requests`)).json()) as { asOf: { blockNumber: number } };
      return BigInt(asOf.blockNumber) >= blockNumber;
    };
    while (!(await caughtUp())) await site.follower.heads.next();
    const lines = (await run("page.ts")).trim().split("\n");
    expect(lines).to.have.lengthOf(2);
    for (const line of lines)
      expect(line)
        .to.match(/^0x[0-9a-f]{64} covered 0x[0-9a-f]{64} 0x/)
        .and.contain(accountOf(ASKER).address);
  });

  it("has a contract that acts on an answer, once, and only for who asked", async () => {
    const { client, senderOf } = site;
    const { abi, bytecode } = compile("Reader");
    const requests = contractOf(client, inferenceRequests).address;
    const data = encodeDeployData({ abi, bytecode, args: [requests] });
    const deployed = await senderOf(OTHER).send({ name: "deploy Reader", to: undefined, data, value: 0n });
    const asked = await ask(client, senderOf(ASKER), { ...wishOf(site, 9), provers: [accountOf(OTHER).address] });
    const { uid, output } = await answerByHand(site, OTHER, asked);
    const act = (n: number, bytes: Uint8Array) => {
      const args = [asked.request, uid, bytesToHex(bytes)];
      return senderOf(n).send(callOf({ address: deployed.contractAddress as Address, abi, functionName: "act", args }));
    };
    for (const refused of [
      act(OTHER, output),
      act(
        ASKER,
        output.map((byte) => byte ^ 1),
      ),
    ])
      expect(await refused.catch((error: unknown) => error)).to.be.instanceOf(RevertError);
    await act(ASKER, output);
    expect(await act(ASKER, output).catch((error: unknown) => error)).to.be.instanceOf(RevertError);
  });
});

interface Compiled {
  abi: Abi;
  evm: { bytecode: { object: string } };
}

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
}

/** Compiles the page's contract with the interfaces of this checkout. */
function compile(name: string): { abi: Abi; bytecode: Hex } {
  const require = createRequire(import.meta.url);
  const solc = require("solc") as Solc;
  const input = {
    language: "Solidity",
    sources: { [`${name}.sol`]: { content: `pragma solidity 0.8.34;\n${example(`${name}.sol`)}` } },
    settings: { evmVersion: "osaka", outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const read = (path: string) => ({ contents: readFileSync(join(ROOT, path), "utf8") });
  const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    errors?: { severity: string; formattedMessage: string }[];
    contracts: Record<string, Record<string, Compiled>>;
  };
  const fatal = errors.filter(({ severity }) => severity === "error").map(({ formattedMessage }) => formattedMessage);
  expect(fatal).to.deep.equal([]);
  const compiled = contracts[`${name}.sol`]?.[name];
  if (compiled === undefined) throw new Error(`solc made no ${name}.`);
  return { abi: compiled.abi, bytecode: `0x${compiled.evm.bytecode.object}` };
}
