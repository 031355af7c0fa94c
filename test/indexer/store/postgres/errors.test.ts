import { expect } from "chai";
import pg from "pg";
import { IntegrityError } from "../../../../indexer/fold/step.ts";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { storageError } from "../../../../indexer/store/postgres/errors.ts";
import { StorageError } from "../../../../indexer/store/store.ts";

/** An error of the server, with its code (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
function errorOf(code: string): Error {
  const error = new pg.DatabaseError("it failed", 1, "error");
  error.code = code;
  return error;
}

describe("errors of PostgreSQL", () => {
  it("may pass where the server is away, full, a replica, surprised, or has ended a transaction in which nothing moved", () => {
    for (const code of ["08006", "25006", "25P03", "40001", "53100", "53300", "57P01", "58030", "XX000"])
      expect(storageError("db.example/board", errorOf(code)), code)
        .to.be.instanceOf(StorageError)
        .and.have.property("message", `The database db.example/board can't be used now: it failed (${code}).`);
  });

  it("can't be repaired by another try where bytes are wrong, or the server refuses us", () => {
    for (const code of ["XX001", "28P01", "3D000", "42501"])
      expect(storageError("db.example/board", errorOf(code)), code).to.be.instanceOf(FatalError);
  });

  it("are of the events where no chain gives such rows, and are left as they are where they are of our own SQL", () => {
    for (const code of ["22003", "23505", "23514"])
      expect(storageError("db.example/board", errorOf(code)), code).to.be.instanceOf(IntegrityError);
    const ours = errorOf("42601");
    expect(storageError("db.example/board", ours)).to.equal(ours);
  });
});
