import type { Command } from "../../command.ts";
import { utc } from "../../format.ts";
import { organiserOf, planFile } from "../../season/file.ts";
import { costLines, orFileOutcome, planJson } from "../../season/outcome.ts";
import { openConnection } from "../../settings.ts";

export const planCommand: Command = {
  positionals: ["FILE"],
  summary: "the transactions that opening a season takes",
  details: `Prints each transaction with its gas and cost at the chain's price now, and which of them are done; judges nothing. "measured" marks gas that the chain's state doesn't allow to estimate yet: it is what such transactions took when they were measured.
JSON: draft (dates, verifierCap, uri, tasks, rewards), found (the season on the chain, or null), steps (each with name, detail, isDone, gas, isMeasured), gas, gasPrice, cost (wei).`,
  options: { organiser: { value: "ADDRESS", help: "who would open it; defaults to the key's account" } },
  run: orFileOutcome(async ({ positionals: [path = ""], options, settings }) => {
    const organiser = await organiserOf(settings, options.organiser);
    const { client } = await openConnection(settings);
    const { plan } = await planFile(client, settings, organiser, path);
    const { startsAt, endsAt, closesAt } = plan.draft;
    return {
      good: true,
      text: [
        `Starts  ${utc(startsAt)}`,
        `Ends    ${utc(endsAt)}`,
        `Closes  ${utc(closesAt)}`,
        "",
        ...costLines(plan),
      ].join("\n"),
      json: planJson(plan),
    };
  }),
};
