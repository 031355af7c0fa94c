import type { LocalAccount } from "viem";
import { type Client, hasContract } from "../sdk/client.ts";
import { knownMethods } from "../sdk/methods/index.ts";
import { inferenceRequests } from "../sdk/requests/contracts.ts";
import type { ChainState } from "./chainState.ts";
import { openContent } from "./content.ts";
import { followChain } from "./follow.ts";
import type { Report } from "./heads.ts";
import { type Participant, runJobs } from "./jobs.ts";
import { openJournal } from "./journal.ts";
import { createKeeper } from "./keeper.ts";
import { participantMethods } from "./methods/index.ts";
import type { MethodRole, ParticipantMethod } from "./methods/method.ts";
import { openLanes } from "./models.ts";
import { createPoster } from "./poster.ts";
import { withShownInputs } from "./requests/inputs.ts";
import { createRequestKeeper } from "./requests/keeper.ts";
import { createRequestProver, type RequestLimits } from "./requests/prover.ts";
import { createSender } from "./sender.ts";
import { type ServedAt, serveContent } from "./serve.ts";

/** Roles of an account: under each method that has the role, as keeper for all, or as one who answers requests. */
export type Role = MethodRole | "keeper" | "answerer";

export interface WorkOptions {
  /** Is known to reach its deployment. */
  client: Client;
  account: LocalAccount;
  /** The account's roles; provers never sit on panels that judge them, so one account may have all. */
  roles: readonly Role[];
  /** The journal's file: without it the deposits of unrevealed answers are lost. */
  journalFile: string;
  /** Directory of models and inputs. */
  contentDirectory: string;
  /** Servers asked at `/ipfs/<cid>` for content that isn't there. */
  sources: readonly string[];
  /** Where the directory's content is served to others; defaults to nowhere. */
  serve?: ServedAt | undefined;
  /** Which requests an answerer takes; defaults to those without cover that cost it nothing. */
  requests?: RequestLimits;
  /** The prover's season; defaults to every running one. */
  seasonId?: bigint | undefined;
  /** The prover's task; defaults to every one. */
  taskId?: bigint | undefined;
  /** Most units that the prover attests, counting those of earlier runs; defaults to all. */
  maxUnits?: number | undefined;
  /** What methods' own participants need beside the chain; see `Tools`. */
  means?: Readonly<Record<string, string>>;
  /** As keeper, also post final orders that nobody pays for; defaults to those that a season's rewards pay for. */
  posts?: boolean;
  /** Called at each new block; the work ends when it returns true. Defaults to never. */
  isOver?: (state: ChainState) => boolean;
  /** From its abort on nothing new is taken on, and the work ends when no duty is left whose neglect costs. */
  leaving?: AbortSignal;
  /** Ends the work at once. */
  signal: AbortSignal;
  report: Report;
}

/** What became of the work. */
export interface WorkDone {
  /** Paid for gas, in wei. */
  gasSpent: bigint;
  /** Duties that are left, as sentences: their neglect costs. */
  atStake: string[];
}

/**
 * Works for one account until the signal; from `leaving` or `isOver` on only until its duties are done. Work under way continues at the next start, from the chain and the
 * journal. Throws the first error that no retry can fix.
 */
export async function work(options: WorkOptions): Promise<WorkDone> {
  const { client, account, isOver = () => false, report, seasonId, taskId, maxUnits, means } = options;
  const { posts = false, leaving: asked, requests = { minFee: 0n, maxCover: 0n } } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const journal = openJournal(options.journalFile);
  const closing: (() => unknown)[] = [journal.close];
  try {
    if (options.serve !== undefined) {
      const server = await serveContent(options.contentDirectory, options.serve);
      closing.push(server.close);
      report(`Serving content at ${server.url}/ipfs/.`);
    }
    const follower = await followChain(client, { signal, report });
    let gasSpent = 0n;
    const sender = createSender(client.rpc, client.deployment.chainId, follower.heads, account, (receipt) => {
      gasSpent += receipt.gasUsed * receipt.effectiveGasPrice;
    });
    const stored = openContent(options.contentDirectory, options.sources);
    const content = withShownInputs(stored, () => follower.state.requests);
    const lanes = await openLanes(client, content);
    closing.push(lanes.close);
    const { models, strangers } = lanes;
    const leaving = new AbortController();
    const tools = { client, sender, journal, models, strangers, content, leaving: leaving.signal, report, means };
    const participantsOf = (role: Role): Participant[] => {
      if (role === "keeper")
        return [
          createKeeper(client, sender),
          createPoster(client, sender, { isPaidOnly: !posts }),
          ...(hasContract(client, inferenceRequests) ? [createRequestKeeper(client, sender)] : []),
        ];
      if (role === "answerer") return [createRequestProver({ ...tools, models: strangers, ...requests })];
      // A method whose contract the deployment doesn't name has no work here.
      const parts: Readonly<Record<string, ParticipantMethod>> = participantMethods;
      return knownMethods()
        .filter(([, method]) => hasContract(client, method))
        .flatMap(([name]) => parts[name]?.roles[role]?.({ ...tools, seasonId, taskId, maxUnits }) ?? []);
    };
    const participants = options.roles.flatMap(participantsOf);
    const atStake = () => participants.flatMap((each) => each.atStake?.(follower.state) ?? []);
    const isDone = (state: ChainState): boolean => {
      if (isOver(state) || asked?.aborted) leaving.abort();
      return leaving.signal.aborted && atStake().length === 0;
    };
    if (isDone(follower.state)) return { gasSpent, atStake: [] };
    follower.onState((state) => isDone(state) && ending.abort());
    await runJobs(follower, participants, { signal, report });
    return { gasSpent, atStake: atStake() };
  } finally {
    ending.abort();
    for (const close of closing) await close();
  }
}
