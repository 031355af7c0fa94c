import type { Command, Outcome } from "./command.ts";
import { account } from "./commands/account.ts";
import { ask } from "./commands/ask.ts";
import { attest } from "./commands/attest.ts";
import { audit } from "./commands/audit.ts";
import { bondsCommands } from "./commands/bonds.ts";
import { mirrorCommand } from "./commands/content/mirror.ts";
import { putCommand } from "./commands/content/put.ts";
import { faucet } from "./commands/faucet.ts";
import { infer } from "./commands/infer.ts";
import { mcp } from "./commands/mcp.ts";
import { checkCommand } from "./commands/model/check.ts";
import { circuitCommand } from "./commands/model/circuit.ts";
import { importCommand } from "./commands/model/import.ts";
import { listCommand } from "./commands/model/list.ts";
import { publishCommand } from "./commands/model/publish.ts";
import { setProfile } from "./commands/profile/set.ts";
import { showProfile } from "./commands/profile/show.ts";
import { rank } from "./commands/rank.ts";
import { cancelRequest } from "./commands/request/cancel.ts";
import { listRequests } from "./commands/request/list.ts";
import { showRequest } from "./commands/request/show.ts";
import { withdrawPayments } from "./commands/request/withdraw.ts";
import { cancelCommand } from "./commands/season/cancel.ts";
import { checkCommand as checkSeasonCommand } from "./commands/season/check.ts";
import { claimCommand } from "./commands/season/claim.ts";
import { freezeCommand } from "./commands/season/freeze.ts";
import { openCommand } from "./commands/season/open.ts";
import { planCommand } from "./commands/season/plan.ts";
import { postCommand } from "./commands/season/post.ts";
import { statusCommand } from "./commands/season/status.ts";
import { serve } from "./commands/serve.ts";
import { verify } from "./commands/verify.ts";
import { wallet } from "./commands/wallet.ts";
import { work } from "./commands/work.ts";
import { helpOf, overview } from "./help.ts";
import { offeredMethods } from "./methods/index.ts";
import { listOf, parseOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import { readSettings } from "./settings.ts";
import { UsageError } from "./usage.ts";
import { version } from "./version.ts";

const commands: Readonly<Record<string, Command>> = {
  wallet,
  faucet,
  account,
  ...bondsCommands,
  "model import": importCommand,
  "model check": checkCommand,
  "model circuit": circuitCommand,
  "model publish": publishCommand,
  "model list": listCommand,
  infer,
  attest,
  work,
  ...Object.assign({}, ...offeredMethods().map(([, { commands }]) => commands)),
  rank,
  "profile set": setProfile,
  "profile show": showProfile,
  ask,
  "request list": listRequests,
  "request show": showRequest,
  "request cancel": cancelRequest,
  "request withdraw": withdrawPayments,
  mcp,
  "season check": checkSeasonCommand,
  "season plan": planCommand,
  "season open": openCommand,
  "season cancel": cancelCommand,
  "season status": statusCommand,
  "season freeze": freezeCommand,
  "season post": postCommand,
  "season claim": claimCommand,
  "content put": putCommand,
  "content mirror": mirrorCommand,
  verify,
  audit,
  serve,
};

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
  if (name === "--help" || name === "help") return { good: true, text: overview(commands), json: undefined };
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || command === undefined) {
    const group = Object.fromEntries(Object.entries(commands).filter(([each]) => each.startsWith(`${name} `)));
    const isGroup = Object.keys(group).length > 0;
    if (isGroup && rest.includes("--help")) return { good: true, text: overview(group), json: undefined };
    const found = isGroup ? "half a command" : "not a command";
    const problem = name === undefined ? "A command is missing." : `"${name}" is ${found}.`;
    const choices = listOf(Object.keys(isGroup ? group : commands));
    throw new UsageError(`${problem} The commands are ${choices}; --help says more.`);
  }
  const { positionals, options, further, switches } = parseOptions(name, command, rest);
  if (switches.has("help")) return { good: true, text: helpOf(name, command), json: undefined };
  const settings = readSettings(options, environment);
  return command.run({ positionals, options, further, switches, settings, progress });
}

/** A command's name of one or two words, and the words after it. */
function nameOf([first, second, ...rest]: readonly string[]): [name: string | undefined, rest: string[]] {
  const both = `${first} ${second}`;
  if (second !== undefined && Object.hasOwn(commands, both)) return [both, rest];
  const known = first !== undefined && Object.hasOwn(former, first) ? former[first] : first;
  return [known, second === undefined ? [] : [second, ...rest]];
}
