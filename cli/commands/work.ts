import type { Address } from "viem";
import { countProgress, isWorkOver, type ProgressCount, type Work } from "../../participant/progress-count.ts";
import { type Role, work as takePart } from "../../participant/work.ts";
import { fetchApi } from "../../sdk/api.ts";
import { type Client, readSeason, readTasks } from "../../sdk/client.ts";
import { holdersOf, readFlows, readHolding } from "../../sdk/money.ts";
import type { StandingAnswer } from "../../sdk/wire.ts";
import type { Command } from "../command.ts";
import { grouped, utc, wrap } from "../format.ts";
import { offeredMethods } from "../methods/index.ts";
import type { WorkRole } from "../methods/method.ts";
import { eth } from "../money.ts";
import type { Progress } from "../progress.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { parseCount, parseListener, parseUrl } from "../usage.ts";

export const work: Command = {
  positionals: ["SEASON"],
  summary: "take part: run assigned inferences and earn points",
  get details() {
    const methods = offeredMethods();
    const works = methods.map(([name, { works }]) => `under ${name} ${works}`);
    const also = workRoles().map(({ option, does }) => `with --${option} it also ${does}`);
    return `Works through the units assigned to the key's account: ${works.join(", ")}; sends whatever is due for everybody (seeds, draws, settlements, awards, burns, the freeze of a closed season, and its final order if rewards pay for that); ${also.join(", ")}. Ends on Ctrl-C, or with --once when no unit is left, all own attestations are settled and the verified ones awarded. Work under way continues at the next start: keep the journal. Needs a key with money for deposits and gas.
Where duties would be left, as a verifier's, the first Ctrl-C takes on nothing new and ends when they are done, the second ends at once. Exit code 1 with the reasons where units are refuted, the season was over before all were attested, nothing was left to do, or duties are left.
JSON, at the end: account, seasonId, units, pending, verified, refuted, void, entered (units with points awarded or burned; a batch counts as its number of units), points, rank (null where the API doesn't tell it), earned, lost, gasSpent, locked (wei), reasons.`;
  },
  get options() {
    const limits = offeredMethods().map(([name, { limit }]) => `${limit} under ${name}`);
    return {
      task: { value: "T", help: "this task only" },
      units: { value: "N", help: `most units, counting earlier ones: ${limits.join(", ")}` },
      ...Object.fromEntries(workRoles().map(({ option, help }) => [option, { help }])),
      post: { help: "also post a season's final order where nobody pays for that" },
      serve: { value: "[HOST:]PORT", help: "let others fetch content from here; HOST is 127.0.0.1 by default" },
      source: { value: "URL[,URL]", help: "servers asked for content that the API doesn't have" },
      once: { help: "end when there is nothing left to do" },
    };
  },
  async run({ positionals: [season], options, switches, settings, progress }) {
    const seasonId = parseCount("SEASON", season as string, 1n);
    const taskId = options.task === undefined ? undefined : parseCount("--task", options.task, 1n);
    const maxUnits = options.units === undefined ? Infinity : Number(parseCount("--units", options.units, 1n));
    const serve = options.serve === undefined ? undefined : parseListener("--serve", options.serve);
    const sources = options.source?.split(",").map((each) => parseUrl("--source", each)) ?? [];
    const { client, rpcUrl } = await openConnection(settings);
    const { closesAt, endsAt } = await readSeason(client, seasonId);
    const tasks = await readTasks(client, seasonId);
    if (taskId !== undefined && !tasks.some((task) => task.taskId === taskId))
      throw new Error(`Season ${seasonId} has no task ${taskId}; its tasks are 1 to ${tasks.length}.`);
    const { timestamp, number: begunIn } = await client.rpc.getBlock();
    if (timestamp >= BigInt(closesAt)) throw new Error(`Season ${seasonId} is over: it closed at ${utc(closesAt)}.`);
    const account = await openSettingsAccount(settings);
    const own: Work = {
      ...{ account: account.address, campaign: client.contracts.campaign.address },
      ...{ seasonId, taskId, maxUnits },
    };
    const available = tasks
      .filter((task) => taskId === undefined || task.taskId === taskId)
      .reduce((sum, task) => sum + task.unitsPerAccount, 0);
    const assigned = Math.min(available, maxUnits);
    const chosen = workRoles().filter(({ option }) => switches.has(option));
    for (const { before } of chosen)
      for (const sentence of (await before?.(client, account.address)) ?? []) progress.say(sentence);
    let first: ProgressCount | undefined;
    let count: ProgressCount = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    let now = timestamp;
    const { leaving, stop, release } = interruptions(
      chosen.some(({ hasDuties }) => hasDuties),
      progress,
    );
    const { gasSpent, atStake } = await takePart({
      ...{ deployment: client.deployment, rpcUrl, account, seasonId, taskId, maxUnits },
      roles: ["prover", "keeper", ...chosen.map(({ role }) => role)] satisfies Role[],
      ...{ journalFile: settings.journal, contentDirectory: settings.content, serve },
      sources: [settings.api, ...sources],
      ...{ leaving, signal: stop },
      report: progress.say,
      posts: switches.has("post"),
      isOver(state) {
        count = countProgress(state, own);
        first ??= count;
        now = state.head.timestamp;
        progress.show(`settled of ${count.units} begun; units`, count.verified + count.refuted, assigned);
        return switches.has("once") && isWorkOver(state, own);
      },
    }).finally(release);
    const reasons = [
      ...(count.refuted > 0 ? [`${grouped(count.refuted)} units are refuted.`] : []),
      ...shortfall(count, first ?? count, { seasonId, assigned, hasEnded: now >= BigInt(endsAt), endsAt }),
      ...atStake,
    ];
    const gains = await readGains(client, account.address, seasonId, begunIn);
    const rank = await readRank(settings.api, seasonId, account.address);
    const duties = await Promise.all(chosen.map(({ afterwards }) => afterwards?.(client, account.address)));
    return {
      good: reasons.length === 0,
      text: [
        `Account    ${account.address}`,
        `Units      ${grouped(count.units)} of ${grouped(available)} that season ${seasonId} assigns`,
        `Verified   ${grouped(count.verified)}`,
        `Pending    ${grouped(count.pending)}`,
        `Void       ${grouped(count.void)}`,
        `Refuted    ${grouped(count.refuted)}`,
        `Points     ${grouped(gains.points)}${rank === null ? "" : `, rank ${grouped(rank)}`}`,
        wrap(
          `Money      ${eth(gains.earned)} earned, ${eth(gains.lost)} paid or lost from bonds, ${eth(gasSpent)} spent on gas, ${eth(gains.locked)} locked`,
          11,
        ),
        ...duties.flatMap((lines) => lines ?? []),
        ...reasons.map((reason) => wrap(reason)),
      ].join("\n"),
      json: { account: account.address, seasonId, ...count, ...gains, rank, gasSpent, reasons },
    };
  },
};

/** Ctrl-C and SIGTERM: where duties may be left, the first one begins to leave, and the second ends at once. */
function interruptions(hasDuties: boolean, { say }: Progress) {
  const [leaving, stop] = [new AbortController(), new AbortController()];
  const interrupt = () => {
    if (!hasDuties || leaving.signal.aborted) return stop.abort();
    leaving.abort();
    say("Leaving: it serves the seats that it may still get. Ctrl-C again ends at once, with its bond at stake.");
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupt);
  return {
    ...{ leaving: leaving.signal, stop: stop.signal },
    release() {
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
    },
  };
}

/** Why less was attested than a season assigns: its time is over, or nothing was left from the start. */
function shortfall(
  count: ProgressCount,
  first: ProgressCount,
  { seasonId, assigned, hasEnded, endsAt }: { seasonId: bigint; assigned: number; hasEnded: boolean; endsAt: number },
): string[] {
  const left = assigned - count.units;
  if (hasEnded && left > 0)
    return [`Season ${seasonId} ended at ${utc(endsAt)}: ${grouped(left)} units were not attested.`];
  const isIdle = count.units === first.units && first.pending === 0 && first.entered === count.entered;
  return left <= 0 && isIdle ? [`Nothing was left to do; units attested before: ${grouped(count.units)}.`] : [];
}

/** What an account has in a season, and what went through its bonds since a block, in wei. */
async function readGains(client: Client, account: Address, seasonId: bigint, begunIn: bigint) {
  const { rpc, contracts } = client;
  const upTo = await rpc.getBlockNumber({ cacheTime: 0 });
  const { received, paid, burned } = await readFlows(client, account, upTo, { from: begunIn + 1n });
  const bonds = await Promise.all(
    holdersOf(client).map(({ name, address: holder }) => readHolding(client, { holder, name }, account)),
  );
  const args = [seasonId, account] as const;
  const [points] = await rpc.readContract({ ...contracts.campaign, functionName: "entryOf", args });
  const locked = bonds.reduce((sum, bond) => sum + bond.locked, 0n);
  return { points, earned: received, lost: paid + burned, locked };
}

/** An account's rank, as the API tells it; null where it tells none. */
const readRank = (api: string, seasonId: bigint, account: Address): Promise<number | null> =>
  fetchApi<StandingAnswer>(api, `/v1/seasons/${seasonId}/standings/${account}`).then(
    ({ item }) => item.rank,
    () => null,
  );

/** The roles that `work` can take besides prover and keeper. */
const workRoles = (): WorkRole[] => offeredMethods().flatMap(([, { roles }]) => roles);
