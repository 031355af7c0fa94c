import { mkdirSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { backup } from "../../../../indexer/maintain.ts";
import { openForWriting } from "../../../../indexer/open.ts";
import { storageError } from "../../../../indexer/store/sqlite/storage.ts";
import { StorageError } from "../../../../indexer/store/store.ts";
import { scratch } from "../../running.ts";
import { deployment } from "../../story.ts";

describe("what SQLite and the system refuse", () => {
  const of = (code: string): Error =>
    storageError({ name: "board" }, new Database.SqliteError("It can't be", code)) as Error;

  it("ends it with what to do where the file may not be written, or is damaged", () => {
    for (const code of ["SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN", "SQLITE_PERM"])
      expect(of(code), code)
        .to.be.instanceOf(FatalError)
        .with.property(
          "message",
          `The database board can't be opened: It can't be (${code}). Let this user write the file and its directory.`,
        );
    for (const code of ["SQLITE_CORRUPT", "SQLITE_NOTADB"])
      expect(of(code), code)
        .to.be.instanceOf(FatalError)
        .with.property("message")
        .that.matches(
          / is damaged: .* Restore a backup, or delete the file and let the indexer read the chain again\.$/,
        );
  });

  it("is said with what to do where it may pass", () => {
    for (const [code, sentences] of [
      ["SQLITE_FULL", "the disk is full (SQLITE_FULL). Make room on it."],
      [
        "SQLITE_BUSY_RECOVERY",
        "another process has locked it (SQLITE_BUSY_RECOVERY). Wait for that process, or end it.",
      ],
      ["SQLITE_LOCKED", "another connection has locked it (SQLITE_LOCKED). Wait for that."],
      ["SQLITE_IOERR_READ", 'the disk failed (SQLITE_IOERR_READ). Repair it, and then run "indexer check".'],
    ] as const)
      expect(of(code), code)
        .to.be.instanceOf(StorageError)
        .with.property("message", `The database board can't be written now: ${sentences}`);
  });

  describe("of a path", () => {
    let files: ReturnType<typeof scratch>;
    beforeEach(() => {
      files = scratch();
    });
    afterEach(() => files.remove());
    const open = (name: string) => () => openForWriting(files.path(name), deployment);

    it("that is a directory, or has one in the lock's place", () => {
      mkdirSync(files.path("directory"));
      expect(open("directory")).to.throw(
        FatalError,
        /^The database \S+directory can't be read: EISDIR.* Let this user read it, or give another path\.$/,
      );
      mkdirSync(files.path("db-lock"));
      expect(open("db")).to.throw(
        FatalError,
        /^The database \S+db-lock can't be opened: .* Let this user write the file and its directory\.$/,
      );
    });

    it("in a directory that isn't there", () => {
      const said = /^There is no directory \S+nowhere: create it, or give another path\.$/;
      expect(open("nowhere/db")).to.throw(FatalError, said);
      openForWriting(files.path("db"), deployment).close();
      expect(() => backup({ db: files.path("db"), to: files.path("nowhere/copy") })).to.throw(FatalError, said);
    });
  });
});
