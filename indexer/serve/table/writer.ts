import { closeSync, openSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { Standing } from "../../../sdk/wire.ts";
import type { Header } from "../../ingest/blocks.ts";
import { createRanking } from "../../rank/ranking.ts";
import { positionOf } from "../../rank/standings.ts";
import { createBlocks } from "../../store/blocks.ts";
import { createSeasonReader, type SeasonRow } from "../../store/read-seasons.ts";

/** What a table is written of, and where. */
export interface TableTask {
  database: string;
  season: number;
  file: string;
}

/** The state that the written table is of. */
export interface TableState {
  cursor: Header;
  finalized: number;
  season: SeasonRow | undefined;
}

const COLUMNS = [
  ...["rank", "place", "account", "points"],
  ...["verified", "pending", "refuted", "caught", "lastSeq", "lastChangeAt"],
];
const ROWS_AT_ONCE = 1_000;

// A thread of its own reads at full speed within one transaction, which so is short: however slowly a client takes the
// table, neither the write-ahead log nor anybody's answer waits for it.
parentPort?.postMessage(write(workerData as TableTask));

function write({ database, season, file }: TableTask): TableState {
  const db = new Database(database, { readonly: true });
  const out = openSync(file, "a");
  try {
    return db.transaction(() => {
      const state = stateOf(db, season);
      writeSync(out, `${COLUMNS.join(",")}\n`);
      const standings = createRanking(db).of(season);
      for (let last: Standing | undefined; ; ) {
        const page = standings.page(last && positionOf(last), ROWS_AT_ONCE);
        last = page.at(-1);
        if (!last) return state;
        writeSync(out, page.map(line).join(""));
      }
    })();
  } finally {
    closeSync(out);
    db.close();
  }
}

function stateOf(db: Database.Database, season: number): TableState {
  const blocks = createBlocks(db);
  const position = blocks.position();
  const cursor = position && blocks.header(position.cursor);
  if (!cursor) throw new Error("No block is indexed.");
  return { cursor, finalized: position.finalized, season: createSeasonReader(db).season(season) };
}

function line(standing: Standing): string {
  return `${COLUMNS.map((column) => standing[column as keyof Standing]).join(",")}\n`;
}
