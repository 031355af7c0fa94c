import Database from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { createBulk } from "../../../../indexer/store/sqlite/bulk.ts";

function opened() {
  const db = new Database(":memory:");
  db.exec("CREATE TABLE pairs (a INTEGER PRIMARY KEY, b TEXT)");
  const bulk = createBulk<[number, string | null]>(db, "pairs", 2);
  return { db, bulk, rows: () => db.prepare("SELECT * FROM pairs ORDER BY a").raw().all() };
}

describe("rows inserted in bulk", () => {
  it("are refused with one of a key that is there", () => {
    const { bulk } = opened();
    bulk.add([1, "a"]);
    bulk.flush();
    bulk.add([2, "b"]);
    bulk.add([1, "c"]);
    expect(() => bulk.flush()).to.throw("UNIQUE constraint failed");
  });

  it("that a transaction forgot are never written", () => {
    const { db, bulk, rows } = opened();
    const failing = db.transaction(() => {
      for (let i = 0; i < 100; i++) bulk.add([i, "lost"]);
      throw new Error("It failed.");
    });
    expect(failing).to.throw("It failed.");
    bulk.forget();
    bulk.add([7, null]);
    bulk.flush();
    expect(rows()).to.deep.equal([[7, null]]);
  });

  it("are all there after a flush, however many", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string()), { maxLength: 70 }), fc.nat({ max: 70 }), (values, cut) => {
        const { bulk, rows } = opened();
        for (const [i, value] of values.entries()) {
          bulk.add([i, value]);
          if (i === cut) bulk.flush();
        }
        bulk.flush();
        expect(rows()).to.deep.equal([...values.entries()]);
      }),
    );
  });
});
