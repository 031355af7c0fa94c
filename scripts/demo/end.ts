import { execFile } from "node:child_process";
import { join } from "node:path";
import hre from "hardhat";
import { type Address, encodeDeployData, formatEther, getAddress, type Hex, type LocalAccount, parseEther } from "viem";
import type { ChainFollower } from "../../participant/follow.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createPoster } from "../../participant/poster.ts";
import type { Sender } from "../../participant/sender.ts";
import { auditSeason } from "../../sdk/audit.ts";
import { callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { RevertError } from "../../sdk/errors.ts";
import type { Standing } from "../../sdk/ledger.ts";
import {
  badgeId,
  badgesContract,
  claimOf,
  countPosted,
  type FinalOrder,
  proofAt,
  readFinalOrder,
  readLedger,
  readTerms,
  rewardsContract,
  standingsContract,
  type Terms,
} from "../../sdk/seasonEnd.ts";
import type { DemoAccounts } from "./accounts.ts";
import { short } from "./progress.ts";
import { untilState } from "./wait.ts";

/** Accounts that the demo posts at once: few, so that there are several chunks. */
const CHUNK = 8;

/** Deploys a token, all of it the organiser's, and makes a season's terms of it. */
export async function promiseRewards(organiser: Sender): Promise<Terms> {
  const { abi, bytecode } = await hre.artifacts.readArtifact("PlainToken");
  const args = [organiser.account.address, parseEther("1000000")];
  const data = encodeDeployData({ abi, bytecode: bytecode as Hex, args });
  const { contractAddress } = await organiser.send({ name: "deploy PlainToken", to: undefined, data, value: 0n });
  return {
    token: getAddress(contractAddress as Address),
    prizes: [
      { places: 1, amount: parseEther("500") },
      { places: 1, amount: parseEther("300") },
      { places: 3, amount: parseEther("100") },
    ],
    pool: parseEther("1100"),
    ...{ perAccount: parseEther("1"), posterBudget: parseEther("100") },
    claimPeriod: 30 * 86_400,
  };
}

export interface EndOptions {
  follower: ChainFollower;
  accounts: DemoAccounts;
  senderOf(account: LocalAccount): Sender;
  /** A closed one. */
  seasonId: bigint;
  rpcUrl: string;
  deploymentFile: string;
  signal: AbortSignal;
  print: (line: string) => void;
}

/** Ends a season, a line for each step: freeze, a wrong order, the right one, rewards, a badge, two audits. */
export async function endSeason(options: EndOptions): Promise<void> {
  const standings = await freeze(options);
  await postWrongly(options, standings);
  await postRightly(options);
  const order = await readFinalOrder(options.follower.client, options.seasonId);
  if (order === undefined) throw new Error(`Season ${options.seasonId} has no final order.`);
  await claimRewards(options, order);
  await mintBadge(options, order);
  await auditHere(options, order);
  await auditInPython(options, order);
}

async function freeze({ follower, accounts, senderOf, seasonId, print }: EndOptions): Promise<readonly Standing[]> {
  const { client } = follower;
  const contract = contractOf(client, standingsContract);
  const { blockNumber } = await senderOf(accounts.keeper).send(
    callOf({ ...contract, functionName: "freeze", args: [seasonId] }),
  );
  const { standings, totalPoints, ledgerHash } = await readLedger(client, seasonId, blockNumber);
  print(
    `Season ${seasonId} is frozen: ${standings.length} accounts, ${totalPoints} points, ledger hash ${ledgerHash}.`,
  );
  return standings;
}

/** The cheat puts the second account first. */
async function postWrongly(
  { follower, accounts, senderOf, seasonId, print }: EndOptions,
  [first, second]: readonly Standing[],
): Promise<void> {
  if (first === undefined || second === undefined) throw new Error("An order of fewer than two can't be wrong.");
  const contract = contractOf(follower.client, standingsContract);
  const wrong = [second.account, first.account];
  try {
    await senderOf(accounts.cheat).send(callOf({ ...contract, functionName: "post", args: [seasonId, 1, wrong] }));
  } catch (error) {
    if (!(error instanceof RevertError)) throw error;
    return print(`A wrong order is refused: ${error.message}`);
  }
  throw new Error("A wrong order was not refused.");
}

async function postRightly({ follower, accounts, senderOf, seasonId, signal, print }: EndOptions): Promise<void> {
  const { client } = follower;
  const keeper = senderOf(accounts.keeper);
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const poster = createPoster(client, keeper, { isPaidOnly: true, chunkSize: CHUNK, patience: 0n });
  const posting = runJobs(follower, [poster], { signal: until, report: print });
  const contract = contractOf(client, rewardsContract);
  const heldOf = () => client.rpc.readContract({ ...contract, functionName: "heldOf", args: [seasonId] });
  const held = await heldOf();
  const paid = untilState(follower, until, async () => (await heldOf()) < held);
  let shown = 0;
  const stopShowing = follower.onState(({ endings }) => {
    for (const chunk of (endings.get(seasonId)?.drafts.get(keeper.account.address) ?? []).slice(shown)) {
      shown += 1;
      print(`Places ${chunk.first} to ${countPosted([chunk])} are posted, root ${chunk.root}.`);
    }
  });
  try {
    await Promise.race([paid, posting]);
    until.throwIfAborted();
  } finally {
    stopShowing();
    stop.abort();
    await posting;
  }
  print(`The order is final. Its poster was paid ${formatEther(held - (await heldOf()))} tokens.`);
}

/** Every account that earned a reward claims it. */
async function claimRewards(
  { follower, accounts, senderOf, seasonId, print }: EndOptions,
  order: FinalOrder,
): Promise<void> {
  const { client } = follower;
  const terms = await readTerms(client, seasonId);
  if (terms === undefined) throw new Error(`Season ${seasonId} has no rewards.`);
  const contract = contractOf(client, rewardsContract);
  const claims = holders(accounts).flatMap((account) => {
    const found = claimOf(order, terms, account.address);
    return found === undefined || found.amount === 0n ? [] : [{ account, ...found }];
  });
  claims.sort((a, b) => a.claim.standing.place - b.claim.standing.place);
  const sent = claims.map(({ account, claim }) => {
    const args = [seasonId, terms, claim, account.address, "0x"] as const;
    return senderOf(account).send(callOf({ ...contract, functionName: "claim", args }));
  });
  await Promise.all(sent);
  for (const { account, claim, amount } of claims)
    print(`${short(account.address)}, rank ${claim.standing.rank}, claimed ${formatEther(amount)} tokens.`);
}

/** The accounts that can have earned points. */
const holders = ({ provers, verifiers, batcher, forger }: DemoAccounts): LocalAccount[] => [
  ...[...provers, ...verifiers],
  ...[batcher, forger],
];

async function mintBadge(
  { follower, accounts, senderOf, seasonId, print }: EndOptions,
  order: FinalOrder,
): Promise<void> {
  const { standing, proof } = proofAt(order, 1);
  const contract = contractOf(follower.client, badgesContract);
  const args = [seasonId, standing, proof] as const;
  await senderOf(accounts.keeper).send(callOf({ ...contract, functionName: "mint", args }));
  print(`${short(standing.account)} has a badge for rank 1: token ${badgeId(seasonId, 1)}.`);
}

async function auditHere({ follower, seasonId, print }: EndOptions, { ledger }: FinalOrder): Promise<void> {
  const audit = await auditSeason(follower.client, seasonId);
  const [difference] = audit.differences;
  if (difference !== undefined) throw new Error(`The audit disagrees: ${difference}`);
  if (audit.ledger.ledgerHash !== ledger.ledgerHash) throw new Error("The audit folded another ledger.");
  print(`The audit agrees: every point of ${audit.ledger.seq} entries recomputed from the chain alone.`);
}

/** What `scripts/audit.py --json` says, as far as it is compared. */
interface PythonAudit {
  ledgerHash: Hex;
  chunks: { first: number; root: Hex }[];
}

/** The second auditor, which shares no line with the first. */
async function auditInPython(
  { seasonId, rpcUrl, deploymentFile, signal, print }: EndOptions,
  { ledger, chunks }: FinalOrder,
): Promise<void> {
  const script = join(import.meta.dirname, "../audit.py");
  const args = [script, "--rpc", rpcUrl, "--season", String(seasonId), "--deployment", deploymentFile, "--json"];
  const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
    (resolve) =>
      execFile("python3", args, { signal, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
        resolve({ error, stdout, stderr }),
      ),
  );
  if (error !== null && "code" in error && error.code === "ENOENT")
    return print("The second audit is left out: it needs python3, which isn't on this machine.");
  if (error !== null) throw new Error(`The second audit disagrees: ${stderr || stdout || error.message}`);
  const audit = JSON.parse(stdout) as PythonAudit;
  const roots = (of: readonly { first: number; root: Hex }[]) => of.map(({ first, root }) => `${first} ${root}`).join();
  if (audit.ledgerHash !== ledger.ledgerHash || roots(audit.chunks) !== roots(chunks))
    throw new Error("The second audit comes to another ledger or another order.");
  print(`The second audit, in Python, agrees: the same ledger hash, order and ${chunks.length} roots.`);
}
