import { openBounded } from "../../../participant/runtime.ts";
import { checkSeason } from "../../../participant/season/check.ts";
import { openPlanned } from "../../../participant/season/open.ts";
import type { Command } from "../../command.ts";
import { grouped } from "../../format.ts";
import { readSeasonFile } from "../../season/file.ts";
import { orFileOutcome, outcomeOf, seasonFindingLines } from "../../season/outcome.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../../settings.ts";

export const openCommand: Command = {
  positionals: ["FILE"],
  summary: "open a season from its file, if it passes every check",
  details: `Makes the checks of \`season check\` and sends nothing if anything is refused. Puts the metadata and the models' files into the content directory, publishes the models that aren't, drafts the season, adds its tasks, escrows its reward and opens it. Where it broke off, it goes on the next time: it looks at the chain for a draft of the same file, and never drafts twice. A season that is open already is left as it is. Needs a key with money.
JSON: seasonId, opened (false if it was open already), uri, transactions (name, transactionHash, gasUsed), gasUsed, checks.`,
  options: {},
  run: orFileOutcome(async ({ positionals: [path = ""], settings, progress }) => {
    const read = await readSeasonFile(path);
    const account = await openSettingsAccount(settings);
    const { client } = await openConnection(settings);
    const content = openSettingsContent(settings);
    const opener = await openBounded();
    const options = { ...read, client, organiser: account.address, content, source: settings.api, opener };
    const { findings, tasks, plan } = await checkSeason(options).finally(opener.close);
    if (plan?.found?.state === "open") {
      const { seasonId } = plan.found;
      return {
        good: true,
        text: `Season ${seasonId} is open already, from this file: nothing was sent.`,
        json: { seasonId, opened: false, uri: plan.draft.uri, transactions: [], gasUsed: 0n, checks: findings },
      };
    }
    const checked = outcomeOf(account.address, findings, plan);
    if (!checked.good || plan === undefined)
      return { ...checked, good: false, text: `${checked.text}\n\nNothing was sent.` };
    const { seasonId, receipts } = await withSender(client, account, progress, (sender) =>
      openPlanned(client, sender, content, read.file, tasks, plan),
    );
    const transactions = receipts.map(({ name, receipt: { transactionHash, gasUsed } }) => ({
      name,
      transactionHash,
      gasUsed,
    }));
    const gasUsed = transactions.reduce((sum, each) => sum + each.gasUsed, 0n);
    return {
      good: true,
      text: [
        ...seasonFindingLines(findings.filter(({ result }) => result === "note")),
        `Season ${seasonId} is open.`,
        `Sent   ${transactions.map(({ name }) => name).join(", ")}: ${grouped(gasUsed)} gas`,
        `Uri    ${plan.draft.uri}`,
        `Kept   ${settings.content}: serve it from there`,
      ].join("\n"),
      json: { seasonId, opened: true, uri: plan.draft.uri, transactions, gasUsed, checks: findings },
    };
  }),
};
