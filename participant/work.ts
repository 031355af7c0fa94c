import type { LocalAccount } from "viem";
import { openModels } from "../inference/models.ts";
import { checkDeployment, connect } from "../sdk/client.ts";
import type { Deployment } from "../sdk/deployment.ts";
import { type Actor, runActors } from "./actors.ts";
import { createBatcher } from "./batcher.ts";
import { followBoard } from "./board.ts";
import { createChallenger } from "./challenger.ts";
import { openContent } from "./content.ts";
import { createFraudKeeper } from "./fraudKeeper.ts";
import type { Report } from "./heads.ts";
import { openJournal } from "./journal.ts";
import { createKeeper } from "./keeper.ts";
import { createProver } from "./prover.ts";
import { loadPinnedRuntime } from "./runtime.ts";
import { createSender } from "./sender.ts";
import { createVerifier } from "./verifier.ts";
import type { View } from "./view.ts";

export type Role = "prover" | "verifier" | "keeper" | "challenger";

export interface WorkOptions {
  deployment: Deployment;
  /** URL of a JSON-RPC endpoint. */
  rpcUrl: string;
  account: LocalAccount;
  /** What the account works as; provers don't sit on panels that judge them, so one account may be all. */
  roles: readonly Role[];
  /** The journal's file: losing it loses the deposits of what waits to be revealed. */
  journalFile: string;
  /** Directory of models and inputs. */
  contentDirectory: string;
  /** Servers asked at `/ipfs/<cid>` for content that isn't there. */
  sources: readonly string[];
  /** The prover's season; every running one unless told. */
  seasonId?: bigint | undefined;
  /** The prover's task; every one unless told. */
  taskId?: bigint | undefined;
  /** Units that the prover commits at most in a season, counting those of earlier runs; all unless told. */
  maxUnits?: number | undefined;
  /** Ends the work when it says so of a new block; never unless told. */
  isOver?: (view: View) => boolean;
  signal: AbortSignal;
  report: Report;
}

/**
 * Works for one account until the signal or `isOver`; what was begun goes on at the next start, from the chain and the
 * journal. Throws a sentence when the deployment isn't on the RPC's chain, or on the first error that no later try can mend.
 */
export async function work(options: WorkOptions): Promise<void> {
  const { deployment, rpcUrl, account, isOver = () => false, report, seasonId, taskId, maxUnits } = options;
  const client = connect(deployment, rpcUrl);
  await checkDeployment(client);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const journal = openJournal(options.journalFile);
  try {
    const board = await followBoard(client, { signal, report });
    const sender = createSender(client.rpc, deployment.chainId, board.heads, account);
    const content = openContent(options.contentDirectory, options.sources);
    const models = openModels(client, content, await loadPinnedRuntime());
    const tools = { client, sender, journal, models, content, report };
    // A deployment without FraudProof has no batches, and nothing to challenge.
    const where = (actor: () => Actor) => (client.contracts.fraudProof === undefined ? [] : [actor()]);
    const actors: Record<Role, () => Actor[]> = {
      prover: () => [
        createProver({ ...tools, seasonId, taskId, maxUnits }),
        ...where(() => createBatcher({ ...tools, seasonId, taskId, maxUnits })),
      ],
      verifier: () => [createVerifier(tools)],
      keeper: () => [createKeeper(client, sender), ...where(() => createFraudKeeper(client, sender))],
      challenger: () => where(() => createChallenger(tools)),
    };
    board.onView((view) => isOver(view) && ending.abort());
    if (isOver(board.view)) return;
    await runActors(
      board,
      options.roles.flatMap((role) => actors[role]()),
      { signal, report },
    );
  } finally {
    ending.abort();
    journal.close();
  }
}
