import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { createTestClient, type Hex, http, keccak256, publicActions, stringToHex, toHex, walletActions } from "viem";
import { startIndexer } from "../../indexer/main.ts";
import { deploy } from "../../scripts/deploy.ts";
import { modelRegistryAbi } from "../../sdk/abi.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { encodeLayout } from "../../sdk/layouts.ts";
import type { ModelsPage } from "../../sdk/wire.ts";
import { accountOf } from "../participant/chain.ts";
import { dumpFile, scratch, until, untilReady } from "./running.ts";

const layout = toHex(
  encodeLayout({
    widths: [],
    input: { name: "x", dtype: 3, dims: [4] },
    output: { name: "y", dtype: 2, dims: [2] },
  }),
);

describe("a reorganisation, on anvil", () => {
  let anvil: ChildProcess;
  let rpcUrl: string;
  let deployment: Deployment;
  let files: ReturnType<typeof scratch>;

  before(async () => {
    files = scratch();
    // SIGTERM: npm's launcher hands it on to the node, which a SIGKILL would leave behind.
    anvil = spawn(join(import.meta.dirname, "../../node_modules/.bin/anvil"), ["--port", "0"]);
    for await (const line of createInterface({ input: anvil.stdout as NonNullable<typeof anvil.stdout> })) {
      const listening = /^Listening on (.*)$/.exec(line);
      if (!listening) continue;
      rpcUrl = `http://${listening[1]}`;
      break;
    }
    anvil.stdout?.resume();
    await chain().setBalance({ address: accountOf(0).address, value: 10n ** 21n });
    const report = () => undefined;
    deployment = await deploy({ rpcUrl, account: accountOf(0), report, pollMs: 20 });
  });
  after(async () => {
    anvil.kill("SIGTERM");
    await once(anvil, "close");
    files.remove();
  });

  const chain = () =>
    createTestClient({ mode: "anvil", transport: http(rpcUrl), account: accountOf(0) })
      .extend(publicActions)
      .extend(walletActions);

  async function publish(name: string): Promise<void> {
    const hash: Hex = await chain().writeContract({
      ...{ chain: null, address: deployment.contracts.ModelRegistry.address, abi: modelRegistryAbi },
      functionName: "publish",
      args: [
        {
          artifactHash: keccak256(stringToHex(name)),
          runtimeId: keccak256(stringToHex("runtime")),
          ...{ verifyingKeyHash: ZERO_HASH, measurement: ZERO_HASH },
        },
        ...[layout, "0x" as const, name],
      ] as never,
    });
    await chain().waitForTransactionReceipt({ hash });
  }

  const open = (db: string) =>
    startIndexer({ rpcs: [rpcUrl], deployment, db: files.path(db), port: 0, pollInterval: 20, logLevel: "silent" });

  it("is followed, and leaves the rows of a clean sync", async () => {
    const indexer = await open("db");
    const names = async (): Promise<string> => {
      const { items } = (await (await fetch(`${indexer.url}/v1/models`)).json()) as ModelsPage;
      return items?.map(({ uris }) => uris[0]).join(" ") ?? "";
    };
    for (const name of ["one", "two", "three"]) await publish(name);
    await until("three models are indexed", async () => (await names()) === "three two one");
    await chain().request({ method: "anvil_reorg" as never, params: [2, []] as never });
    await until("two of them are undone", async () => (await names()) === "one");
    await publish("four");
    await until("the fork is indexed", async () => (await names()) === "four one");
    const head = Number(await chain().getBlockNumber());
    await untilReady(indexer, head);
    await indexer.close();

    const clean = await open("clean");
    await untilReady(clean, head);
    await clean.close();
    expect(dumpFile(files.path("db"))).to.deep.equal(dumpFile(files.path("clean")));
  });
});
