import { countProgress, isWorkOver, type ProgressCount, type Work } from "../../participant/progress-count.ts";
import { type Role, work as takePart } from "../../participant/work.ts";
import { readSeason, readTasks } from "../../sdk/client.ts";
import type { Command } from "../command.ts";
import { grouped } from "../format.ts";
import { offeredMethods } from "../methods/index.ts";
import type { WorkRole } from "../methods/method.ts";
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
JSON, at the end: account, seasonId, units, pending, verified, refuted, void, entered (units with points awarded or burned); a batch counts as its number of units.`;
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
    const { closesAt } = await readSeason(client, seasonId);
    const tasks = await readTasks(client, seasonId);
    if (taskId !== undefined && !tasks.some((task) => task.taskId === taskId))
      throw new Error(`Season ${seasonId} has no task ${taskId}; its tasks are 1 to ${tasks.length}.`);
    const { timestamp } = await client.rpc.getBlock();
    if (timestamp >= BigInt(closesAt)) throw new Error(`Season ${seasonId} is over: it closed at ${closesAt}.`);
    const account = await openSettingsAccount(settings);
    const own: Work = {
      ...{ account: account.address, campaign: client.contracts.campaign.address },
      ...{ seasonId, taskId, maxUnits },
    };
    const available = tasks
      .filter((task) => taskId === undefined || task.taskId === taskId)
      .reduce((sum, task) => sum + task.unitsPerAccount, 0);
    let count: ProgressCount = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const roles: Role[] = ["prover", "keeper"];
    const chosen = workRoles().filter(({ option }) => switches.has(option));
    roles.push(...chosen.map(({ role }) => role));
    await takePart({
      ...{ deployment: client.deployment, rpcUrl, account, roles, seasonId, taskId, maxUnits },
      ...{ journalFile: settings.journal, contentDirectory: settings.content, serve },
      sources: [settings.api, ...sources],
      signal: stop.signal,
      report: progress.say,
      posts: switches.has("post"),
      isOver(state) {
        count = countProgress(state, own);
        const done = count.verified + count.refuted;
        progress.show(`settled of ${count.units} begun; units`, done, Math.min(available, maxUnits));
        return switches.has("once") && isWorkOver(state, own);
      },
    });
    return {
      good: count.refuted === 0,
      text: [
        `Account   ${account.address}`,
        `Units     ${grouped(count.units)} of ${grouped(available)} that season ${seasonId} assigns`,
        `Verified  ${grouped(count.verified)}`,
        `Pending   ${grouped(count.pending)}`,
        `Void      ${grouped(count.void)}`,
        `Refuted   ${grouped(count.refuted)}`,
        ...chosen.flatMap(({ afterwards }) => afterwards ?? []),
      ].join("\n"),
      json: { account: account.address, seasonId, ...count },
    };
  },
};

/** The roles that `work` can take besides prover and keeper. */
const workRoles = (): WorkRole[] => offeredMethods().flatMap(([, { roles }]) => roles);
