import type { Hex } from "viem";
import type { Client } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
import { RevertError } from "../sdk/errors.ts";
import type { Actor, Job } from "./actors.ts";
import { callOf, type Sender, TryAgainError } from "./sender.ts";
import { PENDING, REFUTED, type SeasonView, type StatementView, VERIFIED, type View } from "./view.ts";

// What another keeper's transaction leaves behind: then the work is done.
const DONE_BY_ANOTHER = new Set(["AlreadySeeded", "AlreadyDrawn", "CaseClosed", "UnitSpent", "AlreadyBurned"]);

/** Moves on whatever is due, for everybody: seeds, draws, settlements, awards and burns. Any number may run. */
export function createKeeper(client: Client, sender: Sender): Actor {
  const { campaign, quorum } = client.contracts;

  const first = (key: string, send: () => Promise<unknown>): Job => ({
    key,
    async run() {
      try {
        await send();
      } catch (error) {
        if (!(error instanceof RevertError && DONE_BY_ANOTHER.has(error.errorName ?? ""))) throw error;
      }
    },
  });

  const seed = (seasonId: bigint): Job =>
    first(`seed ${seasonId}`, async () => {
      await sender.send(callOf({ ...campaign, functionName: "seed", args: [seasonId] }));
      const season = await client.rpc.readContract({ ...campaign, functionName: "seasonOf", args: [seasonId] });
      if (season.seededAt === 0)
        throw new TryAgainError(`The block for season ${seasonId}'s seed is too old; another was named.`);
    });

  const forStatement = ({ uid, round, drawBlock, statement }: StatementView) => ({
    draw: first(`draw ${uid} ${round} ${drawBlock}`, () =>
      sender.send(callOf({ ...quorum, functionName: "draw", args: [uid] })),
    ),
    settle: first(`settle ${uid} ${round}`, () =>
      sender.send(callOf({ ...quorum, functionName: "settle", args: [uid] })),
    ),
    award: first(`award ${uid}`, () =>
      sender.send(callOf({ ...campaign, functionName: "award", args: [statement.prover, statement, noInput] })),
    ),
    burn: first(`burn ${uid}`, () => sender.send(callOf({ ...campaign, functionName: "burn", args: [statement] }))),
  });

  return {
    name: `keeper ${sender.account.address}`,
    due(view) {
      const jobs: Job[] = [];
      for (const season of view.seasons.values()) if (isSeedDue(season, view)) jobs.push(seed(season.seasonId));
      for (const statement of view.statements.values()) {
        const step = stepDue(statement, view);
        if (step !== undefined) jobs.push(forStatement(statement)[step]);
      }
      return jobs;
    },
  };
}

// Quorum's Verified says that the input was the assigned one, so nothing is shown.
const noInput = { header: "0x", base: "0x", proof: [] as Hex[] } as const;

// The seed's block is the second after the opening; a transaction can name it from the block after that.
const isSeedDue = ({ seed, openedIn, closesAt }: SeasonView, { head }: View): boolean =>
  seed === undefined && head.number >= openedIn + 2n && head.timestamp < closesAt;

type Step = "draw" | "settle" | "award" | "burn";

/** What anyone may do for a statement now. */
function stepDue(statement: StatementView, view: View): Step | undefined {
  const { head, seasons } = view;
  if (statement.status === PENDING) return statement.round === 0 ? undefined : pendingStep(statement, view);
  if (statement.inLedger || (statement.status !== VERIFIED && statement.status !== REFUTED)) return undefined;
  const unit = unitOf(statement.statement.context);
  const season = unit && seasons.get(unit.seasonId);
  if (season === undefined || head.timestamp >= season.closesAt) return undefined;
  return statement.status === VERIFIED ? "award" : "burn";
}

function pendingStep(statement: StatementView, { head }: View): Step | undefined {
  const { panel, drawBlock, drawUntil, outputHash, revealOpened, committed, revealed, commitUntil, revealUntil } =
    statement;
  if (panel.length === 0) {
    if (head.timestamp >= drawUntil) return "settle";
    return head.number >= drawBlock ? "draw" : undefined;
  }
  const revealing = revealOpened || head.timestamp >= commitUntil;
  const complete = revealing && outputHash !== undefined && revealed.size === committed.size;
  return complete || head.timestamp >= revealUntil ? "settle" : undefined;
}
