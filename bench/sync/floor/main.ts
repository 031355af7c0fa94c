import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import type { Deployment } from "../../../sdk/deployment.ts";
import { createFold } from "./fold.ts";
import { ask, type RawLog } from "./rpc.ts";

// The least that must be done: ask for logs, parse, decode, insert. No check of anything, and no way back.

const { values } = parseArgs({
  options: {
    rpc: { type: "string" },
    deployment: { type: "string" },
    db: { type: "string" },
    span: { type: "string" },
  },
});
const { rpc = "", deployment: file = "", db: path = "" } = values;
const span = Number(values.span);
const { startBlock, contracts } = JSON.parse(readFileSync(file, "utf8")) as Deployment;
const addresses = Object.values(contracts).map(({ address }) => address);

const [tables = "", indexes = ""] = readFileSync(new URL("schema.sql", import.meta.url), "utf8").split(
  "-- name: indexes",
);
const db = new Database(path);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.pragma("cache_size = -65536");
db.pragma("wal_autocheckpoint = 8000");
db.exec(tables);
const fold = createFold(db);
const addBlock = db.prepare("INSERT INTO blocks VALUES (?, ?, ?)");
const addEvent = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)");

const store = db.transaction((logs: RawLog[]) => {
  let last = -1;
  for (const log of logs) {
    const place = { block: Number(log.blockNumber), log: Number(log.logIndex) };
    if (place.block !== last) addBlock.run(place.block, log.blockHash, Number(log.blockTimestamp));
    last = place.block;
    const subject = fold.apply(log, place);
    const topics = Buffer.from(log.topics.map((topic) => topic.slice(2)).join(""), "hex");
    const data = Buffer.from(log.data.slice(2), "hex");
    addEvent.run(place.block, place.log, log.transactionHash, log.address, topics, data, subject);
  }
  fold.flush();
});

const read = (from: number): Promise<RawLog[]> => {
  const [fromBlock, toBlock] = [from, Math.min(from + span - 1, head)].map((block) => `0x${block.toString(16)}`);
  return ask(rpc, "eth_getLogs", [{ address: addresses, topics: [fold.signatures], fromBlock, toBlock }]);
};

const head = Number(await ask<string>(rpc, "eth_blockNumber", []));
let next = read(startBlock);
for (let from = startBlock; from <= head; from += span) {
  const logs = await next;
  if (from + span <= head) next = read(from + span);
  store(logs);
}
db.transaction(() => db.exec(indexes))();
console.log("done");
process.once("SIGTERM", () => process.exit());
setInterval(() => {}, 2 ** 30);
