import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Address, createTestClient, type Hex, http, numberToHex, parseEther } from "viem";
import { followHeads } from "../../participant/heads.ts";
import { createSender } from "../../participant/sender.ts";
import { deploy, writeDeployment } from "../../scripts/deploy.ts";
import { methodDeployments } from "../../scripts/methods/index.ts";
import { beaconAbi, coverAbi, inferenceRequestsAbi, rewardsAbi, standingsAbi } from "../../sdk/abi.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, checkDeployment, connect, contractOf } from "../../sdk/client.ts";
import { type Deployment, parseDeployment } from "../../sdk/deployment.ts";
import { encodeHeader } from "../../sdk/headers.ts";
import { knownMethods, methods } from "../../sdk/methods/index.ts";
import { accountOf } from "../participant/chain.ts";
import { refusal } from "../participant/refusal.ts";

const script = join(import.meta.dirname, "../../scripts/deploy.ts");

/** Runs the command; returns its exit code and what it output. */
async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output.push(String(data)));
  const [code] = (await once(child, "close")) as [number];
  return { code, output: output.join("") };
}

describe("deploy", () => {
  let anvil: ChildProcess;
  let rpcUrl: string;
  let deployment: Deployment;
  let client: Client;
  const ending = new AbortController();
  const report = () => {};
  before(async () => {
    // Another node than Hardhat's: deploying and decoding must not depend on one.
    const program = fileURLToPath(import.meta.resolve("@foundry-rs/anvil/bin.mjs"));
    anvil = spawn(process.execPath, [program, "--port", "0", "--chain-id", "4242"]);
    for await (const line of createInterface({ input: anvil.stdout as NodeJS.ReadableStream })) {
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      rpcUrl = `http://127.0.0.1:${port}`;
      break;
    }
    const chain = createTestClient({ mode: "anvil", transport: http(rpcUrl) });
    for (const n of [0, 1]) await chain.setBalance({ address: accountOf(n).address, value: parseEther("100") });
    deployment = await deploy({ rpcUrl, account: accountOf(0), report, pollMs: 20 });
    client = connect(deployment, rpcUrl);
  });
  after(async () => {
    ending.abort();
    anvil.kill();
    await once(anvil, "exit");
  });

  it("refuses to run without an RPC or a key, or against an RPC that isn't there", async () => {
    expect(await run([])).to.deep.include({ code: 1 });
    const noKey = await run(["--rpc", rpcUrl], { PROOFBOARD_PRIVATE_KEY: "" });
    expect(noKey.code).to.equal(1);
    expect(noKey.output).to.contain("There is no key");
    const key = `0x${"1".padStart(64, "0")}`;
    const unreachable = await run(["--rpc", "http://127.0.0.1:1"], { PROOFBOARD_PRIVATE_KEY: key });
    expect(unreachable).to.deep.equal({ code: 1, output: "The RPC at http://127.0.0.1:1 can't be reached.\n" });
  });

  it("refuses an account without money", async () => {
    expect(await refusal(deploy({ rpcUrl, account: accountOf(7), report }))).to.contain(
      `Account ${accountOf(7).address} has 0 ETH, too little for "deploy AccessManager": `,
    );
  });

  it("refuses a method that the registry gives another number than its own", async () => {
    Object.assign(methods, { toy: { ...methods.quorum, id: 9 } });
    Object.assign(methodDeployments, { toy: methodDeployments.quorum });
    try {
      expect(await refusal(deploy({ rpcUrl, account: accountOf(1), report }))).to.equal(
        `The registry made Quorum method ${knownMethods().length}; its number is 9.`,
      );
      Reflect.deleteProperty(methodDeployments, "toy");
      expect(await refusal(deploy({ rpcUrl, account: accountOf(1), report }))).to.equal(
        "Nobody registered how Quorum is deployed.",
      );
    } finally {
      Reflect.deleteProperty(methods, "toy");
      Reflect.deleteProperty(methodDeployments, "toy");
    }
  });

  it("lets nobody but the organiser draft seasons", async () => {
    const heads = await followHeads(client.rpc, { signal: ending.signal, report, pollMs: 20 });
    const draft = callOf({ ...client.contracts.campaign, functionName: "draft", args: [1, 2, 3, 4n] });
    const stranger = createSender(client.rpc, deployment.chainId, heads, accountOf(1));
    expect(await refusal(stranger.send(draft))).to.equal(
      `draft was refused: AccessManagedUnauthorized(caller: ${accountOf(1).address}).`,
    );
    const organiser = createSender(client.rpc, deployment.chainId, heads, accountOf(0));
    expect((await organiser.send(draft)).status).to.equal("success");
  });

  it("makes Quorum method 1, with the parameters for a public network", async () => {
    const { attestationRegistry, campaign } = client.contracts;
    const quorum = contractOf(client, methods.quorum);
    const { rpc } = client;
    expect(await rpc.readContract({ ...attestationRegistry, functionName: "methodAt", args: [1] })).to.equal(
      quorum.address,
    );
    expect(await rpc.readContract({ ...campaign, functionName: "closingMargin" })).to.equal(86_400n);
    expect(await rpc.readContract({ ...quorum, functionName: "parameters" })).to.deep.equal(
      methodDeployments.quorum.production,
    );
  });

  it("makes FraudProof method 2, with the parameters for a public network", async () => {
    const { attestationRegistry } = client.contracts;
    const fraudProof = contractOf(client, methods.fraudProof);
    const { rpc } = client;
    expect(await rpc.readContract({ ...attestationRegistry, functionName: "methodAt", args: [2] })).to.equal(
      fraudProof.address,
    );
    expect({
      window: await rpc.readContract({ ...fraudProof, functionName: "window" }),
      bondPerAttestation: await rpc.readContract({ ...fraudProof, functionName: "bondPerAttestation" }),
      bondPerUnit: await rpc.readContract({ ...fraudProof, functionName: "bondPerUnit" }),
    }).to.deep.equal(methodDeployments.fraudProof.production);
    expect(await rpc.readContract({ ...fraudProof, functionName: "longest" })).to.equal(86_400n);
  });

  it("gives Standings the campaign, and Rewards and Badges their Standings", async () => {
    const { Standings, Rewards, Badges } = deployment.contracts as Record<string, { address: Address }>;
    const { rpc } = client;
    const { campaign } = client.contracts;
    const standings = { address: Standings?.address as Address, abi: standingsAbi };
    expect(await rpc.readContract({ ...standings, functionName: "campaign" })).to.equal(campaign.address);
    for (const contract of [Rewards, Badges]) {
      const served = { address: contract?.address as Address, abi: rewardsAbi, functionName: "standings" } as const;
      expect(await rpc.readContract(served)).to.equal(standings.address);
    }
  });

  it("gives Cover and the adapters the registry, and requests their cover and the production floor", async () => {
    const { rpc, contracts } = client;
    const at = (name: string) => deployment.contracts[name]?.address as Address;
    for (const name of ["Cover", "InferenceRequests", "ERC8183Evaluator", "ERC8004Validator"]) {
      const registry = await rpc.readContract({ address: at(name), abi: coverAbi, functionName: "registry" });
      expect(registry, name).to.equal(contracts.attestationRegistry.address);
    }
    const requests = { address: at("InferenceRequests"), abi: inferenceRequestsAbi } as const;
    expect(await rpc.readContract({ ...requests, functionName: "cover" })).to.equal(at("Cover"));
    expect(await rpc.readContract({ ...requests, functionName: "depositFloor" })).to.equal(parseEther("0.005"));
  });

  it("gives Quorum the beacon of the chain's RANDAO, and FraudProof, which is there before it", async () => {
    const { rpc } = client;
    const quorum = contractOf(client, methods.quorum);
    const address = await rpc.readContract({ ...quorum, functionName: "beacon" });
    expect(address).to.equal(deployment.contracts.RandaoBeacon?.address);
    const number = await rpc.getBlockNumber({ cacheTime: 0 });
    const block = await rpc.request({ method: "eth_getBlockByNumber", params: [numberToHex(number - 1n), false] });
    if (block === null) throw new Error("There is no block.");
    const beacon = { address, abi: beaconAbi, functionName: "randomnessOf" } as const;
    const args = [number - 1n, encodeHeader(block)] as const;
    expect(await rpc.readContract({ ...beacon, args })).to.equal(block.mixHash);

    const [fraudProof, first] = await Promise.all(
      [methods.fraudProof, methods.quorum].map(({ name }) => {
        const hash = deployment.contracts[name]?.transactionHash as Hex;
        return rpc.getTransaction({ hash });
      }),
    );
    expect(fraudProof?.nonce).to.be.lessThan(first?.nonce as number);
    // Its longest way is through a shown run, whose window FraudProof sets.
    const { drawWindow, commitWindow, revealWindow, appealWindow } = methodDeployments.quorum.production;
    const { window } = methodDeployments.fraudProof.production;
    expect(await rpc.readContract({ ...quorum, functionName: "longest" })).to.equal(
      BigInt(2 * drawWindow + 3 * (commitWindow + revealWindow) + appealWindow + window),
    );
  });

  it("writes a file by which the contracts are found", async () => {
    const directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    const file = await writeDeployment(deployment, join(directory, "deployments"));
    expect(file).to.equal(join(directory, "deployments/4242.json"));
    const read = parseDeployment(JSON.parse(await readFile(file, "utf8")));
    expect(read).to.deep.equal(deployment);
    await checkDeployment(connect(read, rpcUrl));
    expect(deployment.startBlock).to.equal(1);
    await rm(directory, { recursive: true });
  });
});
