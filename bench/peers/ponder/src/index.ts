import { type Context, type Event, type EventNames, ponder } from "ponder:registry";
import schema from "ponder:schema";
import type { Hex } from "viem";

type Write = Context["db"];
type Entry = Pick<typeof schema.entry.$inferInsert, "points" | "lastSeq" | "pending" | "verified" | "refuted">;

const NOTHING: Entry = { points: 0n, lastSeq: 0n, pending: 0, verified: 0, refuted: 0 };
const columns: Record<number, "verified" | "refuted"> = { 2: "verified", 3: "refuted" };

const place = ({ block, log }: Event<EventNames>) => ({ blockNumber: block.number, logIndex: log.logIndex });
const seasonOf = (context: Hex): bigint => BigInt(`0x${context.slice(44, 50)}`);

/** Keeps the event by what it is found by. */
const keep = (db: Write, name: string, event: Event<EventNames>, subject: Hex | null) =>
  db.insert(schema.event).values({
    ...{ id: event.id, name, subject, ...place(event) },
    ...{ transactionHash: event.transaction.hash, timestamp: event.block.timestamp },
  });

/** Changes an account's row, which is made where there is none. */
const change = (db: Write, seasonId: bigint, account: Hex, changed: (entry: Entry) => Partial<Entry>) =>
  db
    .insert(schema.entry)
    .values({ seasonId, account, ...NOTHING, ...changed(NOTHING) })
    .onConflictDoUpdate((row) => changed(row));

/** Records an attestation and counts its units as pending. */
async function record(db: Write, values: Omit<typeof schema.attestation.$inferInsert, "seasonId" | "status">) {
  const { prover, count, context } = values;
  const seasonId = seasonOf(context);
  await db.insert(schema.attestation).values({ ...values, seasonId, status: 1 });
  if (seasonId !== 0n) await change(db, seasonId, prover, (entry) => ({ pending: entry.pending + count }));
}

async function changePoints(db: Write, event: Event<"Campaign:PointsAwarded" | "Campaign:PointsBurned">, sign: bigint) {
  const { seasonId, account, subject, reason, amount, seq } = event.args;
  const delta = sign * amount;
  const { points } = await change(db, seasonId, account, (entry) => ({ points: entry.points + delta, lastSeq: seq }));
  await db.insert(schema.ledger).values({ seasonId, seq, account, subject, reason, delta, points, ...place(event) });
}

ponder.on("ModelRegistry:ModelPublished", async ({ event, context: { db } }) => {
  const { modelId, publisher, artifactHash } = event.args;
  await keep(db, "ModelPublished", event, modelId);
  await db.insert(schema.model).values({ modelId, publisher, artifactHash });
});

ponder.on("Campaign:SeasonDrafted", async ({ event, context: { db } }) => {
  const { seasonId, organiser } = event.args;
  await keep(db, "SeasonDrafted", event, null);
  await db.insert(schema.season).values({ seasonId, organiser });
});

ponder.on("Campaign:TaskAdded", async ({ event, context: { db } }) => {
  const { seasonId, taskId, modelId, method, points } = event.args;
  await keep(db, "TaskAdded", event, null);
  await db.insert(schema.task).values({ seasonId, taskId, modelId, method, points });
});

ponder.on("Campaign:SeasonOpened", async ({ event, context: { db } }) => {
  const { seasonId, startsAt, endsAt, closesAt } = event.args;
  await keep(db, "SeasonOpened", event, null);
  await db.update(schema.season, { seasonId }).set({ startsAt, endsAt, closesAt });
});

ponder.on("Campaign:SeasonSeeded", async ({ event, context: { db } }) => {
  const { seasonId, seed } = event.args;
  await keep(db, "SeasonSeeded", event, null);
  await db.update(schema.season, { seasonId }).set({ seed });
});

ponder.on("AttestationRegistry:Committed", async ({ event, context: { db } }) => {
  await keep(db, "Committed", event, event.args.uid);
  await record(db, { ...event.args, count: 1, ...place(event) });
});

ponder.on("AttestationRegistry:Attested", async ({ event, context: { db } }) => {
  const { uid, outputHash, traceHash, salt } = event.args;
  await keep(db, "Attested", event, uid);
  if (await db.find(schema.attestation, { uid }))
    await db.update(schema.attestation, { uid }).set({ outputHash, traceHash, salt });
  else await record(db, { ...event.args, count: 1, ...place(event) });
});

ponder.on("AttestationRegistry:BatchAttested", async ({ event, context: { db } }) => {
  const { id, prover, modelId, context, count, root, method } = event.args;
  await keep(db, "BatchAttested", event, null);
  await record(db, { uid: id, prover, modelId, context, count, root, method, ...place(event) });
});

ponder.on("AttestationRegistry:StatusChanged", async ({ event, context: { db } }) => {
  const { id: uid, status } = event.args;
  await keep(db, "StatusChanged", event, uid);
  const { blockNumber, logIndex } = place(event);
  const { seasonId, prover, count } = await db
    .update(schema.attestation, { uid })
    .set({ status, settledBlock: blockNumber, settledLog: logIndex });
  const column = columns[status];
  if (seasonId === 0n) return;
  await change(db, seasonId, prover, (entry) => ({
    pending: entry.pending - count,
    ...(column && { [column]: entry[column] + count }),
  }));
});

ponder.on("Campaign:PointsAwarded", async ({ event, context: { db } }) => {
  await keep(db, "PointsAwarded", event, event.args.subject);
  await changePoints(db, event, 1n);
});

ponder.on("Campaign:PointsBurned", async ({ event, context: { db } }) => {
  await keep(db, "PointsBurned", event, event.args.subject);
  await changePoints(db, event, -1n);
});

ponder.on("FraudProof:Traced", async ({ event, context: { db } }) => {
  await keep(db, "Traced", event, null);
});
