import Database from "better-sqlite3";
import { expect } from "chai";
import { scratch } from "../indexer/running.ts";
import { damage, differences } from "./compare.ts";

describe("comparing two databases", () => {
  let files: ReturnType<typeof scratch>;
  const create = (name: string, sql: string) => {
    const db = new Database(files.path(name));
    db.exec(sql);
    db.close();
    return files.path(name);
  };
  const rows = "CREATE TABLE a (n INTEGER, t TEXT); INSERT INTO a VALUES (1, 'x'), (2, 'y');";

  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  it("finds nothing between equal ones, however they came to be", () => {
    const other =
      "CREATE TABLE a (n INTEGER, t TEXT); INSERT INTO a VALUES (2, 'y'), (3, 'z'), (1, 'x'); DELETE FROM a WHERE n = 3";
    const [one, two] = [create("one", rows), create("two", other)];
    expect([...differences(one, two), ...damage(one, two)]).to.deep.equal([]);
  });

  it("names the table and the row that was changed, is too many, or lacks", () => {
    const one = create("one", `${rows} UPDATE a SET t = 'z' WHERE n = 1; INSERT INTO a VALUES (3, 'n')`);
    expect(differences(one, create("two", rows))).to.have.members([
      'a has a row too many: {"n":1,"t":"z"}',
      'a has a row too many: {"n":3,"t":"n"}',
      'a lacks a row: {"n":1,"t":"x"}',
    ]);
  });

  it("counts rows that are alike", () => {
    const one = create("one", `${rows} INSERT INTO a VALUES (1, 'x')`);
    expect(differences(one, create("two", rows))).to.deep.equal(['a has a row too many: {"n":1,"t":"x"}']);
  });

  it("names a table that lacks", () => {
    const two = create("two", `${rows} CREATE TABLE b (n INTEGER); INSERT INTO b VALUES (1)`);
    expect(differences(create("one", rows), two)).to.deep.equal(['b lacks a row: {"n":1}']);
  });

  it("tells of an index that lacks", () => {
    const two = create("two", `${rows} CREATE INDEX i ON a (n)`);
    expect(damage(create("one", rows), two)).to.deep.equal([
      "The file's tables or indexes are others than the clean sync's.",
    ]);
  });
});
