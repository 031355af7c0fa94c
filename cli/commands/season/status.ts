import type { Address } from "viem";
import { readTasks } from "../../../sdk/client.ts";
import type { Standing } from "../../../sdk/ledger.ts";
import { methodName } from "../../../sdk/methods/index.ts";
import {
  claimUntil,
  countPosted,
  readDrafts,
  readFinalOrder,
  readLedger,
  readTerms,
  type Terms,
} from "../../../sdk/seasonEnd.ts";
import { grouped, utc, wrap } from "../../format.ts";
import type { Progress } from "../../progress.ts";
import { type Stage, stageCommand, wordOf } from "../../season/stage.ts";
import { readOwnAddress } from "../../settings.ts";
import { parseAddress } from "../../usage.ts";
import { findBadge, findReward } from "./claim.ts";

export const statusCommand = stageCommand({
  summary: "rules, rewards and how far a season has come",
  takesFile: true,
  details: `Of a season by its id, or by the file that it was opened from (of --organiser, by default the key's account). Shows rules, times, ledger, drafts of the final order, rewards and, for --account or the key's own, what the account has of it.
JSON: seasonId, chainId, blockNumber, state, season (times and organiser), tasks, ledger (seq, participants, totalPoints, ledgerHash), end (frozen, participants, totalPoints, poster, finalisedAt), drafts (poster, accounts), rewards (terms, claimUntil), account (account, standing, reward, badge).`,
  options: {
    account: { value: "ADDRESS", help: "whose part is shown; defaults to the key's account" },
    organiser: { value: "ADDRESS", help: "who opened the season of a file; defaults to the key's account" },
  },
  prepare({ options, settings, progress }) {
    const given = options.account === undefined ? undefined : parseAddress("--account", options.account);
    return async (stage) => {
      const { client, seasonId, season, blockNumber, end } = stage;
      const { campaign } = client.contracts;
      const call = { ...campaign, functionName: "ledgerOf", args: [seasonId], blockNumber } as const;
      const [seq, participants, totalPoints, ledgerHash] = await client.rpc.readContract(call);
      const ledger = { seq, participants, totalPoints, ledgerHash };
      const tasks = (await readTasks(client, seasonId)).map(({ inputs: _, ...task }) => task);
      const posted = end?.frozen ? [...(await readDrafts(client, seasonId, blockNumber))] : [];
      const drafts = posted.map(([poster, draft]) => ({ poster, accounts: countPosted(draft) }));
      const terms = await readTerms(client, seasonId);
      const until = terms && end?.finalisedAt ? claimUntil(end, terms) : null;
      const who = given ?? (await readOwnAddress(settings));
      const account = who === undefined ? null : await readAccount(stage, who, progress);
      const { chainId } = client.deployment;
      return {
        good: true,
        text: [
          `Season ${seasonId} on chain ${chainId}, ${wordOf(stage)}, as of block ${grouped(blockNumber)}`,
          `  starts     ${utc(season.startsAt)}`,
          `  ends       ${utc(season.endsAt)}`,
          `  closes     ${utc(season.closesAt)}`,
          ...tasks.map(
            ({ taskId, modelId, method, points, unitsPerAccount }) =>
              `  task ${String(taskId).padEnd(5)} ${wrap(`${grouped(points)} points a unit, ${grouped(unitsPerAccount)} units an account, ${methodName(method)}, model ${modelId}`, 13)}`,
          ),
          `  ledger     ${grouped(seq)} entries, ${grouped(participants)} accounts, ${grouped(totalPoints)} points`,
          `  its hash   ${ledgerHash}`,
          ...drafts.map(
            ({ poster, accounts }) =>
              `  draft      ${grouped(accounts)} of ${grouped(participants)} accounts by ${poster}`,
          ),
          ...(end?.finalisedAt ? [`  final      since ${utc(end.finalisedAt)}, posted by ${end.poster}`] : []),
          ...termsLines(terms),
          ...(until === null ? [] : [`  claims     until ${utc(until)}`]),
          ...accountLines(account),
        ].join("\n"),
        json: {
          ...{ seasonId, chainId, blockNumber, state: wordOf(stage), season, tasks, ledger },
          ...{ end: end ?? null, drafts, rewards: terms ? { ...terms, claimUntil: until } : null, account },
        },
      };
    };
  },
});

/** What an account has of a season. */
interface AccountPart {
  account: Address;
  /** As of now; final once the season is. Null without an entry. */
  standing: Standing | null;
  /** Amount to claim, or a sentence why there is none; null while the season isn't final. */
  reward: bigint | string | null;
  /** Number of the badge to mint, or a sentence why there is none; null while the season isn't final. */
  badge: bigint | string | null;
}

async function readAccount(stage: Stage, account: Address, progress: Progress): Promise<AccountPart> {
  const { client, seasonId, blockNumber, end } = stage;
  const order = end && (await readFinalOrder(client, seasonId, progress.show));
  const ledger = order?.ledger ?? (await readLedger(client, seasonId, blockNumber, progress.show));
  const standing = ledger.standings.find((each) => each.account === account) ?? null;
  if (order === undefined || standing === null) return { account, standing, reward: null, badge: null };
  const reward = await findReward(stage, order, standing);
  const badge = await findBadge(client, seasonId, standing.place);
  return {
    ...{ account, standing },
    reward: typeof reward === "string" ? reward : reward.amount,
    badge: typeof badge === "string" ? badge : badge.tokenId,
  };
}

function termsLines(terms: Terms | undefined): string[] {
  if (terms === undefined) return ["  rewards    none"];
  const { token, pool, prizes, perAccount, posterBudget } = terms;
  let place = 1;
  const split = prizes.map(({ places, amount }) => {
    const from = place;
    place += places;
    return `${places === 1 ? `place ${from}` : `places ${from} to ${place - 1}`}: ${grouped(amount)}`;
  });
  return [
    `  rewards    ${grouped(pool)} of token ${token}`,
    `             ${wrap(split.length === 0 ? "shared by points" : split.join("; "), 13)}`,
    `  posting    pays ${grouped(perAccount)} an account, at most ${grouped(posterBudget)}`,
  ];
}

function accountLines(part: AccountPart | null): string[] {
  if (part === null) return [];
  const { account, standing, reward, badge } = part;
  if (standing === null) return [`  account    ${account} has no entry`];
  return [
    `  account    ${account}`,
    `             rank ${grouped(standing.rank)}, place ${grouped(standing.place)}, ${grouped(standing.points)} points`,
    ...(reward === null
      ? []
      : [`  reward     ${typeof reward === "string" ? wrap(reward, 13) : `${grouped(reward)} to claim`}`]),
    ...(badge === null ? [] : [`  badge      ${typeof badge === "string" ? wrap(badge, 13) : `${badge}, not minted`}`]),
  ];
}
