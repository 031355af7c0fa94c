import { IntegrityError } from "../fold/step.ts";
import { type LedgerHead, readLedger, readSeasonCount } from "../ingest/ledgers.ts";
import { progressOf, type SyncContext } from "./context.ts";

/** Compares every season's folded ledger with the chain's at the cursor. */
export async function compareLedgers(context: SyncContext): Promise<void> {
  const { rpc, writer, campaign } = context;
  const { cursor, verified } = await progressOf(context);
  if (verified.number === cursor.number) return;
  const ledgers = await context.localLedgers();
  const count = await readSeasonCount(rpc, campaign, cursor.hash);
  if (count !== ledgers.length)
    throw new IntegrityError(`The chain has ${count} seasons at block ${cursor.number}; ${ledgers.length} are known.`);
  for (const local of ledgers) {
    const onChain = await readLedger(rpc, campaign, local.seasonId, cursor.hash);
    if (!sameLedger(local, onChain))
      throw new IntegrityError(
        `The ledger of season ${local.seasonId} ends with entry ${local.seq} and hash ${local.ledgerHash} at block ${cursor.number}; the chain's ends with entry ${onChain.seq} and hash ${onChain.ledgerHash}.`,
      );
  }
  await writer.markVerified();
}

const sameLedger = (a: LedgerHead, b: LedgerHead): boolean =>
  a.seq === b.seq &&
  a.ledgerHash === b.ledgerHash &&
  a.participants === b.participants &&
  a.totalPoints === b.totalPoints;
