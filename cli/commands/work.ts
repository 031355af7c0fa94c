import type { Address } from "viem";
import { countProgress, isWorkOver, type ProgressCount, type Work } from "../../participant/progress-count.ts";
import type { RequestLimits } from "../../participant/requests/prover.ts";
import { type Role, work as takePart } from "../../participant/work.ts";
import { fetchApi } from "../../sdk/api.ts";
import { type Client, readSeason, readTasks } from "../../sdk/client.ts";
import { holdersOf, readFlows, readHolding } from "../../sdk/money.ts";
import type { Requests } from "../../sdk/requests/fold.ts";
import { ETH } from "../../sdk/requests/request.ts";
import type { StandingAnswer } from "../../sdk/wire.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { grouped, utc, wrap } from "../format.ts";
import { offeredMethods } from "../methods/index.ts";
import type { WorkRole } from "../methods/method.ts";
import { eth, parseEth } from "../money.ts";
import type { Progress } from "../progress.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { parseCount, parseListener, parsePlainUrl, UsageError } from "../usage.ts";

export const work: Command = {
  positionals: ["[SEASON]"],
  summary: "take part: run inferences for points, answer requests for fees",
  get details() {
    const methods = offeredMethods();
    const works = methods.map(([name, { works }]) => `under ${name} ${works}`);
    const also = workRoles().map(({ option, does }) => `with --${option} it also ${does}`);
    return `Works through the units assigned to the key's account: ${works.join(", ")}; sends whatever is due for everybody (seeds, draws, settlements, awards, burns, the freeze of a closed season, and its final order if rewards pay for that); ${also.join(", ")}. Ends on Ctrl-C, or with --once when no unit is left, all own attestations are settled and the verified ones awarded. Work under way continues at the next start: keep the journal. Needs a key with money for deposits and gas.
With --requests it also answers requests for inferences that are paid in ETH, for every model that it can run: it runs the model before it accepts, locks the cover that is asked for, and withdraws what it earned; without SEASON it does nothing else. Of a request's fee at least --min-fee must be left once its callback's gas, the gas of its bytes and its method's price are paid; its cover and what is locked already must stay within --max-cover.
Where duties would be left, as a verifier's, the first Ctrl-C takes on nothing new and ends when they are done, the second ends at once. Exit code 1 with the reasons where units are refuted, the season was over before all were attested, nothing was left to do, or duties are left.
JSON, at the end: account, seasonId, units, pending, verified, refuted, void, entered (units with points awarded or burned; a batch counts as its number of units), points, rank (null where the API doesn't tell it), earned, lost, gasSpent, locked (wei), reasons. With --requests also answered (number of requests that were paid) and fees (wei); without SEASON only account, answered, fees, gasSpent, reasons.`;
  },
  get options() {
    const limits = offeredMethods().map(([name, { limit }]) => `${limit} under ${name}`);
    return {
      task: { value: "T", help: "this task only" },
      units: { value: "N", help: `most units, counting earlier ones: ${limits.join(", ")}` },
      ...Object.fromEntries(workRoles().map(({ option, help }) => [option, { help }])),
      ...meansOptions(),
      requests: { help: "also answer requests for inferences" },
      "min-fee": { value: "ETH", help: "with --requests: the least to be left of a fee; defaults to 0.0005" },
      "max-cover": { value: "ETH", help: "with --requests: most cover that is locked at once; defaults to 0.1" },
      post: { help: "also post a season's final order where nobody pays for that" },
      serve: { value: "[HOST:]PORT", help: "let others fetch content from here; HOST is 127.0.0.1 by default" },
      source: { value: "URL[,URL]", help: "servers asked for content that the API doesn't have" },
      once: { help: "end when there is nothing left to do" },
    };
  },
  async run(invocation) {
    const { positionals, options, switches, settings, progress } = invocation;
    const [season] = positionals;
    const requests = parseLimits(invocation);
    if (season === undefined) {
      if (requests === undefined) throw new UsageError('"work" needs SEASON, or --requests.');
      return answerRequests(invocation, requests);
    }
    const seasonId = parseCount("SEASON", season, 1n);
    const taskId = options.task === undefined ? undefined : parseCount("--task", options.task, 1n);
    const maxUnits = options.units === undefined ? Infinity : Number(parseCount("--units", options.units, 1n));
    const { serve, sources } = parseServing(options, settings);
    const means = parseMeans(options);
    const { client } = await openConnection(settings);
    const { closesAt, endsAt } = await readSeason(client, seasonId);
    const tasks = await readTasks(client, seasonId);
    if (taskId !== undefined && !tasks.some((task) => task.taskId === taskId))
      throw new Error(`Season ${seasonId} has no task ${taskId}; its tasks are 1 to ${tasks.length}.`);
    const { timestamp, number: begunIn } = await client.rpc.getBlock();
    if (timestamp >= BigInt(closesAt)) throw new Error(`Season ${seasonId} is over: it closed at ${utc(closesAt)}.`);
    const account = await openSettingsAccount(settings);
    const own: Work = {
      ...{ account: account.address, campaign: client.contracts.campaign.address },
      ...{ seasonId, taskId, maxUnits, means },
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
    let paid: PaidAnswers = { answered: 0, fees: 0n };
    const { leaving, stop, release } = interruptions(
      requests !== undefined || chosen.some(({ hasDuties }) => hasDuties),
      progress,
    );
    const { gasSpent, atStake } = await takePart({
      ...{ client, account, seasonId, taskId, maxUnits },
      // Several methods may have a role.
      roles: [...new Set<Role>([...rolesFor(requests), ...chosen.map(({ role }) => role)])],
      ...{ journalFile: settings.journal, contentDirectory: settings.content, serve, sources },
      ...(requests && { requests }),
      means,
      ...{ leaving, signal: stop },
      report: progress.say,
      posts: switches.has("post"),
      isOver(state) {
        count = countProgress(state, own);
        first ??= count;
        now = state.head.timestamp;
        paid = countPaid(state.requests, account.address, begunIn);
        progress.show(`settled of ${count.units} begun; units`, count.verified + count.refuted, assigned);
        return switches.has("once") && isWorkOver(state, own);
      },
    }).finally(release);
    const reasons = [
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
        ...(requests ? paidLines(paid) : []),
        ...duties.flatMap((lines) => lines ?? []),
        ...reasons.map((reason) => wrap(reason)),
      ].join("\n"),
      json: {
        ...{ account: account.address, seasonId, ...count, ...gains, rank, gasSpent, reasons },
        ...(requests && paid),
      },
    };
  },
};

/** Answers requests until Ctrl-C, and does nothing else. */
async function answerRequests({ options, settings, progress }: Invocation, requests: RequestLimits): Promise<Outcome> {
  for (const option of ["task", "units"])
    if (options[option] !== undefined) throw new UsageError(`"--${option}" needs SEASON.`);
  const { serve, sources } = parseServing(options, settings);
  const { client } = await openConnection(settings);
  const account = await openSettingsAccount(settings);
  const begunIn = await client.rpc.getBlockNumber();
  let paid: PaidAnswers = { answered: 0, fees: 0n };
  const { leaving, stop, release } = interruptions(true, progress);
  const { gasSpent, atStake } = await takePart({
    ...{ client, account, requests, roles: rolesFor(requests) },
    // A prover under each method: it reveals what this account commits to, and takes no units.
    maxUnits: 0,
    ...{ journalFile: settings.journal, contentDirectory: settings.content, serve, sources },
    ...{ leaving, signal: stop, report: progress.say },
    isOver(state) {
      paid = countPaid(state.requests, account.address, begunIn);
      return false;
    },
  }).finally(release);
  return {
    good: atStake.length === 0,
    text: [
      `Account    ${account.address}`,
      ...paidLines(paid),
      `Gas        ${eth(gasSpent)}`,
      ...atStake.map((reason) => wrap(reason)),
    ].join("\n"),
    json: { account: account.address, ...paid, gasSpent, reasons: atStake },
  };
}

const MIN_FEE = "0.0005";
const MAX_COVER = "0.1";

/** Which requests to answer; undefined for none. */
function parseLimits({ options, switches }: Invocation): RequestLimits | undefined {
  if (switches.has("requests"))
    return {
      minFee: parseEth("--min-fee", options["min-fee"] ?? MIN_FEE),
      maxCover: parseEth("--max-cover", options["max-cover"] ?? MAX_COVER),
    };
  for (const option of ["min-fee", "max-cover"])
    if (options[option] !== undefined) throw new UsageError(`"--${option}" needs --requests.`);
  return undefined;
}

const rolesFor = (requests: RequestLimits | undefined): Role[] => [
  ...(["prover", "keeper"] as const),
  ...(requests ? (["answerer"] as const) : []),
];

/** Where content is served, and who is asked for it. */
const parseServing = (options: Invocation["options"], { api }: Invocation["settings"]) => ({
  serve: options.serve === undefined ? undefined : parseListener("--serve", options.serve),
  sources: [api, ...(options.source?.split(",").map((each) => parsePlainUrl("--source", each)) ?? [])],
});

/** An account's answers that were paid. */
interface PaidAnswers {
  answered: number;
  /** In wei. */
  fees: bigint;
}

/** Counts an account's answers that were delivered after a block, paid in ETH. */
function countPaid({ byId }: Requests, account: Address, after: bigint): PaidAnswers {
  const paid = [...byId.values()].filter(({ answer, request, steps }) => {
    const delivery = steps.find(({ step }) => step === "covered" || step === "verified");
    return (
      answer?.prover === account && request.token === ETH && delivery !== undefined && delivery.blockNumber > after
    );
  });
  return { answered: paid.length, fees: paid.reduce((sum, { request }) => sum + request.fee, 0n) };
}

const paidLines = ({ answered, fees }: PaidAnswers): string[] => [
  `Requests   ${grouped(answered)} answered, ${eth(fees)} of fees`,
];

/** Ctrl-C and SIGTERM: where duties may be left, the first one begins to leave, and the second ends at once. */
function interruptions(hasDuties: boolean, { say }: Progress) {
  const [leaving, stop] = [new AbortController(), new AbortController()];
  const interrupt = () => {
    if (!hasDuties || leaving.signal.aborted) return stop.abort();
    leaving.abort();
    say(
      "Leaving: it takes on nothing new, and ends when its duties are done. Ctrl-C again ends at once, with money at stake.",
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupt);
  return {
    ...{ leaving: leaving.signal, stop: stop.signal },
    release() {
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
    },
  };
}

/** What is short of all that a season assigns, in sentences: refuted units, its time is over, nothing left from the start. */
export function shortfall(
  count: ProgressCount,
  first: ProgressCount,
  { seasonId, assigned, hasEnded, endsAt }: { seasonId: bigint; assigned: number; hasEnded: boolean; endsAt: number },
): string[] {
  const left = assigned - count.units;
  const isLate = hasEnded && left > 0;
  const isIdle = count.units === first.units && first.pending === 0 && first.entered === count.entered;
  return [
    ...(count.refuted > 0 ? [`Units refuted: ${grouped(count.refuted)}.`] : []),
    ...(isLate ? [`Season ${seasonId} ended at ${utc(endsAt)}; units not attested: ${grouped(left)}.`] : []),
    ...(left <= 0 && isIdle ? [`Nothing was left to do; units attested before: ${grouped(count.units)}.`] : []),
  ];
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

/** Options whose values methods' own participants read, all of them URLs. */
const meansOptions = () => Object.assign({}, ...offeredMethods().map(([, { means }]) => means ?? {}));

const parseMeans = (options: Invocation["options"]): Record<string, string> =>
  Object.fromEntries(
    Object.keys(meansOptions()).flatMap((name) => {
      const value = options[name];
      return value === undefined ? [] : [[name, parsePlainUrl(`--${name}`, value)]];
    }),
  );

/** The roles that `work` can take besides prover and keeper. */
const workRoles = (): WorkRole[] => offeredMethods().flatMap(([, { roles }]) => roles);
