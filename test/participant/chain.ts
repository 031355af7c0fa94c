import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import { http, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Models } from "../../inference/models.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import { type Content, openContent } from "../../participant/content.ts";
import { type ChainFollower, followChain } from "../../participant/follow.ts";
import { type Journal, openJournal } from "../../participant/journal.ts";
import { openLanes } from "../../participant/models.ts";
import { publishModel } from "../../participant/publish.ts";
import { createSender, type Sender } from "../../participant/sender.ts";
import { countWork, mineBlocks, type Work } from "../../scripts/demo/chain.ts";
import { deploy } from "../../scripts/deploy.ts";
import { openSeason } from "../../scripts/season.ts";
import { type Client, connect } from "../../sdk/client.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { quorum } from "../../sdk/methods/quorum.ts";

/** The n-th account of a test's chain. */
export const accountOf = (n: number): LocalAccount =>
  privateKeyToAccount(`0x${(n + 1).toString(16).padStart(64, "0")}`);

interface Chain {
  rpcUrl: string;
  /** What the chain's next block waits for. */
  work: Work;
  close(): Promise<void>;
}

/**
 * A chain that mines ten blocks a second unless there is work, whose clock therefore runs ten times too fast; `count`
 * funded accounts.
 */
async function startChain(count: number): Promise<Chain> {
  const accounts = Array.from({ length: count }, (_, n) => ({
    privateKey: `0x${(n + 1).toString(16).padStart(64, "0")}`,
    balance: 10n ** 21n,
  }));
  const server = await hre.network.createServer(
    { override: { mining: { auto: false, interval: 0 }, accounts } },
    "127.0.0.1",
    0,
  );
  const { port } = await server.listen();
  const rpcUrl = `http://127.0.0.1:${port}`;
  // Every block is at least a second later than its parent.
  const work = countWork();
  const ending = new AbortController();
  const mining = mineBlocks(rpcUrl, work, { blockMs: 100, signal: ending.signal });
  // Thrown where it is awaited.
  mining.catch(() => {});
  return {
    rpcUrl,
    work,
    async close() {
      ending.abort();
      try {
        await mining;
      } finally {
        await server.close();
      }
    },
  };
}

/** Small panels and windows that are short, in the fast seconds of {@link startChain}. */
const testParameters = {
  closingMargin: 30n,
  quorum: {
    firstPanel: 1,
    firstThreshold: 1,
    decidingPanel: 2,
    decidingThreshold: 2,
    load: 16,
    drawDelay: 1,
    drawWindow: 60,
    commitWindow: 60,
    revealWindow: 60,
    verifierBond: 1000n,
    voteLoss: 100n,
    absenceLoss: 50n,
    stake: 40n,
    seatFee: 10n,
  },
};

/** A deployed Proofboard with a published model and all that a participant needs, on a chain of its own. */
export interface Site {
  rpcUrl: string;
  deployment: Deployment;
  client: Client;
  follower: ChainFollower;
  directory: string;
  content: Content;
  journal: Journal;
  models: Models;
  strangers: Models;
  digits: CommittedModel;
  /** Sentences that participants reported. */
  reports: string[];
  report(sentence: string): void;
  signal: AbortSignal;
  senderOf(n: number): Sender;
  /** Opens a season of one digits task, running at once for `seconds`. */
  openSeason(seconds: number, unitsPerAccount: number): Promise<bigint>;
  /** Waits until the follower shows what `find` looks for. */
  until<T>(find: () => T | undefined | false): Promise<T>;
  close(): Promise<void>;
}

/** Windows that a test may want longer, in fast seconds. */
interface Windows {
  /** FraudProof's; defaults to 60. */
  fraud?: number;
  /** In which first panels' decisions can be appealed; defaults to 20. */
  appeal?: number;
}

export async function startSite(accounts: number, windows: Windows = {}): Promise<Site> {
  const chain = await startChain(accounts);
  const ending = new AbortController();
  try {
    return await openSite(chain, ending, windows);
  } catch (error) {
    ending.abort();
    await chain.close();
    throw error;
  }
}

async function openSite(chain: Chain, ending: AbortController, { fraud = 60, appeal = 20 }: Windows): Promise<Site> {
  const reports: string[] = [];
  const report = (sentence: string) => void reports.push(sentence);
  const parameters = {
    ...testParameters,
    quorum: { ...testParameters.quorum, appealWindow: appeal },
    fraudProof: { window: fraud, bondPerAttestation: 200n, bondPerUnit: 10n },
    disputeGame: { window: 60, clock: 60, gasPrice: 1n, bondPerUnit: 2n },
  };
  const pollMs = 40;
  const deployment = await deploy({ rpcUrl: chain.rpcUrl, account: accountOf(0), parameters, report, pollMs });
  const { signal } = ending;
  const client = connect(deployment, chain.work.transport(http(chain.rpcUrl)));
  const follower = await followChain(client, { signal, report, pollMs });
  const directory = await mkdtemp(join(tmpdir(), "proofboard-"));
  const content = openContent(join(directory, "content"));
  const journal = openJournal(join(directory, "journal.sqlite"));
  const lanes = await openLanes(client, content);
  const digits = await readModel("digits");
  const senders = new Map<number, Sender>();
  const senderOf = (n: number): Sender => {
    const sender = senders.get(n) ?? createSender(client.rpc, deployment.chainId, follower.heads, accountOf(n));
    senders.set(n, sender);
    return sender;
  };
  await publishModel(client, senderOf(0), content, digits.model, digits.artifact);

  return {
    ...{ rpcUrl: chain.rpcUrl, deployment, client, follower, directory, content, journal, digits },
    ...{ models: chain.work.models(lanes.models), strangers: chain.work.models(lanes.strangers) },
    ...{ reports, report, signal, senderOf },
    openSeason(seconds, unitsPerAccount) {
      const startsAt = Number(follower.heads.latest.timestamp) + 16;
      const endsAt = startsAt + seconds;
      const task = { model: digits.model, method: quorum.id, points: 10n, unitsPerAccount, noise: 8 };
      return openSeason(client, senderOf(0), {
        ...{ startsAt, endsAt, closesAt: endsAt + 700, verifierCap: 1000n, uri: "" },
        tasks: [{ ...task, inputs: digits.inputs.slice(0, 16 * 64) }],
      });
    },
    until: (find) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = find();
          if (!found) return;
          stop();
          resolve(found);
        };
        const stop = follower.onState(look);
        signal.addEventListener("abort", () => reject(signal.reason));
        look();
      }),
    async close() {
      ending.abort();
      lanes.close();
      journal.close();
      await chain.close();
      await rm(directory, { recursive: true });
    },
  };
}
