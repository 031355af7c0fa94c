import type { Command } from "../command.ts";
import { listOf } from "../options.ts";
import { claim } from "../season/claim.ts";
import { freeze } from "../season/freeze.ts";
import { post } from "../season/post.ts";
import { readStage } from "../season/stage.ts";
import { status } from "../season/status.ts";
import type { Verb } from "../season/verb.ts";
import { openConnection } from "../settings.ts";
import { parseCount, UsageError } from "../usage.ts";

const verbs: Readonly<Record<string, Verb>> = { status, freeze, post, claim };

export const season: Command = {
  positionals: ["VERB", "SEASON"],
  summary: `a season's end: ${listOf(Object.keys(verbs))}`,
  details: `Reads all it needs from the chain alone, and holds events against what the contracts keep; docs/standings.md has the rules. Amounts are in the token's smallest unit. What a contract would refuse is refused before anything is sent.
${Object.values(verbs)
  .map(({ details }) => details)
  .join("\n")}`,
  options: Object.assign({}, ...Object.values(verbs).map(({ options }) => options)),
  async run(invocation) {
    const [name, text] = invocation.positionals as [string, string];
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined)
      throw new UsageError(`"${name}" is nothing that season does; it does ${listOf(Object.keys(verbs))}.`);
    for (const option of [...Object.keys(invocation.options), ...invocation.switches])
      if (option in season.options && !(option in verb.options))
        throw new UsageError(`"--${option}" is not an option of "season ${name}".`);
    const seasonId = parseCount("SEASON", text, 1n);
    const check = verb.prepare(invocation);
    const { client } = await openConnection(invocation.settings);
    return check(await readStage(client, seasonId));
  },
};
