import { readFileSync, statSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { openForWriting, wipeDifferent } from "../../../../indexer/open.ts";
import { APPLICATION_ID, isOurs } from "../../../../indexer/store/sqlite/identity.ts";
import { scratch } from "../../running.ts";
import { deployment } from "../../story.ts";

describe("whose a file is", () => {
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  /** What another application may have in a file of its own. */
  const foreign: Record<string, [(file: string) => void, RegExp]> = {
    "tables of its own, without any version": [made(""), /it has the table "notes"\./],
    "tables of its own, with a version that ours had": [made("PRAGMA user_version = 6"), /it has the table "notes"\./],
    "a version that ours had, and its own id": [
      made("PRAGMA user_version = 6; PRAGMA application_id = 252006675"),
      /its application id is 0xf055113\./,
    ],
    "tables of its own in a log": [made("PRAGMA journal_mode = WAL"), /it has the table "notes"\./],
    "some of our tables' names": [
      made("CREATE TABLE blocks (a); CREATE TABLE events (b)"),
      /it has the table "notes"\./,
    ],
    "nothing but a view": [made("CREATE VIEW one AS SELECT 1; DROP TABLE notes"), /it has the view "one"\./],
    "nothing but a table whose name begins almost as SQLite's own do": [
      made("CREATE TABLE sqlitestudio_docs (a); DROP TABLE notes"),
      /it has the table "sqlitestudio_docs"\./,
    ],
    "text that is no database": [
      (file) => writeFileSync(file, "Dear diary, ".repeat(50)),
      /it is no SQLite database\./,
    ],
    "a few bytes": [(file) => writeFileSync(file, "SQLite format 3"), /it is no SQLite database\./],
  };

  function made(sql: string): (file: string) => void {
    return (file) => {
      const db = new Database(file);
      db.exec(`CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine'); ${sql}`);
      db.close();
    };
  }

  for (const [name, [make, reason]] of Object.entries(foreign))
    it(`is another's with ${name}: neither written nor deleted`, () => {
      make(files.path("db"));
      const [bytes, { mtimeMs }] = [readFileSync(files.path("db")), statSync(files.path("db"))];
      for (const work of [openForWriting, wipeDifferent])
        expect(() => work(files.path("db"), deployment))
          .to.throw(FatalError)
          .with.property("message")
          .that.matches(/^The file \S+ is not an indexer's: /)
          .and.matches(reason)
          .and.matches(/It is left as it is\./);
      expect(readFileSync(files.path("db")).equals(bytes)).to.equal(true);
      expect(statSync(files.path("db")).mtimeMs).to.equal(mtimeMs);
      expect(statSync(files.path("db-lock"), { throwIfNoEntry: false })).to.equal(undefined);
    });

  it("is nobody's where there is no file, or an empty one, and ours once created", () => {
    expect(isOurs(files.path("db"))).to.equal(false);
    writeFileSync(files.path("db"), "");
    expect(isOurs(files.path("db"))).to.equal(false);
    openForWriting(files.path("db"), deployment).close();
    expect(isOurs(files.path("db"))).to.equal(true);
  });

  it("is ours with our tables and no id, which it gets when it is opened", () => {
    openForWriting(files.path("db"), deployment).close();
    const old = new Database(files.path("db"));
    old.pragma("application_id = 0");
    old.close();
    expect(isOurs(files.path("db"))).to.equal(true);
    openForWriting(files.path("db"), deployment).close();
    expect(readFileSync(files.path("db")).readUInt32BE(68)).to.equal(APPLICATION_ID);
  });
});
