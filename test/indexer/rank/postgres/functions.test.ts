import { expect } from "chai";
import fc from "fast-check";
import type { EntryKey } from "../../../../indexer/fold/entries.ts";
import { createStandings } from "../../../../indexer/rank/postgres/standings.ts";
import type { Connection } from "../../../../indexer/store/postgres/connection.ts";
import { compareStandings } from "../../../../sdk/ledger.ts";
import { type OpenedPostgres, openPostgres } from "../../store/postgres/opened.ts";
import { requirePostgres, startServer, type TestServer } from "../../store/postgres/server.ts";
import { addressOf, type Change, coalesced, openEntries } from "../entries.ts";

const MOVE = "SELECT move_entries($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])";

describe("ranks in PostgreSQL", function () {
  this.timeout(120_000);
  let server: TestServer;
  let opened: OpenedPostgres;
  before(async function () {
    await requirePostgres(this);
    server = await startServer();
    opened = await openPostgres(server.url());
    await opened.client.use((db) =>
      db.run("INSERT INTO seasons VALUES (1, '0x', '0', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, '0x')"),
    );
  });
  after(async () => {
    await opened?.close();
    await server?.stop();
  });

  const clear = (db: Connection) =>
    db.run("DELETE FROM entries; DELETE FROM places; DELETE FROM marks; DELETE FROM ranking_built");

  async function move(db: Connection, changes: readonly Change[]): Promise<void> {
    const columns = [
      changes.map(() => 1),
      changes.map(({ account }) => account + 1),
      changes.map(({ before }) => (before ? -before.points : null)),
      changes.map(({ before }) => before?.lastSeq ?? null),
      changes.map(({ after }) => (after ? -after.points : null)),
      changes.map(({ after }) => after?.lastSeq ?? null),
    ];
    await db.rows(MOVE, ...columns);
  }

  const order = async (db: Connection) => ({
    places: await db.rows("SELECT season_id, behind, last_seq, number FROM places ORDER BY 1, 2, 3"),
    marks: await db.rows("SELECT season_id, level, behind, last_seq, count FROM marks ORDER BY 1, 2, 3, 4"),
  });

  /** Batches of changes of up to so many accounts; few points, so that many are equal, and entries of every height. */
  function batchesOf(accounts: number, batches: number, seed: number): Change[][] {
    const [draws] = fc.sample(fc.infiniteStream(fc.nat({ max: 2 ** 30 })), { seed, numRuns: 1 });
    const draw = (most: number) => (draws?.next().value as number) % most;
    const now = new Map<number, EntryKey>();
    let seq = 0n;
    return Array.from({ length: batches }, () =>
      coalesced(
        Array.from({ length: accounts / 2 }, () => {
          const account = draw(accounts);
          const before = now.get(account);
          seq += BigInt(1 + draw(50));
          const after = before && draw(8) === 0 ? undefined : { points: BigInt(draw(6) * draw(9)), lastSeq: seq };
          if (after) now.set(account, after);
          else now.delete(account);
          return { account, before, after };
        }),
      ).filter(({ before, after }) => before !== undefined || after !== undefined),
    );
  }

  it("have the rows that SQLite has after any changes, and those of an order that is built at once", async () => {
    const file = openEntries();
    file.ranking.build();
    await opened.client.use(async (db) => {
      await clear(db);
      for (const batch of batchesOf(2_000, 6, 5)) {
        file.flush(batch);
        await move(db, batch);
        const { places, marks } = await order(db);
        expect(places.map((row) => row.slice(0, 4))).to.deep.equal(
          file.order().places.map((row) => (row as unknown[]).slice(0, 4)),
        );
        expect(marks).to.deep.equal(file.order().marks);
      }
      const followed = await order(db);
      await db.run(
        `INSERT INTO entries SELECT 1, '0x' || number, -behind, last_seq, number, 0, 0, 0, 0, 0, 0, 0 FROM places;
         DELETE FROM places; DELETE FROM marks; SELECT build_ranking()`,
      );
      expect(await order(db)).to.deep.equal(followed);
    });
  });

  it("give every account's rank, and who is at every place, as sorting does", async () => {
    await opened.client.use(async (db) => {
      await clear(db);
      const keys = new Map<number, EntryKey>();
      for (const batch of batchesOf(600, 3, 8)) {
        await move(db, batch);
        for (const { account, after } of batch)
          if (after) keys.set(account, after);
          else keys.delete(account);
      }
      const sorted = [...keys].map(([account, key]) => ({ account, ...key })).sort(compareStandings);
      for (const { account, points, lastSeq } of sorted)
        await db.rows(
          "INSERT INTO entries VALUES (1, $1, $2, $3, $4, 0, 0, 0, 0, 0, 0, 0)",
          ...[addressOf(account), points, lastSeq, account + 1],
        );
      const standings = createStandings(db)(1);
      for (const [i, { account, points, lastSeq }] of sorted.entries()) {
        const rank = 1 + sorted.findIndex((other) => other.points === points);
        expect(await standings.rankOf(addressOf(account))).to.equal(rank);
        expect(await db.rows("SELECT behind, last_seq FROM key_at(1, $1)", i + 1)).to.deep.equal([[-points, lastSeq]]);
      }
      expect(await db.rows("SELECT behind FROM key_at(1, $1)", sorted.length + 1)).to.deep.equal([]);
      expect(await standings.rankOf(addressOf(100_000))).to.equal(undefined);
    });
  });
});
