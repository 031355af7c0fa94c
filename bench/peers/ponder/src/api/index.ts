import { db } from "ponder:api";
import schema from "ponder:schema";
import { Hono } from "hono";
import { asc, count, desc, gt } from "ponder";

const app = new Hono();

/** What everything came to, for the benchmark to compare. */
app.get("/outcome", async (c) => {
  const [events] = await db.select({ value: count() }).from(schema.event);
  const [attestations] = await db.select({ value: count() }).from(schema.attestation);
  const { entry } = schema;
  const ranked = await db
    .select()
    .from(entry)
    .where(gt(entry.lastSeq, 0n))
    .orderBy(desc(entry.points), asc(entry.lastSeq));
  return c.json({
    events: events?.value,
    attestations: attestations?.value,
    ranking: ranked.map(({ account, points, lastSeq }) => `${account} ${points} ${lastSeq}`),
  });
});

export default app;
