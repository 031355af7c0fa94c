import { parseArgs } from "node:util";
import type { Command, Option } from "./command.ts";
import { UsageError } from "./usage.ts";

/** Options that every command takes. */
export const globalOptions: Readonly<Record<string, Option>> = {
  rpc: { value: "URL", help: "JSON-RPC endpoint; defaults to the API's, otherwise http://127.0.0.1:8545" },
  api: { value: "URL", help: "the indexer's API; defaults to the demo's, http://127.0.0.1:4000" },
  deployment: { value: "FILE", help: "contracts' addresses; defaults to deployments/31337.json, or the API's" },
  content: { value: "DIR", help: "files by CID; defaults to .proofboard/content; others come from the API" },
  journal: { value: "FILE", help: "salts not yet revealed; defaults to .proofboard/journal.sqlite" },
  keystore: { value: "FILE", help: "V3 keystore; its password is PROOFBOARD_PASSWORD or typed" },
  json: { help: "one JSON document on stdout instead of text" },
  help: { help: "this help" },
};

/** The command line, checked against what the command takes. */
export interface Parsed {
  positionals: string[];
  options: Record<string, string>;
  /** Further values of options that may be given more than once. */
  further: Record<string, string[]>;
  switches: Set<string>;
}

/** Reads the words after the command's name; throws {@link UsageError} for what the command doesn't take. */
export function parseOptions(name: string, command: Command, words: readonly string[]): Parsed {
  const known = { ...globalOptions, ...command.options };
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([option, { value }]) => [option, { type: value ? "string" : "boolean" } as const]),
    ),
  });
  const parsed: Parsed = { positionals: [], options: {}, further: {}, switches: new Set() };
  for (const token of tokens) {
    if (token.kind === "positional") parsed.positionals.push(token.value);
    else if (token.kind === "option") readOption(name, known, command.repeatable ?? [], token, parsed);
  }
  if (!parsed.switches.has("help")) checkPositionals(name, command, parsed.positionals);
  return parsed;
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function readOption(
  command: string,
  known: Readonly<Record<string, Option>>,
  repeatable: readonly string[],
  { name, rawName, value, inlineValue }: OptionToken,
  parsed: Parsed,
): void {
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (option === undefined || !rawName.startsWith("--"))
    throw new UsageError(
      `"${rawName}" is not an option of "${command}". Its options are ${listOf(Object.keys(known).map((each) => `--${each}`))}.`,
    );
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`"${rawName}" takes no value, but was given "${value}".`);
    parsed.switches.add(name);
    return;
  }
  if (value === undefined || (!inlineValue && value.startsWith("-")))
    throw new UsageError(`"${rawName}" needs a value, as in ${rawName} ${option.value}.`);
  if (!(name in parsed.options)) parsed.options[name] = value;
  else if (repeatable.includes(name)) parsed.further[name] = [...(parsed.further[name] ?? []), value];
  else throw new UsageError(`"${rawName}" is given twice.`);
}

function checkPositionals(name: string, { positionals }: Command, given: readonly string[]): void {
  const missing = positionals.slice(given.length).find((each) => !each.startsWith("["));
  if (missing !== undefined)
    throw new UsageError(`"${name}" needs ${missing}, as in: proofboard ${name} ${positionals.join(" ")}`);
  const extra = given[positionals.length];
  if (extra !== undefined)
    throw new UsageError(
      `"${extra}" is one argument too many; right would be: proofboard ${[name, ...positionals].join(" ")}`,
    );
}

/** "a, b and c" */
export const listOf = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
