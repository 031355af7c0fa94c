import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Entry } from "../../../../indexer/fold/entries.ts";
import { IntegrityError } from "../../../../indexer/fold/step.ts";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { openClient } from "../../../../indexer/store/postgres/client.ts";
import { createLease, LeaseLost } from "../../../../indexer/store/postgres/lease.ts";
import { placeOf } from "../../../../indexer/store/postgres/place.ts";
import { logsOf, storyOf } from "../../opened.ts";
import { choices } from "../../running.ts";
import { dumpPostgres, type OpenedPostgres, openPostgres } from "./opened.ts";
import { requirePostgres, startServer, type TestServer } from "./server.ts";

const told = storyOf(choices(60, 9));

/** The one query that docs/operate.md prints for psql. */
const documented = (): string =>
  /```sql\n(SELECT rank[^`]*)```/.exec(
    readFileSync(new URL("../../../../docs/operate.md", import.meta.url), "utf8"),
  )?.[1] ?? "";

describe("a PostgreSQL database", function () {
  this.timeout(120_000);
  let server: TestServer;
  let chain: OpenedPostgres;
  before(async function () {
    await requirePostgres(this);
    server = await startServer();
    chain = await openPostgres(server.url());
    await chain.writer.start(told.first);
    await chain.writer.append({ headers: told.blocks, logs: told.blocks.flatMap(logsOf), finalized: 20 });
    await chain.writer.complete();
  });
  after(async () => {
    await chain?.close();
    await server?.stop();
  });

  it("gives a rank by the query that the docs print, the same as sorting all of the standings", async () => {
    const standings = await chain.client.use((db) =>
      db.rows("SELECT account, rank, place, points FROM proofboard.standings WHERE season_id = 1 ORDER BY place"),
    );
    expect(standings).to.have.length.above(3);
    for (const [account, ...standing] of standings) {
      const query = documented().replace(/0x[0-9a-fA-F]{40}/, (account as string).toLowerCase());
      const [rank, place, points] = standing;
      expect(await chain.client.use((db) => db.run(query))).to.deep.equal([[rank, place, points]]);
    }
  });

  it("shows people what was attested and earned, in words", async () => {
    const rows = (sql: string) => chain.client.use((db) => db.run(sql));
    const [[receipts, entries]] = (await rows(
      "SELECT (SELECT count(*) FROM proofboard.receipts), (SELECT count(*) FROM ledger)",
    )) as [[bigint, bigint]];
    expect(receipts).to.equal(entries);
    const statuses = (await rows("SELECT DISTINCT status FROM proofboard.attestations")).flat();
    expect(["pending", "verified", "refuted", "void", "revoked"]).to.include.members(statuses);
    const [[comment]] = (await rows("SELECT obj_description('proofboard.standings'::regclass)")) as [[string]];
    expect(comment).to.match(/^Accounts with a ledger entry/);
  });

  it("keeps what people wrote to the byte, whatever it is", async () => {
    const words = "a\0b\u{1f600}\\\t\nc";
    const [[shown]] = (await chain.client.use((db) => db.rows("SELECT proofboard.words($1)", Buffer.from(words)))) as [
      [string],
    ];
    expect(shown).to.equal(words.replace("\0", "\ufffd"));
    const { store } = chain;
    const name = {
      account: "0x00000000000000000000000000000000000000ff" as const,
      name: words,
      link: words,
      skeleton: words,
    };
    const after = { ...name, blockNumber: 3, logIndex: 1 };
    await store.atomically(
      () => store.write({ rows: [{ table: "profiles", before: undefined, after }] }),
      () => {},
    );
    const found = await chain.client.use((db) =>
      db.rows("SELECT name, link FROM profiles WHERE account = $1", name.account),
    );
    expect(found).to.deep.equal([[Buffer.from(words), Buffer.from(words)]]);
    await store.atomically(
      () => store.write({ rows: [{ table: "profiles", before: after, after: undefined }] }),
      () => {},
    );
  });

  it("refuses a number that is too large, and a row that is there, and changes nothing", async () => {
    const { store, client, place } = chain;
    const before = await client.use((db) => dumpPostgres(db, place));
    const entry = {
      seasonId: 1,
      account: "0x00000000000000000000000000000000000000fe",
      points: 2n ** 63n,
    } as unknown as Entry;
    const zeros = {
      lastSeq: 1n,
      number: 1,
      pending: 0,
      verified: 0,
      refuted: 0,
      caught: 0,
      byProver: 0n,
      byVerifier: 0n,
      byPenalty: 0n,
    };
    const refusals = [
      [{ table: "entries", before: undefined, after: { ...zeros, ...entry } }, "too large"],
      [
        { table: "disputes", before: undefined, after: await client.use(someDispute) },
        "A row of disputes was added twice",
      ],
    ] as const;
    for (const [change, message] of refusals) {
      const refusal = await Promise.resolve(
        store.atomically(
          () => store.write({ rows: [change as never] }),
          () => {},
        ),
      ).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).to.be.instanceOf(IntegrityError);
      expect((refusal as Error).message).to.include(message);
    }
    expect(await client.use((db) => dumpPostgres(db, place))).to.deep.equal(before);
  });

  it("is brought up to date from its logs when its rows are of an older version, and refused when of a newer one", async () => {
    const { client, place } = chain;
    const before = await client.use((db) => dumpPostgres(db, place));
    await client.use((db) =>
      db.run(
        // Subjects were stored whole then.
        `UPDATE schema_version SET version = 1; ALTER TABLE entries RENAME points TO marks; DROP TABLE models; DROP VIEW proofboard.receipts;
         UPDATE logs_version SET version = 5; ALTER TABLE events ADD COLUMN subject text;
         UPDATE events SET subject = '0x' || lpad(to_hex(subject_prefix), 11, '0') || repeat('5', 53);
         ALTER TABLE events DROP COLUMN subject_prefix CASCADE`,
      ),
    );
    await chain.close();
    chain = await openPostgres(server.url());
    expect(await chain.client.use((db) => dumpPostgres(db, place))).to.deep.equal(before);
    await chain.client.use((db) => db.run("SELECT count(*) FROM proofboard.receipts"));
    await chain.client.use((db) => db.run("UPDATE schema_version SET version = version + 1"));
    const refusal = await openPostgres(server.url()).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).to.be.instanceOf(FatalError);
    expect((refusal as Error).message).to.match(/has schema version \d+; this indexer is older/);
    await chain.client.use((db) => db.run("UPDATE schema_version SET version = version - 1"));
  });

  it("has one writer: who lost the lease can't write, in whatever it was, and nobody takes one that is held", async () => {
    const url = server.url("leased");
    const before = await openPostgres(url);
    await before.writer.start(told.first);
    const second = openClient(placeOf(url), 5_000);
    const idle = () => ({ headBlock: 1, caughtUpFor: 0.5, failure: "a\0b", inconsistent: false });
    const lease = createLease(1_000, idle);
    expect(await second.use(lease.take)).to.equal(false);
    await before.client.use((db) => db.run("UPDATE writer SET expires_at = '-infinity'"));
    expect(await second.use(lease.take)).to.equal(true);
    const rows = await second.use((db) => dumpPostgres(db, before.place));
    const [block] = told.blocks;
    for (const write of [
      () => before.writer.append({ headers: block ? [block] : [], logs: [], finalized: 0 }),
      () => before.writer.markVerified(),
      () => before.writer.rebuild(),
      () => before.writer.wipe(),
    ]) {
      const refusal = await Promise.resolve(write()).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).to.be.instanceOf(LeaseLost);
    }
    expect(await second.use((db) => dumpPostgres(db, before.place))).to.deep.equal(rows);
    await second.close();
    await before.close();
  });
});

const someDispute = async (db: Parameters<typeof dumpPostgres>[0]) => {
  const [row] = await db.rows("SELECT uid, challenger FROM disputes LIMIT 1");
  return { uid: row?.[0], challenger: row?.[1] };
};
