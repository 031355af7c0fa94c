import type { Command, LazyCommand, Outcome } from "./command.ts";
import { commands } from "./commands.ts";
import { helpOf, overview } from "./help.ts";
import { listOf, parseOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import { readSettings } from "./settings.ts";
import { UsageError } from "./usage.ts";
import { version } from "./version.ts";

/** Names that commands had before. */
const former: Readonly<Record<string, string>> = { models: "model list" };

/**
 * Runs the command that the words name. Throws a {@link UsageError} where they name none, or are wrong for it, and what the
 * command throws.
 */
export async function run(
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  progress: Progress,
): Promise<Outcome> {
  const [name, rest] = nameOf(given);
  if (name === "--version") return { good: true, text: version(), json: { version: version() } };
  if (name === "--help" || name === "help")
    return { good: true, text: overview(await loaded(commands)), json: undefined };
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || load === undefined) {
    const group = Object.fromEntries(Object.entries(commands).filter(([each]) => each.startsWith(`${name} `)));
    const isGroup = Object.keys(group).length > 0;
    if (isGroup && rest.includes("--help")) return { good: true, text: overview(await loaded(group)), json: undefined };
    const found = isGroup ? "half a command" : "not a command";
    const problem = name === undefined ? "A command is missing." : `"${name}" is ${found}.`;
    const choices = listOf(Object.keys(isGroup ? group : commands));
    throw new UsageError(`${problem} The commands are ${choices}; --help says more.`);
  }
  const command = await load();
  const { positionals, options, further, switches } = parseOptions(name, command, rest);
  if (switches.has("help")) return { good: true, text: helpOf(name, command), json: undefined };
  const settings = readSettings(options, environment);
  return command.run({ positionals, options, further, switches, settings, progress });
}

async function loaded(lazy: Readonly<Record<string, LazyCommand>>): Promise<Record<string, Command>> {
  const found: Record<string, Command> = {};
  for (const [name, load] of Object.entries(lazy)) found[name] = await load();
  return found;
}

/** A command's name of one or two words, and the words after it. */
function nameOf([first, second, ...rest]: readonly string[]): [name: string | undefined, rest: string[]] {
  const both = `${first} ${second}`;
  if (second !== undefined && Object.hasOwn(commands, both)) return [both, rest];
  const known = first !== undefined && Object.hasOwn(former, first) ? former[first] : first;
  return [known, second === undefined ? [] : [second, ...rest]];
}
