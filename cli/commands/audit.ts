import { auditSeason, type SeasonAudit } from "../../sdk/audit.ts";
import { type ApiAnswers, compareApi, readApi } from "../../sdk/auditApi.ts";
import type { Command } from "../command.ts";
import { grouped, wrap } from "../format.ts";
import { openConnection } from "../settings.ts";
import { parseCount } from "../usage.ts";

const SHOWN = 10;

export const audit: Command = {
  positionals: ["SEASON"],
  summary: "recompute a season from the chain alone, and compare the API with it",
  details: `Reads the season's events in bounded ranges and recomputes every attestation's uid, the ledger and its hash, every point from the rules, every assigned input, all points and ranks. Compares them with the registry's records and the campaign's own state at the same block, and then with the API's whole ranking and its audit. Covers points, not the counts of pending and refuted attestations. Give --rpc for an RPC that the API doesn't choose. Exit code 1 if anything differs.
JSON: seasonId, match, differences, chainId, blockNumber, blockHash, seq, ledgerHash, totalPoints, participants, attestations, standings (rank, place, account, points, lastSeq), api (asOf; null with --chain-only), rpcFromApi.`,
  options: { "chain-only": { help: "don't compare the API" } },
  async run({ positionals: [season], switches, settings, progress }) {
    const seasonId = parseCount("SEASON", season as string, 1n);
    const { client, rpcFromApi } = await openConnection(settings);
    const answers = switches.has("chain-only") ? undefined : await readApi(settings.api, seasonId).catch(keep);
    const chain = await auditSeason(client, seasonId, progress.show);
    if (answers instanceof Error) throw answers;
    const differences = [...chain.differences];
    if (answers && differences.length === 0) differences.push(...(await compareApi(client, chain, answers)));
    const good = differences.length === 0;
    const { chainId, blockNumber, blockHash, attestations, ledger } = chain;
    const { seq, ledgerHash, totalPoints, standings } = ledger;
    const participants = standings.length;
    return {
      good,
      text: textOf(chain, answers, differences, rpcFromApi),
      json: {
        seasonId,
        match: good,
        differences,
        ...{ chainId, blockNumber, blockHash, seq, ledgerHash, totalPoints, participants, attestations, standings },
        api: answers ? { asOf: answers.asOf } : null,
        rpcFromApi,
      },
    };
  },
};

// If the chain has no such season, that is the error to report, not the API's.
const keep = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function textOf(
  { seasonId, chainId, blockNumber, attestations, entries, ledger }: SeasonAudit,
  answers: ApiAnswers | undefined,
  differences: readonly string[],
  rpcFromApi: boolean,
): string {
  const lines = [
    `Season ${seasonId} on chain ${chainId}, up to block ${grouped(blockNumber)}`,
    `  attestations    ${grouped(attestations)}, every uid recomputed from its event's fields`,
    `  ledger        ${grouped(entries.length)} entries, held against the rules and the registry's records`,
    `  ledger hash   ${ledger.ledgerHash}`,
    `  accounts      ${grouped(ledger.standings.length)} with ${grouped(ledger.totalPoints)} points together`,
  ];
  if (answers)
    lines.push(
      `  API           ${grouped(answers.standings.length)} rows as of block ${grouped(answers.asOf.blockNumber)}`,
    );
  if (rpcFromApi)
    lines.push(`  ${wrap("The API chose this RPC; for an independent check, give another by --rpc URL.", 2)}`);
  if (differences.length === 0) {
    const agree = answers ? "Events, contracts and API agree" : "Events and contracts agree";
    return [...lines, "", `${agree}: points match.`].join("\n");
  }
  const shown = differences.slice(0, SHOWN).map((difference, i) => `  ${wrap(`${i + 1}. ${difference}`, 5)}`);
  const more = differences.length > SHOWN ? [`  … and ${grouped(differences.length - SHOWN)} more.`] : [];
  const count = differences.length === 1 ? "1 difference" : `${grouped(differences.length)} differences`;
  return [...lines, "", `${count}; the first is:`, ...shown, ...more].join("\n");
}
