import { expect } from "chai";
import fc from "fast-check";
import { createTable } from "../../../indexer/fold/identity-map.ts";

interface Key {
  group: number;
  name: string;
}
interface Row extends Key {
  value: number;
}

/** The value of rows that are done with. */
const DONE = 9;

/** A table in memory, what holds its rows, and every access to it. */
function tableOf(...stored: Row[]) {
  const idOf = ({ group, name }: Key) => `${group}${name}`;
  const table = new Map(stored.map((row) => [idOf(row), row]));
  const accesses: string[] = [];
  const rows = createTable<Key, Row>(
    { group: ({ group }) => group, name: ({ name }) => name, isDone: ({ value }) => value === DONE },
    (key) => {
      accesses.push(`load ${idOf(key)}`);
      return table.get(idOf(key));
    },
  );
  /** Takes the changes, and writes them. */
  const write = () =>
    rows.take((before, after) => {
      const id = idOf((before ?? after) as Row);
      accesses.push(`${before ? (after ? "update" : "remove") : "insert"} ${id}`);
      expect(table.get(id)).to.equal(before);
      if (after) table.set(id, after);
      else table.delete(id);
    });
  return { rows, table, accesses, write };
}

const a: Row = { group: 1, name: "a", value: 0 };

describe("the identity map", () => {
  it("refuse to add a row of a key that is held", () => {
    const { rows } = tableOf();
    expect(rows.add(a)).to.equal(true);
    expect(rows.add(a)).to.equal(false);
    rows.remove(a);
    expect(rows.add(a)).to.equal(true);
  });

  it("are loaded once and taken once, however often they change", () => {
    const { rows, table, accesses, write } = tableOf(a);
    for (let value = 1; value <= 5; value++) rows.set({ ...(rows.get(a) as Row), value });
    rows.add({ group: 2, name: "a", value: 7 });
    write();
    write();
    expect(accesses).to.deep.equal(["load 1a", "update 1a", "insert 2a"]);
    expect([...table.values()].map(({ value }) => value)).to.deep.equal([5, 7]);
  });

  it("that come and go in between leave nothing to take", () => {
    const { rows, accesses, write } = tableOf();
    rows.set(a);
    rows.remove(a);
    rows.set(a);
    rows.remove(a);
    write();
    expect(accesses).to.deep.equal(["load 1a"]);
  });

  it("that are done with are held until they are taken", () => {
    const { rows, accesses, write } = tableOf(a);
    rows.set({ ...a, value: DONE });
    expect(rows.get(a)?.value).to.equal(DONE);
    write();
    expect(rows.get(a)?.value).to.equal(DONE);
    expect(accesses).to.deep.equal(["load 1a", "update 1a", "load 1a"]);
  });

  it("that are forgotten were never changed", () => {
    const { rows, table, write } = tableOf(a);
    rows.set({ ...a, value: 8 });
    rows.forget();
    write();
    expect(table.get("1a")).to.equal(a);
    expect(rows.get(a)).to.equal(a);
  });

  it("go back to what was last taken, loaded or added", () => {
    const { rows, accesses, write } = tableOf(a);
    rows.set({ ...a, value: 1 });
    write();
    rows.set({ ...a, value: 2 });
    rows.add({ ...a, name: "b" });
    rows.revert();
    expect(rows.get(a)?.value).to.equal(1);
    expect(rows.get({ ...a, name: "b" })).to.equal(undefined);
    write();
    expect(accesses).to.deep.equal(["load 1a", "update 1a", "load 1b"]);
  });

  it("end up as if each change had been written at once", () => {
    const key = fc.record({ group: fc.nat({ max: 2 }), name: fc.constantFrom("a", "b") });
    const act = fc.oneof(
      fc.record({ does: fc.constant("set" as const), key, value: fc.nat({ max: 2 * DONE }) }),
      fc.record({
        does: fc.constantFrom("remove" as const, "write" as const, "revert" as const),
        key,
        value: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const { rows, table, write } = tableOf(a);
        let expected = new Map(table);
        for (const { does, key, value } of acts) {
          const id = `${key.group}${key.name}`;
          if (does === "write") write();
          if (does === "revert") {
            rows.revert();
            expected = new Map(table);
          }
          if (does === "set") {
            rows.set({ ...key, value });
            expected.set(id, { ...key, value });
          }
          if (does === "remove") {
            rows.remove(key);
            expected.delete(id);
          }
          expect(rows.get(key)).to.deep.equal(expected.get(id));
        }
        write();
        expect(table).to.deep.equal(expected);
      }),
    );
  });
});
