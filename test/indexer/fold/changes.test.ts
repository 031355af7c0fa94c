import { expect } from "chai";
import fc from "fast-check";
import type { Address } from "viem";
import { type Changes, inverse, type RowChange } from "../../../indexer/fold/changes.ts";
import { type Block as FoldedBlock, fold } from "../../../indexer/fold/fold.ts";
import { createIdentityMap, type IdentityMap, type Kind, type Load } from "../../../indexer/fold/identity-map.ts";
import { type KeyOf, kinds, type RowOf, type TableName } from "../../../indexer/fold/kinds.ts";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import type { Header } from "../../../indexer/ingest/blocks.ts";
import { storyOfRequests } from "../asked.ts";
import type { Block } from "../node.ts";
import { campaign, decoder, logsOf, storyOf } from "../opened.ts";
import { storyToEnd } from "../season-ends.ts";
import { deployment } from "../story.ts";

const story = fc.oneof(
  fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 }),
  storyToEnd,
  storyOfRequests,
);

/** A block's events. */
const foldedOf = (block: Block): FoldedBlock => ({
  header: block,
  events: logsOf(block).map((log) => decoder.decode(log)),
});

/** The key of a row as a text. */
function idOf<T extends TableName>(table: T, key: KeyOf<T>): string {
  const kind = kinds[table] as unknown as Kind<KeyOf<T>, RowOf<T> & KeyOf<T>> | { once: true };
  if (!("once" in kind)) return `${table} ${kind.group(key)} ${kind.name(key)}`;
  const { seasonId, seq, modelId, poster, epoch, first, account, place, ...of } = key as Record<string, unknown>;
  const located = ["payments", "catches", "seats"].includes(table) ? [of.blockNumber, of.logIndex] : [];
  return [table, seasonId, seq, modelId, poster, epoch, first, account, place, ...located].join(" ");
}

/** All rows, in no database. */
class Memory {
  readonly rows = new Map<string, object>();

  load: Load = (table, key) => this.rows.get(idOf(table, key)) as never;

  write({ rows }: Pick<Changes, "rows">): void {
    for (const { table, before, after } of rows) {
      const id = idOf(table, (before ?? after) as never);
      expect(this.rows.get(id)).to.deep.equal(before);
      if (after) this.rows.set(id, after);
      else this.rows.delete(id);
    }
  }
}

const apply = (held: IdentityMap, blocks: readonly Block[]): Changes =>
  fold(held, blocks.map(foldedOf), blocks.at(-1) as Header, deployment);

describe("the fold without a database", () => {
  it("refuses what can't follow, and has then changed nothing", () => {
    const { blocks } = storyOf([[]]);
    const memory = new Memory();
    const held = createIdentityMap(memory.load);
    const [opening] = blocks as [Block];
    expect(() => apply(held, [opening, opening])).to.throw(
      IntegrityError,
      /^Model 0x[0-9a-f]{64} was published twice\.$/,
    );
    const changes = apply(held, [opening]);
    memory.write(changes);
    expect(changes).to.deep.equal(
      apply(
        createIdentityMap(() => undefined),
        [opening],
      ),
    );
  });

  it("holds each changed row once, and no row that is as before", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { rows } = apply(
          createIdentityMap(() => undefined),
          storyOf(choices).blocks,
        );
        const ids = rows.map(({ table, after }) => idOf(table, after as never));
        expect(new Set(ids)).to.have.lengthOf(ids.length);
        for (const { before, after } of rows) expect(after).not.to.deep.equal(before);
      }),
      { numRuns: 40 },
    );
  });

  it("makes the same rows of blocks one by one or at once", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { blocks } = storyOf(choices);
        const [single, ranges] = [new Memory(), new Memory()];
        const held = createIdentityMap(single.load);
        for (const block of blocks) single.write(apply(held, [block]));
        ranges.write(apply(createIdentityMap(ranges.load), blocks));
        expect(ranges.rows).to.deep.equal(single.rows);
      }),
      { numRuns: 40 },
    );
  });

  it("is undone by its changes turned round", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { first, blocks } = storyOf(choices);
        const memory = new Memory();
        const held = createIdentityMap(memory.load);
        const states = blocks.map((block, i) => {
          const before = new Map(memory.rows);
          const changes = apply(held, [block]);
          memory.write(changes);
          return { before, undo: inverse(changes, blocks[i - 1] ?? first) };
        });
        for (const { before, undo } of states.toReversed()) {
          memory.write(undo);
          expect(memory.rows).to.deep.equal(before);
          expect(inverse(inverse(undo, undo.cursor), undo.cursor)).to.deep.equal(undo);
        }
        expect(memory.rows).to.have.lengthOf(0);
      }),
      { numRuns: 40 },
    );
  });

  it("may be done again once a row was fetched that a store had to be waited for", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (choices) => {
        const { blocks } = storyOf(choices);
        const [near, far] = [new Memory(), new Memory()];
        const heldNear = createIdentityMap(near.load);
        /** What was fetched so far, also that there is no row. */
        const fetched = new Map<string, object | undefined>();
        const heldFar = createIdentityMap((table, key) => {
          const id = idOf(table, key);
          if (!fetched.has(id)) throw new Missed(table, key);
          return fetched.get(id) as never;
        });
        for (const block of blocks) {
          near.write(apply(heldNear, [block]));
          let changes: Changes | undefined;
          while (!changes)
            try {
              changes = apply(heldFar, [block]);
            } catch (error) {
              if (!(error instanceof Missed)) throw error;
              const { table, key } = error;
              fetched.set(idOf(table, key as never), await Promise.resolve(far.load(table, key as never)));
            }
          far.write(changes);
          // What is fetched later must be as it is by then.
          fetched.clear();
        }
        expect(far.rows).to.deep.equal(near.rows);
      }),
      { numRuns: 15 },
    );
  });

  it("doesn't count what is said of another Campaign's units", () => {
    const { blocks } = storyOf([[1, 3, 5, 33, 65]]);
    const elsewhere = "0x00000000000000000000000000000000000000Ee" as Address;
    const changes = fold(
      createIdentityMap(() => undefined),
      blocks.map(foldedOf),
      blocks.at(-1) as Header,
      { ...deployment, contracts: { ...deployment.contracts, Campaign: { ...campaign, address: elsewhere } } },
    );
    const isEntry = ({ table }: RowChange) => table === "entries";
    expect(changes.rows.some(({ table }) => table === "attestations")).to.equal(true);
    expect(changes.rows.filter(isEntry)).to.deep.equal([]);
  });
});

/** A row that is not at hand. */
class Missed extends Error {
  readonly table: TableName;
  readonly key: unknown;

  constructor(table: TableName, key: unknown) {
    super(`A row of ${table} is missed.`);
    this.table = table;
    this.key = key;
  }
}
