import type { Command, Option } from "./command.ts";
import { wrap } from "./format.ts";
import { globalOptions } from "./options.ts";

/** What all commands do. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const names = Object.entries(commands).map(([name, { positionals }]) => [name, ...positionals].join(" "));
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.values(commands).map(({ summary }, i) => `  ${(names[i] as string).padEnd(width)}  ${summary}`);
  return [
    "proofboard: take part in a Proofboard season, and check every point of it.",
    "",
    "Usage: npm run -s proofboard -- COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    ...lines,
    "",
    "Options of all commands (each except --json also as PROOFBOARD_<NAME> in the environment):",
    ...optionLines(globalOptions),
    "",
    wrap(
      "The key is PROOFBOARD_PRIVATE_KEY, or the keystore's. Exit codes: 0 good, 1 bad news (refuted, a mismatch, not found, unreachable), 2 wrong use. `COMMAND --help` explains a command; `--version` prints the version.",
    ),
  ].join("\n");
}

/** What one command does. */
export function helpOf(name: string, { positionals, details, options, summary }: Command): string {
  return [
    `proofboard ${[name, ...positionals].join(" ")}: ${summary}`,
    "",
    ...details.split("\n").map((paragraph) => wrap(paragraph)),
    "",
    ...(Object.keys(options).length > 0 ? ["Options:", ...optionLines(options), ""] : []),
    "Options of all commands:",
    ...optionLines(globalOptions),
  ].join("\n");
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  const names = Object.entries(options).map(([name, { value }]) => (value ? `--${name} ${value}` : `--${name}`));
  const width = Math.max(...names.map((name) => name.length));
  return Object.values(options).map(({ help }, i) => `  ${(names[i] as string).padEnd(width)}  ${help}`);
}
