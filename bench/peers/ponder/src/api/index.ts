import { db } from "ponder:api";
import schema from "ponder:schema";
import { Hono } from "hono";
import { and, asc, count, desc, eq, gt } from "ponder";

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

/** An account's rank: one more than there are accounts with more points. */
app.get("/rank/:season/:account", async (c) => {
  const { entry } = schema;
  const ofSeason = eq(entry.seasonId, BigInt(c.req.param("season")));
  const [own] = await db
    .select()
    .from(entry)
    .where(and(ofSeason, eq(entry.account, c.req.param("account") as `0x${string}`)));
  if (!own) return c.notFound();
  const [ahead] = await db
    .select({ value: count() })
    .from(entry)
    .where(and(ofSeason, gt(entry.points, own.points)));
  const { account, points, lastSeq, verified } = own;
  return c.json({ rank: 1 + (ahead?.value ?? 0), account, points: `${points}`, lastSeq: `${lastSeq}`, verified });
});

export default app;
