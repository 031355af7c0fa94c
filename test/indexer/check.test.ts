import { closeSync, existsSync, fstatSync, openSync, readdirSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { check } from "../../indexer/check.ts";
import { FatalError } from "../../indexer/ingest/errors.ts";
import { openForWriting } from "../../indexer/open.ts";
import { createRandom } from "../simulator/random.ts";
import { append, storyOf } from "./opened.ts";
import { choices, dumpFile, scratch } from "./running.ts";
import { deployment } from "./story.ts";

describe("the check of a database", () => {
  const { first, blocks } = storyOf(choices(60, 11));
  let files: ReturnType<typeof scratch>;
  let logs: number;
  const db = () => files.path("db");
  const checked = () => check({ deployment, db: db() });

  beforeEach(() => {
    files = scratch();
    const { writer, close } = openForWriting(db(), deployment);
    writer.start(first);
    append(writer, blocks, 45);
    writer.complete();
    close();
    logs = blocks.flatMap((block) => block.logs).length;
  });
  afterEach(() => files.remove());

  const change = (sql: string) => new Database(db()).exec(`PRAGMA foreign_keys = OFF; ${sql}`).close();

  it("refuses a file that isn't there, is another's or of another deployment, and creates none", () => {
    expect(() => check({ deployment, db: files.path("none") })).to.throw(FatalError, /^There is no database /);
    expect(readdirSync(files.path(""))).not.to.include("none");
    new Database(files.path("other")).exec("CREATE TABLE notes (text)").close();
    expect(() => check({ deployment, db: files.path("other") })).to.throw(FatalError, "is not an indexer's");
    expect(() => check({ deployment: { ...deployment, startBlock: 9 }, db: db() })).to.throw(
      FatalError,
      "its first block is 2, and not 9.",
    );
  });

  const damages: Record<string, [string, RegExp]> = {
    "a row that was changed": [
      "UPDATE entries SET verified = verified + 1 WHERE number = 1 AND season_id = 1",
      /^entries has a row too many: \{"season_id":1,.*\nentries lacks a row: \{"season_id":1,/,
    ],
    "a letter's case": [
      "UPDATE entries SET account = upper(account) WHERE number = 1 AND season_id = 1",
      /^entries has a row too many: .*"account":"0X/,
    ],
    "a row that is missing": [
      "DELETE FROM activity WHERE minute = (SELECT min(minute) FROM activity)",
      /^activity lacks a row: /,
    ],
    "a row of the ranking": ["UPDATE marks SET count = count + 1 WHERE level = 3", /^marks has a row too many: /],
    "a rank of the past": [
      "UPDATE epoch_ranks SET ranks = CAST(x'09' || substr(ranks, 2) AS BLOB)",
      /^epoch_ranks has a row too many: .*"ranks":"09/,
    ],
    "what a log is found by": ["UPDATE events SET subject_prefix = NULL", /^events has a row too many: /],
    "an index that is missing": [
      "DROP INDEX entries_of_account",
      /^entries_of_account is missing, or made otherwise\.$/,
    ],
    "a table that is too much": ["CREATE TABLE more (a)", /^more is too much\.$/],
    "a log without its block": [
      "DELETE FROM blocks WHERE number = (SELECT max(block_number) FROM events)",
      /A row of events refers to a row of blocks that is not there\./,
    ],
    "a row without the one that it refers to": [
      "UPDATE progress SET verified = 99999",
      /^A row of progress refers to a row of blocks that is not there\.$/,
    ],
  };
  for (const [name, [sql, sentence]] of Object.entries(damages))
    it(`finds ${name}`, () => {
      change(sql);
      expect(checked().wrong.join("\n")).to.match(sentence);
    });

  it("finds a log's bytes from which no row follows", () => {
    change("UPDATE events SET transaction_hash = replace(transaction_hash, 'a', 'b')");
    expect(checked).to.throw(FatalError, /The database \S+db is damaged: block \d+ and its logs aren't as they were/);
  });

  it("says what can't be folded", () => {
    change("UPDATE blocks SET checksum = NULL; DELETE FROM events WHERE block_number < 20");
    expect(checked().wrong.join()).to.match(/^The stored logs can't be folded: /);
  });

  it("finds nothing in what an indexer wrote, also while one writes it, and leaves no file", () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("proofboard-check-"));
    const before = left();
    expect(checked()).to.deep.equal({ cursor: blocks.at(-1)?.number, logs, wrong: [] });
    const { writer, close } = openForWriting(db(), deployment);
    writer.rollback(50);
    expect(checked().wrong).to.deep.equal([]);
    close();
    expect(left()).to.deep.equal(before);
  });

  it("works in a file without a name, so that none is left where it is killed", () => {
    const { close } = Database.prototype;
    const named: boolean[] = [];
    Database.prototype.close = function () {
      if (this.name.includes("proofboard-check-")) named.push(existsSync(dirname(this.name)));
      return close.call(this);
    };
    try {
      expect(checked().wrong).to.deep.equal([]);
    } finally {
      Database.prototype.close = close;
    }
    expect(named).to.deep.equal([false]);
  });

  it("finds 16 random bytes anywhere, or all rows are as they were", function () {
    this.timeout(300_000);
    const rows = dumpFile(db());
    const random = createRandom(16);
    let found = 0;
    for (let trial = 0; trial < 40; trial++) {
      files.remove();
      files = scratch();
      const { writer, close } = openForWriting(db(), deployment);
      writer.start(first);
      append(writer, blocks, 45);
      writer.complete();
      close();
      const file = openSync(db(), "r+");
      const at = random.between(0, fstatSync(file).size - 16);
      writeSync(file, Buffer.from(Array.from({ length: 16 }, () => random.between(0, 255))), 0, 16, at);
      closeSync(file);
      let sentence: string | undefined;
      try {
        [sentence] = checked().wrong;
      } catch (error) {
        sentence = (error as Error).message;
      }
      if (sentence !== undefined) found++;
      else expect(dumpFile(db()), `at byte ${at}`).to.deep.equal(rows);
    }
    expect(found).to.be.above(10);
  });
});
