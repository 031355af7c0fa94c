import { linkSync, renameSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { openForWriting } from "../../../../indexer/open.ts";
import { append, storyOf } from "../../opened.ts";
import { choices, dumpFile, scratch } from "../../running.ts";
import { deployment } from "../../story.ts";

describe("the one writer of a database", () => {
  const { first, blocks } = storyOf(choices(6, 3));
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  it("stops before it writes once another took over, the lock's file having been deleted", () => {
    const before = openForWriting(files.path("db"), deployment);
    before.writer.start(first);
    append(before.writer, blocks.slice(0, 2));
    rmSync(files.path("db-lock"));
    const after = openForWriting(files.path("db"), deployment);
    append(after.writer, blocks.slice(2, 3));
    const rows = dumpFile(files.path("db"));
    const writes = [
      () => append(before.writer, blocks.slice(3, 4)),
      () => before.writer.rollback(2),
      () => before.writer.markVerified(),
      () => before.writer.complete(),
      () => before.writer.rebuild(),
      () => before.writer.wipe(),
    ];
    for (const write of writes)
      expect(write).to.throw(FatalError, /^Another indexer has taken over the database \S+: this one stops\.$/);
    expect(dumpFile(files.path("db"))).to.deep.equal(rows);
    before.close();
    append(after.writer, blocks.slice(3));
    after.close();
  });

  it("is not admitted by another name of the file", () => {
    const one = openForWriting(files.path("db"), deployment);
    linkSync(files.path("db"), files.path("link"));
    for (const name of ["db", "link"])
      expect(() => openForWriting(files.path(name), deployment)).to.throw(FatalError, "has 2 names (hard links)");
    one.writer.start(first);
    one.close();
    rmSync(files.path("link"));
    openForWriting(files.path("db"), deployment).close();
  });

  for (const [what, change] of Object.entries({
    moved: () => renameSync(files.path("db"), files.path("elsewhere")),
    deleted: () => rmSync(files.path("db")),
    replaced() {
      rmSync(files.path("db"));
      new Database(files.path("db")).exec("CREATE TABLE notes (text)").close();
    },
  }))
    it(`stops when the file is ${what} under it`, () => {
      const { writer, close } = openForWriting(files.path("db"), deployment);
      writer.start(first);
      change();
      expect(() => append(writer, blocks)).to.throw(FatalError, "was moved, deleted or replaced: this indexer stops.");
      close();
    });
});
