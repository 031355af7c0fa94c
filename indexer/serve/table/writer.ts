import { closeSync, openSync, writeSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { Standing } from "../../../sdk/wire.ts";
import type { Header } from "../../ingest/blocks.ts";
import type { ReadSeason } from "../../store/sqlite/read-seasons.ts";
import { csvText } from "./csv.ts";

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
  season: ReadSeason | undefined;
}

const COLUMNS = [
  ...(["rank", "place", "account", "points"] as const),
  ...(["verified", "pending", "refuted", "caught", "lastSeq", "lastChangeAt"] as const),
];
const ROWS_AT_ONCE = 1_000;

// On Linux this is of the calling thread alone: probes, small answers and following the chain come first, also before the
// modules that this thread loads.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const { readOnce } = await import("../../open.ts");
const { positionOf } = await import("../../rank/standings.ts");

// Its own thread reads at full speed in one short transaction: a slow client holds up neither the write-ahead log nor
// other answers.
parentPort?.on("message", async (task: TableTask) => parentPort?.postMessage(await write(task)));

async function write({ database, season, file }: TableTask): Promise<TableState> {
  const out = openSync(file, "a");
  try {
    return await readOnce(database, async ({ readers, standings, position }) => {
      if (!position) throw new Error("No block is indexed.");
      writeSync(out, `${COLUMNS.join(",")},name\n`);
      const { page } = standings(season);
      for (let last: Standing | undefined; ; ) {
        const found = await page(last && positionOf(last), ROWS_AT_ONCE);
        last = found.at(-1);
        if (!last) return { ...position, season: await readers.seasons.season(season) };
        writeSync(out, found.map(line).join(""));
      }
    });
  } finally {
    closeSync(out);
  }
}

function line(standing: Standing): string {
  return `${COLUMNS.map((column) => standing[column]).join(",")},${csvText(standing.name)}\n`;
}
