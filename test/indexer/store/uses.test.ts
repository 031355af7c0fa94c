import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { inverse, type RowChange } from "../../../indexer/fold/changes.ts";
import type { Attestation } from "../../../indexer/fold/recorded.ts";
import type { Eventual } from "../../../indexer/store/eventual.ts";
import { createReaders } from "../../../indexer/store/postgres/readers.ts";
import { openDatabase } from "../../../indexer/store/sqlite/database.ts";
import { createUseReader, type UseReader } from "../../../indexer/store/sqlite/read-uses.ts";
import { createStore } from "../../../indexer/store/sqlite/store.ts";
import { addressOf } from "../rank/entries.ts";
import { deployment } from "../story.ts";
import { openPostgres } from "./postgres/opened.ts";
import { onEachStore } from "./stores.ts";

const VERIFIED = 2;
const ATTESTATIONS = 3;
const location = { blockNumber: 1, logIndex: 0 };
const cursor = { number: 1, timestamp: 1, hash: "0x", parentHash: "0x" } as const;
const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const [modelA, modelB] = [hashOf(1001), hashOf(1002)];
const publishers = { [modelA]: addressOf(900), [modelB]: addressOf(901) };

/** An attestation of an account, and what of it isn't the same for all. */
interface One {
  prover: number;
  modelId: Hex;
  taskId: number | null;
  count: number;
}

/** One attestation's status is set, it is removed, or it answers a request; or what was done last is undone. */
type Step = { at: number; status: number } | { at: number; does: "remove" | "answer" } | "undo";

const one: fc.Arbitrary<One> = fc.record({
  prover: fc.nat({ max: 2 }),
  modelId: fc.constantFrom(modelA, modelB),
  taskId: fc.constantFrom(null, null, 0, 1),
  count: fc.integer({ min: 1, max: 300 }),
});
const at = fc.nat({ max: ATTESTATIONS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ at, status: fc.constantFrom(1, VERIFIED, VERIFIED, 3, 4) }),
  fc.record({ at, does: fc.constantFrom("remove", "answer") }),
  fc.constant("undo"),
);

function rowOf({ prover, modelId, taskId, count }: One, n: number, status: number): Attestation {
  return {
    ...{ uid: hashOf(n), prover: addressOf(prover), method: 1, modelId, inputHash: hashOf(0), context: hashOf(0) },
    ...{ answer: hashOf(0), root: null, outputHash: null, traceHash: null, salt: null },
    ...{ seasonId: taskId === null ? null : 1, taskId, count, status, ...location, logIndex: n },
    ...{ settledBlock: null, settledLog: null },
  };
}

const kindOf = (subject: Hex): string =>
  subject in publishers ? "model" : Object.values(publishers).includes(subject) ? "publisher" : "part";

const models = [modelA, modelB].map((modelId, i): RowChange => {
  const hashes = { artifactHash: "0x", runtimeId: "0x", weightsRoot: "0x", verifyingKeyHash: "0x" } as const;
  const kept = { measurement: "0x", layoutHash: "0x", layout: null, parameterRows: null } as const;
  const after = { modelId, publisher: publishers[modelId] as Hex, ...hashes, ...kept, blockNumber: 0, logIndex: i };
  return { table: "models", before: undefined, after };
});

type Row = Record<string, number | string>;

/** An empty database with both models. */
interface Counting {
  write(...rows: RowChange[]): Promise<void>;
  complete(): Promise<void>;
  /** All rows of a table. */
  rows(table: "uses" | "totals"): Promise<Row[]>;
  reader: Eventual<UseReader>;
  close(): Promise<void>;
}

async function openFile(): Promise<Counting> {
  const db = openDatabase(":memory:", deployment);
  db.pragma("foreign_keys = OFF");
  const store = createStore(db);
  store.write({ rows: models });
  return {
    write: async (...rows) => store.write({ rows }),
    complete: async () => store.complete(),
    rows: async (table) => db.prepare<[], Row>(`SELECT * FROM ${table}`).all(),
    reader: createUseReader(db),
    close: async () => void db.close(),
  };
}

async function openAt(url: string): Promise<Counting> {
  const { store, client, close } = await openPostgres(url);
  const doing = async (work: () => void) => store.atomically(work, () => {});
  await doing(() => {
    store.empty("rows");
    store.write({ rows: models });
  });
  return {
    write: (...rows) => doing(() => store.write({ rows })),
    complete: () => doing(store.complete),
    rows: (table) =>
      client.use(async (db) => {
        const rows = await db.rows(`SELECT row_to_json(${table}) FROM ${table}`);
        return rows.map(([row]) => row as Row);
      }),
    reader: await client.use(async (db) => createReaders(db).uses),
    close,
  };
}

/** The rows of `uses` by their keys, counted from attestations and those of them that answer a request. */
function counted(attestations: readonly Attestation[], answering: ReadonlySet<Hex>): Map<string, number[]> {
  const uses = new Map<string, number[]>();
  for (const { uid, prover, modelId, seasonId, taskId, count, status } of attestations) {
    if ((status !== VERIFIED && status !== 3) || (seasonId === null && !answering.has(uid))) continue;
    const subjects = [
      modelId,
      publishers[modelId],
      ...(seasonId === null ? [] : [`${seasonId}/${taskId}`, `${seasonId}/${modelId}`]),
    ];
    for (const subject of subjects) {
      const key = `${subject} ${prover}`;
      const units = uses.get(key) ?? [0, 0, 0, 0];
      const at = (seasonId === null ? 2 : 0) + (status === VERIFIED ? 0 : 1);
      units[at] = (units[at] as number) + count;
      uses.set(key, units);
    }
  }
  return uses;
}

onEachStore("what models were used for", (store) => {
  const open = () => {
    const url = store();
    return url === undefined ? openFile() : openAt(url);
  };

  it("is nothing before it is built", async () => {
    const { write, rows, complete, close } = await open();
    const after = rowOf({ prover: 1, modelId: modelA, taskId: 0, count: 5 }, 0, VERIFIED);
    await write({ table: "attestations", before: undefined, after });
    expect([await rows("uses"), await rows("totals")]).to.deep.equal([[], []]);
    await complete();
    expect(await rows("uses")).to.have.length(4);
    await close();
  });

  it("follows attestations and answers, built at any time, whatever is done and undone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: ATTESTATIONS, maxLength: ATTESTATIONS }),
        fc.array(step, { maxLength: 25 }),
        at,
        async (all, steps, built) => {
          const counting = await open();
          const attestations = new Map<number, Attestation>();
          const answering = new Set<Hex>();
          const done: RowChange[] = [];

          async function write(change: RowChange): Promise<void> {
            await counting.write(change);
            const { table, before, after } = change;
            if (table === "answers") {
              if (after) answering.add(after.uid);
              else answering.delete((before as { uid: Hex }).uid);
            }
            if (table !== "attestations") return;
            const { logIndex } = (after ?? before) as Attestation;
            if (after) attestations.set(logIndex, after);
            else attestations.delete(logIndex);
          }

          function changeOf(step: Exclude<Step, "undo">): RowChange | undefined {
            const before = attestations.get(step.at);
            if ("status" in step)
              return { table: "attestations", before, after: rowOf(all[step.at] as One, step.at, step.status) };
            if (step.does === "remove") return before && { table: "attestations", before, after: undefined };
            const uid = hashOf(step.at);
            if (before?.seasonId !== null || answering.has(uid)) return undefined;
            const after = {
              uid,
              requestId: hashOf(7),
              outputHash: hashOf(8),
              outputBytes: 1,
              delivered: null,
              ...location,
            };
            return { table: "answers", before: undefined, after };
          }

          for (const [i, step] of steps.entries()) {
            if (i === built) await counting.complete();
            const last = step === "undo" ? done.pop() : undefined;
            const change = step === "undo" ? last && inverse({ cursor, rows: [last] }, cursor).rows[0] : changeOf(step);
            if (change) await write(change);
            if (change && step !== "undo") done.push(change);
          }
          await counting.complete();

          const expected = counted([...attestations.values()], answering);
          const found = (await counting.rows("uses")).map(({ subject, account, ...units }): [string, unknown[]] => [
            `${subject} ${account}`,
            Object.values(units),
          ]);
          expect(new Map(found)).to.deep.equal(expected);

          const sums = new Map<string, number[]>();
          for (const [key, units] of expected) {
            const subject = key.split(" ")[0] as string;
            const [seasonVerified = 0, seasonRefuted = 0, requestVerified = 0, requestRefuted = 0] = units;
            const more = [seasonVerified, seasonRefuted, +(seasonVerified > 0)];
            more.push(requestVerified, requestRefuted, +(requestVerified > 0));
            sums.set(
              subject,
              (sums.get(subject) ?? [0, 0, 0, 0, 0, 0]).map((sum, i) => sum + (more[i] as number)),
            );
          }
          const foundTotals = (await counting.rows("totals")).map(
            ({ subject, kind, ...units }): [string, unknown[]] => {
              expect(kind).to.equal(kindOf(subject as Hex));
              return [subject as string, Object.values(units)];
            },
          );
          expect(new Map(foundTotals)).to.deep.equal(sums);
          const verified = [modelA, modelB].filter((id) => (sums.get(id)?.[0] ?? 0) > 0);
          const listed = await counting.reader.models("seasons", 9);
          expect(listed.map(({ subject }) => subject)).to.have.members(verified);
          await counting.close();
        },
      ),
      { numRuns: store() === undefined ? 300 : 25 },
    );
  });
});
