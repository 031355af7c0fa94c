import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { startChild } from "./child.ts";

const run = promisify(execFile);

/** A database server of its own, on this machine alone. */
export interface Postgres {
  pid: number;
  /** `postgresql://…` */
  url: string;
  /** Where its socket is. */
  directory: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Why no PostgreSQL can be started here, as a sentence; undefined when it can. */
export async function postgresObstacle(): Promise<string | undefined> {
  const bin = await binaries();
  if (bin === undefined) return "PostgreSQL is not installed: pg_config isn't found, nor is /usr/lib/postgresql/*/bin.";
  if (isRoot() && (await servant()) === undefined)
    return "PostgreSQL doesn't run as root, and there is neither a user postgres nor a user nobody to run it as.";
  return undefined;
}

/** Starts a new, empty server with its own defaults; as another user where this process is root. */
export async function startPostgres(): Promise<Postgres> {
  const bin = (await binaries()) as string;
  const user = await serverUser();
  const data = await mkdtemp(join(tmpdir(), "proofboard-postgres-"));
  const remove = () => rm(data, { recursive: true });
  try {
    if (user) await chown(data, user.uid, user.gid);
    const options = { ...user, cwd: data };
    await run(join(bin, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"], options);
    const port = await freePort();
    const args = ["-D", data, "-p", `${port}`, "-c", "listen_addresses=127.0.0.1", "-k", data];
    const server = startChild(join(bin, "postgres"), args, options);
    const stop = async () => {
      // Its fast shutdown: SIGTERM would wait for clients to leave.
      await server.stop("SIGINT");
      await remove();
    };
    try {
      while (!server.find(/ready to accept connections/)) await sleep(50);
    } catch (error) {
      await server.stop("SIGINT");
      throw error;
    }
    return { pid: server.pid, url: `postgresql://bench@127.0.0.1:${port}/postgres`, directory: data, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whom a server runs as: another user where this process is root. */
export const serverUser = async () => (isRoot() ? await servant() : undefined);

const isRoot = (): boolean => process.getuid?.() === 0;

/** Where the server's programs are; undefined where it isn't installed. */
export async function binaries(): Promise<string | undefined> {
  const configured = await run("pg_config", ["--bindir"]).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  const newestFirst = globSync("/usr/lib/postgresql/*/bin").sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return [...configured, ...newestFirst].find(
    (bin) => existsSync(join(bin, "initdb")) && existsSync(join(bin, "postgres")),
  );
}

async function servant(): Promise<{ uid: number; gid: number } | undefined> {
  for (const name of ["postgres", "nobody"])
    try {
      const [uid, gid] = await Promise.all(
        ["-u", "-g"].map(async (id) => Number((await run("id", [id, name])).stdout)),
      );
      return { uid: uid as number, gid: gid as number };
    } catch {}
  return undefined;
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
