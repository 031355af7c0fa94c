import { expect } from "chai";
import fc from "fast-check";
import { createRows } from "../../../indexer/store/rows.ts";

interface Key {
  group: number;
  name: string;
}
interface Row extends Key {
  value: number;
}

/** The value of rows that are done with. */
const DONE = 9;

/** A table in memory, and every access to it. */
function tableOf(...stored: Row[]) {
  const idOf = ({ group, name }: Key) => `${group}${name}`;
  const table = new Map(stored.map((row) => [idOf(row), row]));
  const accesses: string[] = [];
  const write = (what: string) => (row: Row) => {
    accesses.push(`${what} ${idOf(row)}`);
    if (what === "remove") table.delete(idOf(row));
    else table.set(idOf(row), row);
  };
  const rows = createRows<Key, Row>({
    group: ({ group }) => group,
    name: ({ name }) => name,
    find(key) {
      accesses.push(`find ${idOf(key)}`);
      return table.get(idOf(key));
    },
    ...{ insert: write("insert"), update: write("update"), remove: write("remove") },
    isDone: ({ value }) => value === DONE,
  });
  return { rows, table, accesses };
}

const a: Row = { group: 1, name: "a", value: 0 };

describe("rows in memory", () => {
  it("refuse to add a row of a key that is held", () => {
    const { rows } = tableOf();
    expect(rows.add(a)).to.equal(true);
    expect(rows.add(a)).to.equal(false);
    rows.remove(a);
    expect(rows.add(a)).to.equal(true);
  });

  it("are read once and written once, however often they change", () => {
    const { rows, table, accesses } = tableOf(a);
    for (let value = 1; value <= 5; value++) rows.set({ ...(rows.get(a) as Row), value });
    rows.add({ group: 2, name: "a", value: 7 });
    rows.flush();
    rows.flush();
    expect(accesses).to.deep.equal(["find 1a", "update 1a", "insert 2a"]);
    expect([...table.values()].map(({ value }) => value)).to.deep.equal([5, 7]);
  });

  it("that come and go between flushes leave nothing to write and nothing to tell", () => {
    const { rows, accesses } = tableOf();
    const told: unknown[] = [];
    rows.set(a);
    rows.remove(a);
    rows.set(a);
    rows.remove(a);
    rows.tell((...change) => told.push(change));
    rows.flush();
    expect(accesses).to.deep.equal(["find 1a"]);
    expect(told).to.deep.equal([]);
  });

  it("that are done with are held until they are written", () => {
    const { rows, accesses } = tableOf(a);
    rows.set({ ...a, value: DONE });
    expect(rows.get(a)?.value).to.equal(DONE);
    rows.flush();
    expect(rows.get(a)?.value).to.equal(DONE);
    expect(accesses).to.deep.equal(["find 1a", "update 1a", "find 1a"]);
  });

  it("that are forgotten were never changed", () => {
    const { rows, table } = tableOf(a);
    rows.set({ ...a, value: 8 });
    rows.forget();
    rows.flush();
    expect(table.get("1a")).to.equal(a);
    expect(rows.get(a)).to.equal(a);
  });

  it("end up as if each change had been written at once, and tell each row before and after", () => {
    const key = fc.record({ group: fc.nat({ max: 2 }), name: fc.constantFrom("a", "b") });
    const act = fc.oneof(
      fc.record({ does: fc.constant("set" as const), key, value: fc.nat({ max: 2 * DONE }) }),
      fc.record({
        does: fc.constantFrom("remove" as const, "tell" as const, "flush" as const),
        key,
        value: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const { rows, table } = tableOf(a);
        const expected = new Map(table);
        const heard = new Map(table);
        const hear = (before: Row | undefined, after: Row | undefined) => {
          const id = `${(before ?? after)?.group}${(before ?? after)?.name}`;
          expect(heard.get(id)).to.deep.equal(before);
          if (after) heard.set(id, after);
          else heard.delete(id);
        };
        for (const { does, key, value } of acts) {
          const id = `${key.group}${key.name}`;
          if (does === "tell" || does === "flush") rows.tell(hear);
          if (does === "flush") rows.flush();
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
        rows.tell(hear);
        rows.flush();
        expect(table).to.deep.equal(expected);
        expect(heard).to.deep.equal(expected);
      }),
    );
  });
});
