import { once } from "node:events";
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Database from "better-sqlite3";
import { expect } from "chai";
import type { Hex } from "viem";
import { createTables } from "../../../../indexer/serve/table/tables.ts";
import { until } from "../../running.ts";
import { chainOfCrowd } from "../crowd.ts";
import { openServed, type Served } from "../served.ts";

const CROWD = 50_000;

describe("the table of a season", () => {
  let served: Served;
  let shared: string | undefined;
  before(() => {
    // Tests in other processes write tables, too.
    shared = process.env.TMPDIR;
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), "proofboard-tables-"));
    served = openServed(chainOfCrowd(CROWD));
  });
  after(async () => {
    await served.close();
    rmSync(tmpdir(), { recursive: true });
    if (shared === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = shared;
  });

  const head = () => served.blocks.at(-1)?.hash as Hex;
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith("proofboard-table-"));

  it("refuses a season that was undone meanwhile, and leaves no file", async () => {
    const before = leftovers();
    const tables = createTables(served.state);
    const error = await tables.open(7, head()).catch((thrown: unknown) => thrown);
    expect(error).to.include({ status: 404, message: "There is no season 7 any more." });
    expect(leftovers()).to.have.members(before);
  });

  it("refuses to write many at once", async () => {
    const tables = createTables(served.state);
    const two = Promise.allSettled([tables.open(1, head()), tables.open(7, head())]);
    const error = await tables.open(8, head()).catch((thrown: unknown) => thrown);
    expect(error).to.include({ status: 503 });
    const [first] = await two;
    if (first.status === "fulfilled") first.value.stream.destroy();
    expect(first.status).to.equal("fulfilled");
  });

  it("begins a thread only where none is at leisure", async () => {
    let begun = 0;
    const count = () => begun++;
    process.on("worker", count);
    const tables = createTables(served.state);
    const write = async (name: Hex) => text((await tables.open(1, name)).stream);
    const all = [await write("0x1"), await write("0x2")];
    await tables.open(7, head()).catch(() => undefined);
    all.push(await write("0x3"));
    expect(begun).to.equal(1);
    all.push(...(await Promise.all([write("0x4"), write("0x5")])));
    process.off("worker", count);
    expect(begun).to.equal(2);
    expect(new Set(all).size).to.equal(1);
    tables.close();
  });

  it("writes anew where a thread failed", async () => {
    const { files, ...state } = served.state;
    let name = "/nowhere/db";
    const tables = createTables({
      ...state,
      files: {
        ...files,
        get name() {
          return name;
        },
      },
    });
    const error = await tables.open(1, "0x1").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    ({ name } = files);
    (await tables.open(1, "0x1")).stream.destroy();
    tables.close();
  });

  it("is written once for all who read it together, each from its beginning", async () => {
    const tables = createTables(served.state);
    const [first, second] = await Promise.all([tables.open(1, head()), tables.open(1, head())]);
    const early = await text(first.stream);
    const third = await tables.open(1, head());
    const tables3 = [early, await text(second.stream), await text(third.stream)];
    expect(new Set(tables3).size).to.equal(1);
    expect(early.trimEnd().split("\n")).to.have.lengthOf(CROWD + 1);
    expect(third.asOf).to.deep.equal(first.asOf);
  });

  it("lets the write-ahead log be emptied while a client doesn't read", async () => {
    const url = await served.listen();
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    socket.write("GET /v1/seasons/1/standings.csv HTTP/1.1\r\nhost: x\r\n\r\n");
    await once(socket, "data");
    socket.pause();
    const other = new Database(served.state.files.name);
    expect(other.pragma("wal_checkpoint(TRUNCATE)")).to.deep.equal([{ busy: 0, log: 0, checkpointed: 0 }]);
    other.close();
    socket.destroy();
  });

  it("is read by many at once, and without a warning", async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    const url = await served.listen();
    const texts = await Promise.all(
      Array.from({ length: 12 }, async () => (await fetch(`${url}/v1/seasons/1/standings.csv`)).text()),
    );
    process.off("warning", warn);
    expect(new Set(texts).size).to.equal(1);
    expect(warnings).to.deep.equal([]);
  });

  it("is closed again where the client left before it was written", async () => {
    const url = await served.listen();
    const before = leftovers();
    const own = () => leftovers().filter((name) => !before.includes(name));
    const stop = new AbortController();
    const asked = fetch(`${url}/v1/seasons/1/standings.csv`, { signal: stop.signal }).catch(() => undefined);
    await until("it is written", () => own().length > 0);
    stop.abort();
    await asked;
    const isOpen = (fd: string): boolean => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes("proofboard-table-");
      } catch {
        return false;
      }
    };
    await until("no table is open", () => own().length === 0 && !readdirSync("/proc/self/fd").some(isOpen), 60_000);
  });

  it("is compressed where a client takes that", async () => {
    const url = await served.listen();
    for (const encoding of ["br", "gzip"]) {
      const response = await fetch(`${url}/v1/seasons/1/standings.csv`, { headers: { "accept-encoding": encoding } });
      expect(response.headers.get("content-encoding")).to.equal(encoding);
      expect((await response.text()).trimEnd().split("\n")).to.have.lengthOf(CROWD + 1);
    }
  });
});
