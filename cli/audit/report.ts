import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SeasonAudit } from "../../sdk/audit.ts";
import type { ApiAnswers } from "../../sdk/auditApi.ts";
import { grouped, wrap } from "../format.ts";
import type { ContractCode } from "./code.ts";
import type { Rerun } from "./rerun.ts";

/** All that an audit found. */
export interface Found {
  chain: SeasonAudit;
  rpcs: readonly string[];
  contracts: readonly ContractCode[];
  api: ApiAnswers | undefined;
  rerun: Rerun | undefined;
  differences: readonly string[];
  notChecked: readonly string[];
}

/** So many differences are shown on a terminal; a file has all. */
const SHOWN = 10;

/** The report for a terminal. */
export function textOf(found: Found): string {
  const { differences, notChecked } = found;
  const facts = factsOf(found);
  const width = Math.max(...facts.map(([name]) => name.length)) + 4;
  return [
    titleOf(found),
    ...facts.map(([name, words]) => `  ${name.padEnd(width - 2)}${wrap(words, width)}`),
    ...found.contracts.map((contract) => `  ${wrap(codeLine(contract), 4)}`),
    ...(notChecked.length > 0 ? ["", "Not checked", ...shown(notChecked)] : []),
    "",
    wrap(verdictOf(found)),
    ...shown(differences),
  ].join("\n");
}

const shown = (sentences: readonly string[]): string[] => [
  ...sentences.slice(0, SHOWN).map((sentence, i) => `  ${wrap(`${i + 1}. ${sentence}`, 5)}`),
  ...(sentences.length > SHOWN ? [`  … and ${grouped(sentences.length - SHOWN)} more.`] : []),
];

/** The report as Markdown, with everything. */
export function markdownOf(found: Found): string {
  const list = (sentences: readonly string[]) => sentences.map((sentence, i) => `${i + 1}. ${escaped(sentence)}`);
  const { contracts, differences, notChecked } = found;
  return [
    ...[`# ${titleOf(found)}`, "", escaped(verdictOf(found)), ""],
    ...(differences.length > 0 ? ["## Differences", "", ...list(differences), ""] : []),
    ...["## What was read", "", "| what | found |", "| --- | --- |"],
    ...factsOf(found).map(([name, words]) => `| ${name} | ${escaped(words)} |`),
    ...["", "## Contracts", "", ...contracts.map((contract) => `- ${codeLine(contract)}`), ""],
    ...(notChecked.length > 0 ? ["## Not checked", "", ...list(notChecked), ""] : []),
  ].join("\n");
}

/** Writes a file whole, or not at all. */
export async function writeReport(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${randomUUID()}`);
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, file);
  } catch (error) {
    throw new Error(`The report ${file} can't be written: ${(error as NodeJS.ErrnoException).code}.`);
  } finally {
    await rm(temporary, { force: true });
  }
}

// Sentences hold what nodes and servers told.
const escaped = (text: string): string => text.replace(/[\\|<>*_`[\]]/g, "\\$&").replace(/\s+/g, " ");

const titleOf = ({ chain }: Found): string =>
  `Season ${chain.seasonId} on chain ${chain.chainId}, up to block ${grouped(chain.blockNumber)}`;

function verdictOf({ api, differences }: Found): string {
  if (differences.length === 0)
    return `${api ? "Events, contracts and API agree" : "Events and contracts agree"}: points match.`;
  const count = differences.length === 1 ? "1 difference" : `${grouped(differences.length)} differences`;
  return `${count}; the first is:`;
}

/** The report's lines, each with its name. */
function factsOf({ chain, rpcs, api, rerun }: Found): [string, string][] {
  const { ledger, outcomes, end, resumedAt } = chain;
  const finality = { true: "final", false: "not final yet", undefined: "the node doesn't say whether it is final" };
  const resumed = resumedAt === undefined ? "" : `; up to ${grouped(resumedAt)} by an earlier audit`;
  const facts: [string, string][] = [
    ["RPC", rpcs.join(", and the same of ")],
    ["blocks", `${grouped(chain.fromBlock)} to ${grouped(chain.blockNumber)}${resumed}`],
    ["block hash", `${chain.blockHash}, ${finality[`${chain.isFinal}`]}`],
    [
      "attestations",
      `${grouped(chain.attestations)} of this season's units, every uid recomputed from its event's fields`,
    ],
    ["ledger", `${grouped(chain.entries.length)} entries, held against the rules and the registry's records`],
    ["ledger hash", ledger.ledgerHash],
    ["accounts", `${grouped(ledger.standings.length)} with ${grouped(ledger.totalPoints)} points together`],
    [
      "penalties",
      `${grouped(outcomes.burned)} took points, ${grouped(outcomes.unburned)} took none or were never burned; ${grouped(outcomes.owed)} points are owed`,
    ],
    ["not awarded", `${grouped(outcomes.unawarded)} verified attestations`],
  ];
  if (end) facts.push(["end", endOf(end)]);
  if (end?.rewards) facts.push(["rewards", rewardsOf(end.rewards)]);
  if (rerun)
    facts.push([
      "run again",
      `${grouped(rerun.chosen)} of ${grouped(rerun.total)} inferences (--rerun ${rerun.percent}% --seed ${rerun.seed}), ${grouped(rerun.held)} as the prover said`,
    ]);
  if (api) facts.push(["API", `${grouped(api.standings.length)} rows as of block ${grouped(api.asOf.blockNumber)}`]);
  return facts;
}

type End = NonNullable<SeasonAudit["end"]>;

function endOf({ isFrozen, final }: End): string {
  if (!isFrozen) return "not frozen";
  if (!final) return "frozen with these values, no final order yet";
  return `final: ${grouped(final.participants)} accounts in ${grouped(final.chunks)} chunks by ${final.poster}, every root recomputed`;
}

const rewardsOf = ({
  escrowed,
  claims,
  claimed,
  posterPaid,
  returned,
  held,
  token,
}: NonNullable<End["rewards"]>): string =>
  `${grouped(escrowed)} of ${token} escrowed, ${grouped(claimed)} in ${grouped(claims)} claims, ${grouped(posterPaid)} to the poster, ${grouped(returned)} returned, ${grouped(held)} held`;

function codeLine({ name, address, codeHash, isBuilt }: ContractCode): string {
  const words = isBuilt === undefined ? "not compared" : isBuilt ? "as built here" : "not as built here";
  return `${name} ${address}, code ${codeHash}: ${words}`;
}
