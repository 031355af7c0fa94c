import { isWorkOver, type Tally, tallyOf, type Work } from "../../participant/tally.ts";
import { type Role, work as takePart } from "../../participant/work.ts";
import { readSeason, readTasks } from "../../sdk/client.ts";
import type { Command } from "../command.ts";
import { grouped } from "../format.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { parseCount } from "../usage.ts";

const STILL_LISTED =
  "This account stays on the verifiers' list: a panel that draws it while no `work --verify` runs costs it\na part of its bond. `IQuorum.quit` takes it off.";

export const work: Command = {
  positionals: ["SEASON"],
  summary: "take part: run assigned inferences and earn points",
  details: `Works through the units assigned to the key's account: under Quorum commits and reveals in time, under FraudProof claims them in batches; and moves on whatever is due for everybody; with --verify it also joins Quorum's verifiers and serves on panels, with --challenge it re-runs every claim under FraudProof and refutes what is wrong. Ends on Ctrl-C, or with --once when no unit is left, all own attestations are settled and the verified ones awarded. What was begun goes on at the next start: keep the journal. Needs a key with money for deposits and gas.
JSON, at the end: account, seasonId, units, pending, verified, refuted, void, entered (units with points awarded or burned); a batch counts as many as it has units.`,
  options: {
    task: { value: "T", help: "this task only" },
    units: {
      value: "N",
      help: "N units at most for panels, and N in batches of each task, counting earlier ones",
    },
    verify: { help: "also serve on panels" },
    challenge: { help: "also re-run every claim under FraudProof" },
    once: { help: "end when there is nothing left to do" },
  },
  async run({ positionals: [season], options, switches, settings, progress }) {
    const seasonId = parseCount("SEASON", season as string, 1n);
    const taskId = options.task === undefined ? undefined : parseCount("--task", options.task, 1n);
    const maxUnits = options.units === undefined ? Infinity : Number(parseCount("--units", options.units, 1n));
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
    let tally: Tally = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    const roles: Role[] = ["prover", "keeper"];
    if (switches.has("verify")) roles.push("verifier");
    if (switches.has("challenge")) roles.push("challenger");
    await takePart({
      ...{ deployment: client.deployment, rpcUrl, account, roles, seasonId, taskId, maxUnits },
      ...{ journalFile: settings.journal, contentDirectory: settings.content, sources: [settings.api] },
      signal: stop.signal,
      report: progress.say,
      isOver(view) {
        tally = tallyOf(view, own);
        const done = tally.verified + tally.refuted;
        progress.show(`settled of ${tally.units} begun; units`, done, Math.min(available, maxUnits));
        return switches.has("once") && isWorkOver(view, own);
      },
    });
    return {
      good: tally.refuted === 0,
      text: [
        `Account   ${account.address}`,
        `Units     ${grouped(tally.units)} of ${grouped(available)} that season ${seasonId} assigns`,
        `Verified  ${grouped(tally.verified)}`,
        `Pending   ${grouped(tally.pending)}`,
        `Void      ${grouped(tally.void)}`,
        `Refuted   ${grouped(tally.refuted)}`,
        ...(switches.has("verify") ? [STILL_LISTED] : []),
      ].join("\n"),
      json: { account: account.address, seasonId, ...tally },
    };
  },
};
