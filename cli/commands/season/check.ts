import { openBounded } from "../../../participant/runtime.ts";
import { checkSeason } from "../../../participant/season/check.ts";
import type { Command } from "../../command.ts";
import { organiserOf, readSeasonFile } from "../../season/file.ts";
import { orFileOutcome, outcomeOf } from "../../season/outcome.ts";
import { openConnection, openSettingsContent } from "../../settings.ts";

export const checkCommand: Command = {
  positionals: ["FILE"],
  summary: "say everything that would fail later with a season file",
  details: `Simulates all of opening the season against the chain, and sends nothing: dates and margins, points, the right to open seasons, each task's model and method, a whole unit of each run and verified here, whether its file is served, the reward's token, and what all transactions cost. Says everything in one run; exits 1 if anything is refused. docs/run-a-season.md has the file's keys.
JSON: good, organiser, checks (each with about, result: ok, note or refused; detail), plan (as of season plan; null where something is missing for it).`,
  options: { organiser: { value: "ADDRESS", help: "who would open it; defaults to the key's account" } },
  run: orFileOutcome(async ({ positionals: [path = ""], options, settings }) => {
    const organiser = await organiserOf(settings, options.organiser);
    const read = await readSeasonFile(path);
    const { client } = await openConnection(settings);
    const opener = await openBounded();
    try {
      const content = openSettingsContent(settings);
      const checked = await checkSeason({ ...read, client, organiser, content, source: settings.api, opener });
      return outcomeOf(organiser, checked.findings, checked.plan);
    } finally {
      opener.close();
    }
  }),
};
