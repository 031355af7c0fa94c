import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { expect } from "chai";
import { FatalError } from "../../indexer/ingest/errors.ts";
import { backup, rebuild, rewind } from "../../indexer/maintain.ts";
import { openForWriting } from "../../indexer/open.ts";
import { lockPart } from "../../indexer/store/sqlite/lock.ts";
import { append, storyOf } from "./opened.ts";
import { choices, dumpFile, scratch, until } from "./running.ts";
import { deployment } from "./story.ts";

const START = fileURLToPath(new URL("../../indexer/start.js", import.meta.url));

describe("what is done to a database", () => {
  const { first, blocks } = storyOf(choices(20, 2));
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  it("needs one that is there, and creates none", () => {
    const db = files.path("db");
    for (const work of [
      () => rewind({ deployment, db, to: 3 }),
      () => rebuild({ deployment, db }),
      () => backup({ db, to: files.path("copy") }),
    ])
      expect(work).to.throw(FatalError, `There is no database ${db}.`);
    expect(readdirSync(files.path(""))).to.deep.equal([]);
  });

  describe("a backup", () => {
    it("overwrites nothing, and copies no other application's file", () => {
      openForWriting(files.path("db"), deployment).close();
      writeFileSync(files.path("copy"), "mine");
      expect(() => backup({ db: files.path("db"), to: files.path("copy") })).to.throw(
        FatalError,
        "copy is there already",
      );
      new Database(files.path("other")).exec("CREATE TABLE notes (text)").close();
      expect(() => backup({ db: files.path("other"), to: files.path("new") })).to.throw(
        FatalError,
        "is not an indexer's",
      );
      expect(existsSync(files.path("new"))).to.equal(false);
    });

    it("deletes no file that has the name of its part", () => {
      openForWriting(files.path("db"), deployment).close();
      writeFileSync(files.path("copy-part"), "mine");
      expect(() => backup({ db: files.path("db"), to: files.path("copy") })).to.throw(
        FatalError,
        "copy-part is there already, maybe of a backup that was stopped: delete it, or give another --to.",
      );
      expect(readFileSync(files.path("copy-part"), "utf8")).to.equal("mine");
      expect(existsSync(files.path("copy"))).to.equal(false);
    });

    it("deletes neither a file that has the name of its lock, nor the part of a backup that runs", () => {
      openForWriting(files.path("db"), deployment).close();
      writeFileSync(files.path("copy-part"), "");
      writeFileSync(files.path("copy-part-lock"), "mine");
      const work = () => backup({ db: files.path("db"), to: files.path("copy") });
      expect(work).to.throw(FatalError, "copy-part-lock is not an indexer's: it is no SQLite database.");
      expect(readFileSync(files.path("copy-part-lock"), "utf8")).to.equal("mine");
      rmSync(files.path("copy-part-lock"));
      rmSync(files.path("copy-part"));
      const lock = lockPart(files.path("copy-part"));
      writeFileSync(files.path("copy-part"), "theirs");
      expect(work).to.throw(FatalError, "Another backup writes the file");
      expect(readFileSync(files.path("copy-part"), "utf8")).to.equal("theirs");
      lock.release();
    });

    it("deletes no database that has the name of its lock", () => {
      openForWriting(files.path("db"), deployment).close();
      backup({ db: files.path("db"), to: files.path("copy-part-lock") });
      const before = readFileSync(files.path("copy-part-lock"));
      expect(() => backup({ db: files.path("db"), to: files.path("copy") })).to.throw(
        FatalError,
        /copy-part-lock is a database, and no lock\. It is left as it is\. Give another --to\.$/,
      );
      expect(readFileSync(files.path("copy-part-lock")).equals(before)).to.equal(true);
    });

    it("takes over what one that was killed left", async () => {
      openForWriting(files.path("db"), deployment).close();
      // As large as takes a while to copy.
      new Database(files.path("db")).exec("CREATE TABLE more AS SELECT zeroblob(200000000)").close();
      const child = spawn(process.execPath, [START, "backup", "--db", files.path("db"), "--to", files.path("copy")]);
      await until("it writes", () => (statSync(files.path("copy-part"), { throwIfNoEntry: false })?.size ?? 0) > 0);
      child.kill("SIGKILL");
      await once(child, "close");
      expect(existsSync(files.path("copy"))).to.equal(false);
      backup({ db: files.path("db"), to: files.path("copy") });
      expect(readdirSync(files.path("")).filter((name) => name.startsWith("copy"))).to.deep.equal(["copy"]);
    });

    it("leaves no part where it can't be written", () => {
      openForWriting(files.path("db"), deployment).close();
      expect(() => backup({ db: files.path("db"), to: files.path("nowhere/copy") })).to.throw();
      expect(readdirSync(files.path("")).filter((name) => !name.startsWith("db"))).to.deep.equal([]);
    });

    it("has the rows of one block while an indexer writes, and an indexer goes on from it", () => {
      const { writer, close } = openForWriting(files.path("db"), deployment);
      writer.start(first);
      append(writer, blocks.slice(0, 12));
      const rows = dumpFile(files.path("db"));
      const cursor = backup({ db: files.path("db"), to: files.path("copy") });
      expect(readdirSync(files.path("")).filter((name) => name.startsWith("copy"))).to.deep.equal(["copy"]);
      append(writer, blocks.slice(12));
      close();
      expect(cursor).to.equal(blocks[11]?.number);
      expect(dumpFile(files.path("copy"))).to.deep.equal(rows);
      const again = openForWriting(files.path("copy"), deployment);
      append(again.writer, blocks.slice(12));
      again.close();
      expect(dumpFile(files.path("copy"))).to.deep.equal(dumpFile(files.path("db")));
    });
  });
});
