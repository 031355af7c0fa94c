import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { binaries, freePort, postgresObstacle, serverUser } from "../../../../bench/sync/postgres.ts";
import { type Disk, mountDisk } from "./disk.ts";

const run = promisify(execFile);

/** A PostgreSQL server of a test's own, on this machine alone, run by another user where this process is root. */
export interface TestServer {
  /** The URL of its one database, with a schema of this name. */
  url(schema?: string): string;
  port: number;
  directory: string;
  /** Kills it as a power cut would. */
  crash(): Promise<void>;
  /** Starts it again, unless it runs. */
  start(): Promise<void>;
  /** Its own disk, where it was asked for one and one could be mounted. */
  disk: Disk | undefined;
  /** A server that follows this one as it writes. */
  replica(): Promise<TestServer>;
  /** Ends the following: it is a server of its own from now on. */
  promote(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const SETTINGS = {
  ...{ listen_addresses: "127.0.0.1", fsync: "off", full_page_writes: "off", max_connections: "60" },
  ...{ shared_buffers: "32MB", max_wal_size: "512MB", wal_keep_size: "256MB", hot_standby_feedback: "on" },
  ...{ autovacuum: "off", log_min_messages: "fatal" },
};

/** One that ends as it starts may do so because of what was wrong before. */
const MOST_STARTS = 2;

/** Skips a suite's tests, with a plain sentence, where no PostgreSQL can be started. */
export async function requirePostgres(context: Mocha.Context): Promise<void> {
  const obstacle = await postgresObstacle();
  if (obstacle === undefined) return;
  console.log(`      Not tested: ${obstacle}`);
  context.skip();
}

/** Servers that run or whose files are there. */
const left = new Set<{ kill: () => void; remove: () => void }>();
process.once("exit", () => {
  for (const { kill, remove } of left) {
    kill();
    remove();
  }
});

/** Starts a new server. */
export async function startServer({ hasDisk = false } = {}): Promise<TestServer> {
  const { directory, disk } = await newDirectory(hasDisk);
  const bin = (await binaries()) as string;
  const args = ["-D", join(directory, "data"), "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  await run(join(bin, "initdb"), args, { ...(await serverUser()), cwd: directory });
  return startIn(directory, disk);
}

async function newDirectory(hasDisk: boolean): Promise<{ directory: string; disk: Disk | undefined }> {
  const directory = mkdtempSync(join(tmpdir(), "proofboard-postgres-"));
  const user = await serverUser();
  if (user) chownSync(directory, user.uid, user.gid);
  return { directory, disk: user && hasDisk ? await mountDisk(directory, user) : undefined };
}

async function startIn(directory: string, disk: Disk | undefined): Promise<TestServer> {
  const bin = (await binaries()) as string;
  const options = { ...(await serverUser()), cwd: directory };
  const port = await freePort();
  const data = join(directory, "data");
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let child: ReturnType<typeof spawn> | undefined;

  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    const args = ["-D", data, "-p", `${port}`, "-k", directory, ...settings];
    for (let starts = 0; ; ) {
      if (!isRunning()) {
        if (starts === MOST_STARTS) throw new Error(`PostgreSQL has ended with ${child?.exitCode}.`);
        child = spawn(join(bin, "postgres"), args, { ...options, stdio: "ignore" });
        starts++;
      }
      const isReady = await run(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", `${port}`], options).then(
        () => true,
        () => false,
      );
      if (isReady) return;
      await sleep(50);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = child;
    if (!ended || !isRunning()) return;
    const exit = once(ended, "exit");
    ended.kill(signal);
    await exit;
  }

  const leaving = {
    kill: () => void child?.kill("SIGQUIT"),
    remove() {
      disk?.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  left.add(leaving);
  await start();
  return {
    disk,
    url: (schema) => `postgres://test@127.0.0.1:${port}/postgres${schema ? `?schema=${schema}` : ""}`,
    port,
    directory,
    start,
    // Its immediate shutdown: no checkpoint, and the log is replayed at the next start. SIGKILL would leave children behind.
    crash: () => end("SIGQUIT"),
    async replica() {
      const { directory: copy, disk: own } = await newDirectory(disk !== undefined);
      const args = [
        "-D",
        join(copy, "data"),
        "-h",
        "127.0.0.1",
        "-p",
        `${port}`,
        "-U",
        "test",
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
      ];
      await run(join(bin, "pg_basebackup"), args, options);
      return startIn(copy, own);
    },
    async promote() {
      await run(join(bin, "pg_ctl"), ["promote", "-w", "-D", data], options);
    },
    async stop() {
      await end("SIGINT");
      leaving.remove();
      left.delete(leaving);
    },
  };
}
