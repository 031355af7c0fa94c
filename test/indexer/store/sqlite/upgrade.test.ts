import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import type { Hex } from "viem";
import { IntegrityError } from "../../../../indexer/fold/step.ts";
import type { Header, Log } from "../../../../indexer/ingest/blocks.ts";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { assemble, openForWriting, wipeDifferent } from "../../../../indexer/open.ts";
import { openDatabase } from "../../../../indexer/store/sqlite/database.ts";
import { APPLICATION_ID } from "../../../../indexer/store/sqlite/identity.ts";
import type { Deployment } from "../../../../sdk/deployment.ts";
import { append, storyOf } from "../../opened.ts";
import { choices, dump, dumpFile, scratch } from "../../running.ts";
import { asking, deployment, ending, naming } from "../../story.ts";

const SCHEMA_4 = readFileSync(new URL("schema-4.sql", import.meta.url), "utf8");

/** Before version 6 of the logs, subjects were stored whole: what they were doesn't matter, as they are found anew. */
const WHOLE_SUBJECTS = `
  DROP INDEX IF EXISTS events_of_subject;
  ALTER TABLE events DROP COLUMN subject_prefix;
  ALTER TABLE events ADD COLUMN subject TEXT;
`;

/** What a file keeps from the chain: its blocks and all their logs, its finality and its origin. */
function storedIn(db: Database.Database) {
  const headers = db.prepare<[], Header>("SELECT number, hash, parent_hash AS parentHash, timestamp FROM blocks").all();
  const hashOf = new Map(headers.map(({ number, hash }) => [number, hash]));
  const logs = db
    .prepare<[], Omit<Log, "topics" | "blockHash"> & { topics: Buffer }>(
      `SELECT address, topics, data, block_number AS blockNumber, transaction_hash AS transactionHash,
         log_index AS logIndex FROM events ORDER BY block_number, log_index`,
    )
    .all()
    .map((log): Log => {
      const topics = (log.topics.toString("hex").match(/.{64}/g) ?? []).map((topic): Hex => `0x${topic}`);
      return { ...log, topics, blockHash: hashOf.get(log.blockNumber) as Hex };
    });
  const { finalized } = db.prepare("SELECT finalized FROM progress").get() as { finalized: number };
  const { deployment, genesis_hash } = db.prepare("SELECT * FROM origin").get() as Record<string, string>;
  return {
    headers,
    logs,
    finalized,
    deployment: JSON.parse(deployment as string) as Deployment,
    genesis: genesis_hash,
  };
}

describe("a database of schema version 4", () => {
  let files: ReturnType<typeof scratch>;
  let stored: ReturnType<typeof storedIn>;
  beforeEach(() => {
    files = scratch();
    const old = new Database(files.path("db"));
    old.pragma("foreign_keys = OFF");
    old.exec(SCHEMA_4);
    stored = storedIn(old);
    old.close();
  });
  afterEach(() => files.remove());

  it("stays as it is when its logs can't be folded", () => {
    const old = new Database(files.path("db"));
    old.exec(
      "DELETE FROM events WHERE (block_number, log_index) IN (SELECT block_number, log_index FROM ledger WHERE seq = 1)",
    );
    const before = dump(old);
    old.close();
    expect(() => openForWriting(files.path("db"), stored.deployment)).to.throw(
      IntegrityError,
      "goes from entry 0 to 2",
    );
    expect(dumpFile(files.path("db"))).to.deep.equal(before);
    const again = new Database(files.path("db"));
    expect(again.pragma("user_version", { simple: true })).to.equal(4);
    again.close();
  });

  it("stays as it is when its upgrade is broken off", () => {
    const before = dumpFile(files.path("db"));
    const stop = () => {
      throw new Error("Enough.");
    };
    expect(() => openForWriting(files.path("db"), stored.deployment, stop)).to.throw("Enough.");
    expect(dumpFile(files.path("db"))).to.deep.equal(before);
  });

  it("is opened, and has the tables and rows that a clean sync has", () => {
    openForWriting(files.path("db"), stored.deployment).close();
    const upgraded = new Database(files.path("db"), { readonly: true });

    const clean = openDatabase(":memory:", stored.deployment);
    const { writer } = assemble(clean, stored.deployment, 0);
    writer.setGenesis(stored.genesis as Hex);
    const [{ number }] = stored.headers as [Header];
    writer.start({ number: number - 1, hash: "0x", parentHash: "0x", timestamp: 0 });
    writer.append(stored);
    writer.markVerified();
    writer.complete();
    expect(dump(upgraded)).to.deep.equal(dump(clean));
    const schemaOf = (db: Database.Database) =>
      db.prepare("SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name").all();
    expect(schemaOf(upgraded)).to.deep.equal(schemaOf(clean));
    upgraded.close();
  });

  it("can be reorganised afterwards, down to its last final block", () => {
    const { writer, readers, close } = openForWriting(files.path("db"), stored.deployment);
    writer.rollback(stored.finalized);
    expect(writer.progress()?.cursor.number).to.equal(stored.finalized);
    const headers = stored.headers.filter(({ number }) => number > stored.finalized);
    const before = readers.seasons.ledgers();
    writer.append({ headers, logs: stored.logs.filter((log) => log.blockNumber > stored.finalized), finalized: 0 });
    expect(readers.seasons.ledgers()).not.to.deep.equal(before);
    const rows = dumpFile(files.path("db"));
    writer.rebuild();
    expect(dumpFile(files.path("db"))).to.deep.equal(rows);
    close();
  });
});

const without = (names: object): Deployment => ({
  ...deployment,
  contracts: Object.fromEntries(
    Object.entries(deployment.contracts).filter(([name]) => !(name in names)),
  ) as Deployment["contracts"],
});
const added = { ...ending, ...asking, ...naming };
/** Without the contracts of a season's end, of requests and of names, as deployments of those versions were. */
const older = without(added);
const addresses = Object.values(added).map(({ address }) => address.toLowerCase());

for (const { version, logs, lacks, names } of [
  { version: 7, logs: 2, lacks: "Standings", names: added },
  { version: 8, logs: 3, lacks: "Cover", names: { ...asking, ...naming } },
  { version: 9, logs: 4, lacks: "Profiles", names: naming },
])
  describe(`a database of schema version ${version}`, () => {
    const sentence = `has no events of ${lacks}, which the deployment names: it was written without that contract.`;
    const older = without(names);
    let files: ReturnType<typeof scratch>;
    beforeEach(() => {
      files = scratch();
    });
    afterEach(() => files.remove());

    function write(of: Deployment): void {
      openForWriting(files.path("db"), of).close();
      const old = new Database(files.path("db"));
      old.exec(`${WHOLE_SUBJECTS} UPDATE logs_version SET version = ${logs}; PRAGMA user_version = ${version}`);
      old.close();
    }

    it("is refused where its indexer didn't read all contracts of its deployment, and wiped where that is asked", () => {
      write(deployment);
      expect(() => openForWriting(files.path("db"), deployment)).to.throw(FatalError, sentence);
      expect(wipeDifferent(files.path("db"), deployment)).to.contain(sentence);
      openForWriting(files.path("db"), deployment).close();
    });

    it("is refused where its deployment gained contracts, also once it was upgraded", () => {
      write(older);
      expect(() => openForWriting(files.path("db"), deployment)).to.throw(FatalError, sentence);
      openForWriting(files.path("db"), older).close();
      expect(() => openForWriting(files.path("db"), deployment)).to.throw(FatalError, sentence);
      openForWriting(files.path("db"), older).close();
    });
  });

describe("a database of schema version 6", () => {
  it("gets its application id and checksums, and keeps its rows", () => {
    const files = scratch();
    try {
      const { first, blocks } = storyOf(choices(20, 8));
      const { writer, close } = openForWriting(files.path("db"), older);
      writer.start(first);
      append(
        writer,
        blocks.map((block) => ({ ...block, logs: block.logs.filter((log) => !addresses.includes(log.address)) })),
        12,
      );
      writer.complete();
      close();
      const rows = dumpFile(files.path("db"));
      const old = new Database(files.path("db"));
      old.exec(`${WHOLE_SUBJECTS} ALTER TABLE blocks DROP COLUMN checksum; DROP TABLE writer; UPDATE logs_version SET version = 1;
        PRAGMA user_version = 6; PRAGMA application_id = 0`);
      old.close();
      openForWriting(files.path("db"), older).close();
      expect(dumpFile(files.path("db"))).to.deep.equal(rows);
      const renewed = new Database(files.path("db"));
      expect(renewed.pragma("application_id", { simple: true })).to.equal(APPLICATION_ID);
      renewed.close();
    } finally {
      files.remove();
    }
  });

  it("is not upgraded when an index isn't as its table", () => {
    const files = scratch();
    try {
      const { writer, close } = openForWriting(files.path("db"), older);
      writer.complete();
      close();
      // A row that is added while SQLite doesn't know of the index.
      const name = "entries_of_account";
      let old = new Database(files.path("db"));
      const index = old.prepare("SELECT * FROM sqlite_schema WHERE name = ?").raw().get(name);
      const change = (sql: string, ...values: unknown[]) => {
        old.unsafeMode().pragma("writable_schema = ON");
        old.prepare(sql).run(...values);
        old.close();
        old = new Database(files.path("db"));
      };
      change("DELETE FROM sqlite_schema WHERE name = ?", name);
      old.pragma("foreign_keys = OFF");
      old.exec("INSERT INTO entries VALUES (1, '0x1', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0); PRAGMA user_version = 6");
      change("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index);
      old.close();
      expect(() => openForWriting(files.path("db"), older)).to.throw(FatalError, `index ${name}`);
    } finally {
      files.remove();
    }
  });
});
