import { symlinkSync } from "node:fs";
import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { lockDatabase } from "../../../../indexer/store/sqlite/lock.ts";
import { open } from "../../opened.ts";
import { scratch } from "../../running.ts";

describe("the lock of a database", () => {
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  it("refuses a second writer, also by another name of the file", () => {
    const first = lockDatabase(files.path("db"));
    open(files.path("db")).db.close();
    symlinkSync(files.path("db"), files.path("alias"));
    for (const name of ["db", "alias"])
      expect(() => lockDatabase(files.path(name)))
        .to.throw(FatalError)
        .with.property("message")
        .that.matches(/^Another indexer writes the database .*: there can be only one\./);
    first.release();
  });

  it("is free again once released, and each file has its own", () => {
    lockDatabase(files.path("db")).release();
    const again = lockDatabase(files.path("db"));
    const other = lockDatabase(files.path("other"));
    again.release();
    other.release();
  });
});
