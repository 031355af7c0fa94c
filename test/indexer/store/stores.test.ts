import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import type { Log } from "../../../indexer/ingest/blocks.ts";
import { localLogs } from "../../../indexer/open-postgres.ts";
import type { Eventual } from "../../../indexer/store/eventual.ts";
import { createReaders } from "../../../indexer/store/postgres/readers.ts";
import type { Db } from "../../../indexer/store/sqlite/database.ts";
import type { LogReader } from "../../../indexer/store/sqlite/read-logs.ts";
import type { Block } from "../node.ts";
import { assembled, logsOf, type OpenedChain, storyOf } from "../opened.ts";
import { choices } from "../running.ts";
import { dumpLike, dumpPostgres, type OpenedPostgres, openPostgres } from "./postgres/opened.ts";
import { requirePostgres, startServer, type TestServer } from "./postgres/server.ts";

/** What a test does to both stores. */
type Act =
  | { do: "append"; blocks: number; finalized: number }
  | { do: "rollback" | "rewind"; by: number }
  | { do: "complete" | "rebuild" | "verify" | "restart" };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      blocks: fc.integer({ min: 1, max: 9 }),
      finalized: fc.nat({ max: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("rollback" as const), by: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rewind" as const), by: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: "complete" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "rebuild" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "verify" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "restart" as const }) },
);

describe("both stores", () => {
  let server: TestServer;
  let schemas = 0;
  before(async function () {
    await requirePostgres(this);
    server = await startServer();
  });
  after(() => server?.stop());

  async function expectSame({ db }: OpenedChain, { client, place }: OpenedPostgres): Promise<void> {
    const rows = await client.use((connection) => dumpPostgres(connection, place));
    const expected = dumpLike(db, rows);
    for (const [table, found] of Object.entries(rows)) expect(found, table).to.deep.equal(expected[table]);
  }

  /** Each subject finds its logs and no others, also no subject that only begins as it does. */
  async function expectFound({ db, readers, decoder }: OpenedChain, { client }: OpenedPostgres): Promise<void> {
    const all = readers.logs.between(0, 100);
    const subjects = Map.groupBy(all, (log) => decoder.subjectOf(log));
    for (const [subject, own] of [...subjects].slice(0, 20)) {
      if (subject === null) continue;
      const other: Hex = `${subject.slice(0, -1)}${subject.endsWith("0") ? "1" : "0"}` as Hex;
      const { blockNumber, transactionHash } = own[0] as Log;
      const read = async ({ logs }: { logs: Eventual<LogReader> }) => ({
        places: (await logs.of(subject, 1_000)).map(({ location }) => [location.blockNumber, location.logIndex]),
        none: await logs.of(other, 1_000),
        attestations: await logs.attestationsIn({ blockNumber, transactionHash }),
      });
      const expected = {
        places: own.map(({ blockNumber, logIndex }) => [blockNumber, logIndex]),
        none: [],
        attestations: attestationsIn(
          db,
          all.filter((log) => log.transactionHash === transactionHash),
        ),
      };
      expect(await read(readers)).to.deep.equal(expected);
      expect(await client.use((connection) => read(createReaders(connection)))).to.deep.equal(expected);
    }
    function attestationsIn(db: Db, logs: readonly Log[]): number {
      const uids = new Set(db.prepare<[], Hex>("SELECT uid FROM attestations").pluck().all());
      return [...new Set(logs.map((log) => decoder.subjectOf(log)))].filter((uid) => uid && uids.has(uid)).length;
    }
  }

  /** Has both stores do the same, over a chain whose blocks may be other ones after each fork. */
  async function play(forks: readonly { first: Block; blocks: Block[] }[], all: readonly Act[]): Promise<void> {
    const url = server.url(`story_${++schemas}`);
    const file = assembled();
    let other = await openPostgres(url);
    try {
      let fork = 0;
      let at = 0;
      file.writer.start(forks[0]?.first as Block);
      await other.writer.start(forks[0]?.first as Block);
      const chain: Block[] = [forks[0]?.first as Block];
      const undo = async (how: "rollback" | "rewind", blockNumber: number) => {
        file.writer[how](blockNumber);
        await other.writer[how](blockNumber);
        while ((chain.at(-1) as Block).number > blockNumber) chain.pop();
        at = chain.length - 1;
        fork++;
      };
      for (const act of all) {
        const cursor = (chain.at(-1) as Block).number;
        const { finalized } = file.writer.progress() as { finalized: number };
        if (act.do === "append") {
          // What comes after a fork has other hashes; the events are those of one story.
          const next = (forks[fork % forks.length]?.blocks ?? []).slice(at, at + act.blocks);
          if (next.length === 0) continue;
          const appended = { headers: next, logs: next.flatMap(logsOf), finalized: act.finalized };
          expect(await other.writer.append(appended)).to.equal(file.writer.append(appended));
          chain.push(...next);
          at += next.length;
        } else if (act.do === "rollback") {
          const to = Math.max(cursor - act.by, Math.min(finalized, cursor), chain[0]?.number as number);
          if (to < cursor) await undo("rollback", to);
        } else if (act.do === "rewind") {
          const to = file.writer.highest(Math.max(cursor - act.by, 1))?.number;
          expect((await other.writer.highest(Math.max(cursor - act.by, 1)))?.number).to.equal(to);
          if (to !== undefined && to < cursor) await undo("rewind", to);
        } else if (act.do === "complete") {
          file.writer.complete();
          await other.writer.complete();
        } else if (act.do === "verify") {
          file.writer.markVerified();
          await other.writer.markVerified();
        } else if (act.do === "rebuild") {
          expect(await other.writer.rebuild()).to.equal(file.writer.rebuild());
        } else {
          await other.close();
          other = await openPostgres(url);
        }
        expect(await other.writer.progress()).to.deep.equal(file.writer.progress());
      }
      await expectSame(file, other);
      expect(await localLogs(other.client, 5, 30)).to.deep.equal(file.readers.logs.between(5, 30));
      await expectFound(file, other);
    } finally {
      await other.close();
      file.db.close();
    }
  }

  it("hold the same rows, byte for byte, after any story of blocks, forks, rewinds, rebuilds and restarts", async () => {
    const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 12 }), { minLength: 8, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(story, fc.array(acts, { minLength: 4, maxLength: 14 }), (told, all) =>
        play([storyOf(told)], all),
      ),
      { numRuns: 15 },
    );
  });

  it("hold the same rows of a long story", async () => {
    const told = storyOf(choices(60, 9));
    const append = (blocks: number, finalized: number): Act => ({ do: "append", blocks, finalized });
    await play(
      [told],
      [
        append(20, 10),
        { do: "complete" },
        append(20, 10),
        { do: "rollback", by: 15 },
        { do: "restart" },
        append(40, 30),
      ],
    );
  });
});
