import type { Address } from "viem";
import { unitOf } from "../sdk/contexts.ts";
import { nextUnit, type Wish } from "./units.ts";
import { PENDING, REFUTED, VERIFIED, type View, VOID } from "./view.ts";

/** Whose work is counted, and what it is to be. */
export interface Work extends Omit<Wish, "seasonId" | "hopeless"> {
  seasonId: bigint;
}

/** An account's statements in a season, by how they stand. */
export interface Tally {
  /** Units that have a statement. */
  units: number;
  pending: number;
  verified: number;
  refuted: number;
  void: number;
  /** Statements that points were awarded or burned for. */
  entered: number;
}

/** Counts an account's statements for a season's units, or for those of one task. */
export function tallyOf({ statements }: View, { account, seasonId, taskId }: Work): Tally {
  const own = [...statements.values()].filter(({ statement }) => isOwn(statement, account, seasonId, taskId));
  const count = (status: number) => own.filter((each) => each.status === status).length;
  return {
    units: new Set(own.map(({ statement }) => statement.context)).size,
    pending: count(PENDING),
    verified: count(VERIFIED),
    refuted: count(REFUTED),
    void: count(VOID),
    entered: own.filter(({ inLedger }) => inLedger).length,
  };
}

/** Whether nothing is left to do: no unit to take, no statement pending, every verified one awarded; or no time. */
export function isWorkOver(view: View, work: Work): boolean {
  const season = view.seasons.get(work.seasonId);
  if (season === undefined) return false;
  if (view.head.timestamp >= season.closesAt) return true;
  if (season.seed === undefined || view.head.timestamp < season.startsAt) return false;
  // A refuted statement of an account without points makes no entry.
  const { pending, verified, entered } = tallyOf(view, work);
  return pending === 0 && entered >= verified && nextUnit(view, { ...work, hopeless: new Set() }) === undefined;
}

function isOwn(
  { prover, context }: { prover: Address; context: `0x${string}` },
  account: Address,
  seasonId: bigint,
  taskId: bigint | undefined,
): boolean {
  const unit = unitOf(context);
  return prover === account && unit?.seasonId === seasonId && (taskId === undefined || unit.taskId === taskId);
}
