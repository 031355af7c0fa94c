import { closeSync, copyFileSync, openSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { deleteDifferent, openDatabase } from "../../../../indexer/store/sqlite/database.ts";
import { isOurs } from "../../../../indexer/store/sqlite/identity.ts";
import { append, open, storyOf } from "../../opened.ts";
import { choices, scratch } from "../../running.ts";
import { deployment, Quorum } from "../../story.ts";

const elsewhere = { ...deployment, chainId: 5 };
const later = { ...deployment, startBlock: 9 };

describe("a database", () => {
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
    openDatabase(files.path("db"), deployment).close();
  });
  afterEach(() => files.remove());

  it("refuses another chain's deployment", () => {
    expect(() => openDatabase(files.path("db"), elsewhere)).to.throw(
      FatalError,
      "is of chain 31337, but the deployment is on chain 5.",
    );
  });

  it("refuses another deployment on its chain", () => {
    expect(() => openDatabase(files.path("db"), later)).to.throw(
      FatalError,
      "is of another deployment on chain 31337: its first block is 2, and not 9.",
    );
  });

  it("refuses a deployment whose contract stands elsewhere, or which lacks one", () => {
    const { Campaign, ModelRegistry } = deployment.contracts;
    const { Quorum: _, ...fewer } = deployment.contracts;
    const moved = { ...deployment.contracts, Campaign: { ...Campaign, address: ModelRegistry.address } };
    expect(() => openDatabase(files.path("db"), { ...deployment, contracts: moved })).to.throw(
      FatalError,
      `is of another deployment on chain 31337: its Campaign stands at ${Campaign.address}, and not at ${ModelRegistry.address}.`,
    );
    expect(() => openDatabase(files.path("db"), { ...deployment, contracts: fewer as typeof moved })).to.throw(
      FatalError,
      `its Quorum stands at ${Quorum.address}, and not at no address.`,
    );
  });

  it("takes a deployment that gained a contract, and from then on refuses to lose it", () => {
    const gained = { ...deployment, contracts: { ...deployment.contracts, Toy: Quorum } };
    openDatabase(files.path("db"), gained).close();
    openDatabase(files.path("db"), gained).close();
    expect(() => openDatabase(files.path("db"), deployment)).to.throw(FatalError, "its Toy stands at");
  });

  it("refuses a file of a newer version, or of one that is too old", () => {
    const become = (sql: string) => {
      const db = openDatabase(files.path("db"), deployment);
      db.exec(sql);
      db.close();
    };
    const refuses = (sentence: string) =>
      expect(() => openDatabase(files.path("db"), deployment)).to.throw(FatalError, sentence);
    become("UPDATE logs_version SET version = 7");
    refuses("has version 7 of the chain's logs; this indexer is older and knows version 6.");
    const db = new Database(files.path("db"));
    db.pragma("user_version = 3");
    refuses("has schema version 3; this indexer can take over files from version 4 on.");
    db.pragma("user_version = 14");
    refuses("has schema version 14; this indexer is older and writes version 13.");
    db.close();
  });

  it("has pages of eight KiB, and keeps those that it has, with a log of as many bytes", () => {
    const sizes = (path: string) => {
      const db = openDatabase(files.path(path), deployment);
      const found = ["page_size", "wal_autocheckpoint"].map((name) => db.pragma(name, { simple: true }));
      db.close();
      return found;
    };
    expect(sizes("new")).to.deep.equal([8_192, 4_096]);
    const older = new Database(files.path("new"));
    older.pragma("journal_mode = DELETE");
    older.pragma("page_size = 4096");
    older.exec("VACUUM");
    older.close();
    expect(sizes("new")).to.deep.equal([4_096, 8_192]);
  });

  it("is deleted where it would be refused, and only there", () => {
    expect(deleteDifferent(files.path("none"), deployment)).to.equal(undefined);
    expect(deleteDifferent(files.path("db"), deployment)).to.equal(undefined);
    expect(deleteDifferent(files.path("db"), later)).to.match(/is of another deployment/);
    openDatabase(files.path("db"), later).close();
  });

  it("is refused with a sentence where a page of it was overwritten", () => {
    const db = new Database(files.path("db"));
    const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get() as number;
    const pageSize = db.pragma("page_size", { simple: true }) as number;
    db.close();
    const file = openSync(files.path("db"), "r+");
    writeSync(file, Buffer.alloc(16, 0xa5), 0, 16, (page - 1) * pageSize);
    closeSync(file);
    expect(() => openDatabase(files.path("db"), deployment))
      .to.throw(FatalError)
      .with.property("message")
      .that.matches(/^The database \S+ is damaged: .*\. Restore a backup, or delete the file/);
  });

  it("is refused where a text or a log of it was overwritten", () => {
    const overwritten = (sql: string) => {
      const db = new Database(files.path("db"));
      db.exec(sql);
      db.close();
      expect(() => openDatabase(files.path("db"), deployment)).to.throw(FatalError, / is damaged: /);
    };
    const { db, writer } = open(files.path("db"));
    const { first, blocks } = storyOf(choices(12, 4));
    writer.start(first);
    append(writer, blocks);
    db.close();
    openDatabase(files.path("db"), deployment).close();
    overwritten("UPDATE entries SET account = CAST(x'3078a1' AS TEXT) WHERE number = 1 AND season_id = 1");
    overwritten("UPDATE entries SET account = '0x1' WHERE number = 1; UPDATE events SET data = x''");
  });

  it("says whose it is in its own header, without its log", () => {
    const other = files.path("copy");
    const db = openDatabase(files.path("db"), deployment);
    copyFileSync(files.path("db"), other);
    db.close();
    expect(isOurs(other)).to.equal(true);
    openDatabase(other, deployment).close();
  });
});
