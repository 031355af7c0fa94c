import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import type { Page } from "playwright-core";
import { build } from "vite";
import { startIndexer } from "../indexer/main.ts";
import { openModels } from "../inference/models.ts";
import { openHere } from "../inference/opener.ts";
import { readModel } from "../models/read.ts";
import { attestFree } from "../participant/attest.ts";
import { openContent } from "../participant/content.ts";
import { followChain } from "../participant/follow.ts";
import { openJournal } from "../participant/journal.ts";
import { publishModel } from "../participant/publish.ts";
import { loadPinnedRuntime } from "../participant/runtime.ts";
import { createSender } from "../participant/sender.ts";
import { demoAccounts } from "../scripts/demo/accounts.ts";
import { deploy } from "../scripts/deploy.ts";
import { connect } from "../sdk/client.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import { textInput } from "../sdk/text.ts";
import { launchChromium } from "../test/web/browser/chromium.ts";
import type { Measurement } from "./report.ts";

const ROUNDS = 9;
const BEGINNING = "Once, a shy hare called Ada lived near the sea.";

/** Something that a visitor does with the model. */
interface Use {
  name: string;
  path: string;
  button: string;
  /** What there is once it is done. */
  done: string;
  /** What the visitor does before clicking. */
  before(visited: Page): Promise<void>;
}

/**
 * The language model in Chromium, on the built page of an indexer and a chain of this process: how long it takes to check an
 * answer of 64 bytes, from the click to the verdict, with the button pointed at half a second before and not; and to go on with
 * a beginning, from the click to the last byte. The first time of a new visitor, who has nothing of it yet, and the next
 * time. Medians; says on stderr where there is no Chromium.
 */
export async function page(): Promise<Measurement[]> {
  const browser = await launchChromium().catch(({ message }: Error) => console.error(message));
  if (!browser) return [];
  const site = await openSite();
  const times = new Map<string, number[]>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, path, button, done, before } of site.uses) {
        const context = await browser.newContext();
        const visited = await context.newPage();
        await visited.goto(site.url + path);
        await visited.getByRole("button", { name: button }).waitFor();
        await before(visited);
        for (const which of [name, `${name}-again`])
          times.set(which, [...(times.get(which) ?? []), await timeOf(visited, button, done)]);
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await site.close();
  }
  return [...times].map(([name, all]) => ({
    ...{ name: `infer-story-page-${name}`, unit: "ms" },
    value: Math.round(all.sort((a, b) => a - b)[(ROUNDS - 1) / 2] as number),
  }));
}

/** Milliseconds from a click on a button until there is what it brings. */
const timeOf = (visited: Page, button: string, done: string): Promise<number> =>
  visited.evaluate(
    async ([name, wanted]) => {
      const pressed = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
      const begun = performance.now();
      pressed?.click();
      // What an earlier click brought goes first.
      do await new Promise((wake) => setTimeout(wake, 2));
      while (document.querySelector(wanted) === null);
      return performance.now() - begun;
    },
    [button, done] as const,
  );

/** A chain with the model and an attestation of it, and the page that shows both. */
async function openSite() {
  await build({ root: join(import.meta.dirname, "../web"), logLevel: "error" });
  const directory = await mkdtemp(join(tmpdir(), "proofboard-bench-"));
  const server = await hre.network.createServer({}, "127.0.0.1", 0);
  const rpcUrl = `http://127.0.0.1:${(await server.listen()).port}`;
  const { organiser: account } = demoAccounts();
  const deployment = await deploy({ rpcUrl, account, report: () => {} });
  const client = connect(deployment, rpcUrl);
  const ending = new AbortController();
  const follower = await followChain(client, { signal: ending.signal, report: () => {} });
  const sender = createSender(client.rpc, deployment.chainId, follower.heads, account);
  const content = openContent(join(directory, "content"));
  const journal = openJournal(join(directory, "journal.sqlite"));
  const { model, artifact, layout } = await readModel("story");
  await publishModel(client, sender, content, model, artifact);
  const open = await openModels(client, content, openHere(await loadPinnedRuntime())).open(model.modelId);
  const input = textInput(decodeLayout(layout).input, BEGINNING);
  const { uid } = await attestFree({ client, sender, journal, content, model: open, input });
  const indexer = await startIndexer({
    ...{ deployment, rpcs: [rpcUrl], publicRpc: rpcUrl, port: 0, logLevel: "fatal" },
    ...{ content: join(directory, "content"), db: join(directory, "index.sqlite") },
  });
  while (!(await fetch(`${indexer.url}/v1/attestations/${uid}`)).ok) await new Promise((wake) => setTimeout(wake, 100));
  const check = {
    ...{ path: `/attestations/${uid}`, button: "Check it here" },
    done: "[role=status].verdict-same",
  };
  const uses: Use[] = [
    { ...check, name: "check", before: async () => {} },
    {
      ...{ ...check, name: "check-pointed" },
      async before(visited) {
        await visited.getByRole("button", { name: check.button }).hover();
        await visited.waitForTimeout(500);
      },
    },
    {
      ...{ name: "write", path: `/models/${model.modelId}`, button: "Go on", done: ".write [role=status] .written" },
      async before(visited) {
        await visited.getByLabel("Beginning").fill(BEGINNING);
        // As long as it takes to write so much, at least.
        await visited.waitForTimeout(3_000);
      },
    },
  ];
  return {
    ...{ url: indexer.url, uses },
    async close() {
      await indexer.close();
      ending.abort();
      journal.close();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
