import type { Progress } from "./progress.ts";
import type { Settings } from "./settings.ts";

/** An option of a command; its value's placeholder, or none for a switch. */
export interface Option {
  value?: string;
  help: string;
}

/** What a command was called with. */
export interface Invocation {
  /** Their number is checked: at least those that the command needs, at most those that it takes. */
  positionals: string[];
  options: Readonly<Record<string, string>>;
  /** Further values of options that the command lets be repeated. */
  further: Readonly<Record<string, readonly string[]>>;
  switches: ReadonlySet<string>;
  settings: Settings;
  /** Shows how far long work has got, on a terminal. */
  progress: Progress;
}

/** What a command found. */
export interface Outcome {
  /** False makes the exit code 1. */
  good: boolean;
  /** For a person: lines of at most 100 columns, unless something can't be shortened. */
  text: string;
  /** For a machine; bigints are written as decimal strings. */
  json: unknown;
}

/** One of `proofboard`'s commands. */
export interface Command {
  /** Its arguments as `--help` shows them, each in capitals, those in brackets optional. */
  positionals: readonly string[];
  summary: string;
  /** What it does, prints and needs, with the JSON's keys. */
  details: string;
  options: Readonly<Record<string, Option>>;
  /** Options that may be given more than once. */
  repeatable?: readonly string[];
  run(invocation: Invocation): Promise<Outcome>;
}

/** A command that is loaded when it is run or explained: most of a start is loading. */
export type LazyCommand = () => Promise<Command>;

/** The commands of one module, by their names. */
export const lazily = <Name extends string>(
  names: readonly Name[],
  load: () => Promise<Readonly<Record<Name, Command>>>,
): Record<Name, LazyCommand> =>
  Object.fromEntries(names.map((name) => [name, async () => (await load())[name]])) as Record<Name, LazyCommand>;
