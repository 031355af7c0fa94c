import { randomBytes } from "node:crypto";
import { withModels } from "../../participant/models.ts";
import { ApiError } from "../../sdk/api.ts";
import { witnessed } from "../../sdk/audit/witness.ts";
import { auditSeason, type SeasonAudit } from "../../sdk/audit.ts";
import { type ApiAnswers, compareApi, readApi } from "../../sdk/auditApi.ts";
import { type Client, checkDeployment, connect } from "../../sdk/client.ts";
import { type ContractCode, readCode } from "../audit/code.ts";
import { type Found, markdownOf, textOf, writeReport } from "../audit/report.ts";
import { parsePercent, type Rerun, rerun, type Sample } from "../audit/rerun.ts";
import { openAuditJournal } from "../audit/resume.ts";
import type { Command, Invocation } from "../command.ts";
import { openConnection, openSettingsContent } from "../settings.ts";
import { parseCount, parseUrl, UsageError } from "../usage.ts";

export const audit: Command = {
  positionals: ["SEASON"],
  summary: "recompute a season from the chain alone, and compare the API with it",
  details: `Reads the season's events up to one block and recomputes every attestation's uid, the ledger and its hash, every award, share, penalty and debt from the rules, every assigned input, all points and ranks, and the season's end: frozen values, chunks of the final order, claims against the terms. Compares them with the contracts' own state at that block, the contracts' code with this checkout's build, and then the API's whole ranking and its audit. Covers points, not the counts of pending and refuted attestations. Give --rpc for an RPC that the API doesn't choose, and --deployment for the addresses; give --rpc again, and a second node is asked the same. Says what it did not check: an API that is down is no difference. A node must keep the state of the block for as long as the audit takes. Exit code 1 if anything differs.
JSON: seasonId, match, differences, notChecked, chainId, fromBlock, blockNumber, blockHash, isFinal (null if the node doesn't say), resumedAt, rpcs, contracts (name, address, codeHash, isBuilt: null if there is no build), seq, ledgerHash, totalPoints, participants, attestations, outcomes (burned, unburned, unawarded, owed), end (isFrozen, final, rewards; or null), rerun (or null), standings (rank, place, account, points, lastSeq), api (asOf; null if it wasn't compared), rpcFromApi.`,
  options: {
    "chain-only": { help: "don't compare the API" },
    block: { value: "N", help: "audit the chain as it was at this block; defaults to the newest" },
    resume: { value: "FILE", help: "keep here what was read, and go on from there the next time; off by default" },
    rerun: { value: "N%", help: "run so many of the paid inferences again, at least one; needs the models' files" },
    seed: { value: "TEXT", help: "decides which of them; drawn and printed by default" },
    report: { value: "FILE", help: "write the whole report here, as Markdown" },
  },
  repeatable: ["rpc"],
  async run(invocation) {
    const { positionals, options, switches, settings, progress } = invocation;
    const seasonId = parseCount("SEASON", positionals[0] as string, 1n);
    const blockNumber = options.block === undefined ? undefined : parseCount("--block", options.block);
    const sample = sampleOf(options);
    const { client, rpcs, rpcFromApi, told } = await openRpcs(invocation);
    const answers = switches.has("chain-only") ? undefined : await readApi(settings.api, seasonId).catch(keep);
    const journal = options.resume === undefined ? undefined : await openAuditJournal(options.resume, client, seasonId);
    const chain = await auditSeason(client, seasonId, progress.show, { blockNumber, journal });
    const contracts = await readCode(client, chain.blockNumber);
    const ran = sample && (await runSample(invocation, client, chain, sample));
    const [differences, notChecked] = [[...told, ...chain.differences], [...chain.notChecked]];
    addCode(contracts, differences, notChecked);
    if (ran) differences.push(...ran.differences);
    notChecked.push(...rerunSentences(ran));
    if (rpcFromApi) notChecked.push("RPC: the API chose it; for an independent check, give another by --rpc URL.");
    const api = await compareAnswers(client, chain, answers, {
      ...{ differences, notChecked, isPast: blockNumber !== undefined },
    });
    const found: Found = { chain, rpcs, contracts, api, rerun: ran, differences, notChecked };
    if (options.report !== undefined) await writeReport(options.report, markdownOf(found));
    return { good: differences.length === 0, text: textOf(found), json: { ...jsonOf(found), rpcFromApi } };
  },
};

/** The RPCs, of which each but the first is asked what the first one is, and where they differed. */
async function openRpcs({ settings, further }: Invocation) {
  const { client: first, rpcUrl, rpcFromApi } = await openConnection(settings);
  const others = (further.rpc ?? []).map((url) => parseUrl("The RPC", url));
  const { deployment } = first;
  for (const url of others) await checkDeployment(connect(deployment, url));
  const { transport, differences: told } = witnessed([rpcUrl, ...others]);
  const client = others.length === 0 ? first : connect(deployment, transport);
  return { client, rpcs: [rpcUrl, ...others].map((url) => new URL(url).origin), rpcFromApi, told };
}

function sampleOf({ rerun: text, seed }: Invocation["options"]): Sample | undefined {
  if (text === undefined && seed !== undefined) throw new UsageError("--seed needs --rerun N%.");
  return text === undefined ? undefined : { percent: parsePercent(text), seed: seed ?? randomBytes(8).toString("hex") };
}

function runSample(
  { settings, progress }: Invocation,
  client: Client,
  { paid }: SeasonAudit,
  sample: Sample,
): Promise<Rerun> {
  const content = openSettingsContent(settings);
  return withModels(client, content, (models) =>
    rerun({ client, content, models, paid: paid(), sample, onProgress: progress.show }),
  );
}

function rerunSentences(ran: Rerun | undefined): string[] {
  if (ran === undefined) return ["Inferences: none was run again; --rerun N% does that."];
  const [first] = ran.notChecked;
  const left = ran.total - ran.chosen;
  return [
    ...(left > 0 ? [`Inferences: ${left} of ${ran.total} were not chosen.`] : []),
    ...(first ? [`Inferences: ${ran.notChecked.length} of ${ran.chosen} chosen, of which the first is: ${first}`] : []),
  ];
}

function addCode(contracts: readonly ContractCode[], differences: string[], notChecked: string[]): void {
  for (const { name, address, isBuilt } of contracts)
    if (isBuilt === false) differences.push(`The code of ${name} at ${address} is not what this checkout builds.`);
  const unbuilt = contracts.filter(({ isBuilt }) => isBuilt === undefined).map(({ name }) => name);
  if (unbuilt.length > 0)
    notChecked.push(`Code of ${unbuilt.join(", ")}: there is no build of it here; npm run build makes one.`);
}

// If the chain has no such season, that is the error to report, not the API's.
const keep = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Compares the API with the chain, if there is an API and the chain agrees with itself; gives what was compared. */
async function compareAnswers(
  client: Client,
  chain: SeasonAudit,
  answers: ApiAnswers | Error | undefined,
  { differences, notChecked, isPast }: { differences: string[]; notChecked: string[]; isPast: boolean },
): Promise<ApiAnswers | undefined> {
  if (answers === undefined) notChecked.push("API: not compared, by --chain-only.");
  else if (answers instanceof Error) {
    if (isDown(answers)) notChecked.push(`API: not compared, because: ${answers.message}`);
    else differences.push(`The API doesn't answer as it must: ${answers.message}`);
  } else if (differences.length > 0) notChecked.push("API: not compared, because the chain's part already differs.");
  else if (isPast && BigInt(answers.asOf.blockNumber) > chain.blockNumber)
    notChecked.push(`API: not compared, because it is at block ${answers.asOf.blockNumber}, after --block.`);
  else {
    differences.push(...(await compareApi(client, chain, answers)));
    return answers;
  }
  return undefined;
}

/** Whether an API can't be reached or can't answer now, which says nothing of what it would answer. */
const isDown = (error: Error): boolean =>
  error instanceof ApiError && (error.cause !== undefined || (error.status ?? 0) >= 500 || error.status === 429);

function jsonOf({ chain, rpcs, contracts, api, rerun: ran, differences, notChecked }: Found) {
  const { seasonId, chainId, fromBlock, blockNumber, blockHash, isFinal, resumedAt, attestations, outcomes, end } =
    chain;
  const { seq, ledgerHash, totalPoints, standings } = chain.ledger;
  return {
    ...{
      seasonId,
      match: differences.length === 0,
      differences,
      notChecked,
      chainId,
      fromBlock,
      blockNumber,
      blockHash,
    },
    ...{ isFinal: isFinal ?? null, resumedAt: resumedAt ?? null, rpcs },
    contracts: contracts.map((contract) => ({ ...contract, isBuilt: contract.isBuilt ?? null })),
    ...{ seq, ledgerHash, totalPoints, participants: standings.length, attestations, outcomes },
    end: end ? { ...end, final: end.final ?? null, rewards: end.rewards ?? null } : null,
    ...{ rerun: ran ?? null, standings, api: api ? { asOf: api.asOf } : null },
  };
}
