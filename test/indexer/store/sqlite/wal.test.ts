import { once } from "node:events";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { expect } from "chai";
import type { Db } from "../../../../indexer/store/sqlite/database.ts";
import { createWalKeeper } from "../../../../indexer/store/sqlite/wal.ts";
import { open } from "../../opened.ts";
import { scratch, until } from "../../running.ts";

const MOST = 2 ** 20;
const row = Buffer.alloc(100_000);

describe("the write-ahead log", () => {
  let files: ReturnType<typeof scratch>;
  let db: Db;

  beforeEach(() => {
    files = scratch();
    db = open(files.path("db")).db;
    db.exec("CREATE TABLE ballast (content BLOB)");
    db.pragma(`journal_size_limit = ${MOST}`);
    db.pragma("wal_autocheckpoint = 100");
  });
  afterEach(() => {
    db.close();
    files.remove();
  });

  const bytes = () => statSync(files.path("db-wal")).size;
  const write = () => db.prepare("INSERT INTO ballast VALUES (?)").run(row);

  it("is not moved into a file that another writer has taken over", async () => {
    const keepShort = createWalKeeper(db, () => "taken", MOST, 10);
    write();
    const before = readFileSync(files.path("db"));
    keepShort();
    await sleep(100);
    expect(readFileSync(files.path("db")).equals(before)).to.equal(true);
  });

  it("is moved into the database a while after a transaction, so that a copy of the file alone has the rows", async () => {
    const keepShort = createWalKeeper(db, () => undefined, MOST, 10);
    write();
    keepShort();
    const copied = () => {
      copyFileSync(files.path("db"), files.path("copy"));
      const copy = new Database(files.path("copy"));
      try {
        return copy.prepare("SELECT count(*) FROM ballast").pluck().get() === 1;
      } finally {
        copy.close();
      }
    };
    await until("the row is in the file", () => {
      try {
        return copied();
      } catch {
        return false;
      }
    });
  });

  it("is kept short while readers relieve one another without a break", async () => {
    const reader = new Worker(new URL("wal-reader.ts", import.meta.url), { workerData: files.path("db") });
    try {
      await once(reader, "message");
      const keepShort = createWalKeeper(db, () => undefined, MOST, 0);
      let longest = 0;
      for (let i = 0; i < 100; i++) {
        write();
        keepShort();
        longest = Math.max(longest, bytes());
        await sleep(1);
      }
      expect(longest).to.be.below(4 * MOST);
    } finally {
      await reader.terminate();
    }
  });

  it("waits for a reader that stays, and is emptied when it goes", () => {
    const reader = new Database(files.path("db"), { readonly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT * FROM progress").get();
    const keepShort = createWalKeeper(db, () => undefined, MOST, 0);
    for (let i = 0; i < 15; i++) write();
    keepShort();
    expect(bytes()).to.be.above(MOST);
    reader.close();
    keepShort();
    expect(bytes()).to.equal(0);
    expect(db.prepare("SELECT count(*) FROM ballast").pluck().get()).to.equal(15);
  });
});
