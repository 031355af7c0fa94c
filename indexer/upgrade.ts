import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Deployment } from "../sdk/deployment.ts";
import { openReadonly } from "./store/sqlite/database.ts";
import { isOurs } from "./store/sqlite/identity.ts";
import { differenceOf } from "./store/sqlite/origin.ts";
import { isOutdated, versionOf } from "./store/sqlite/schema.ts";
import { storageError } from "./store/sqlite/storage.ts";

/** What an upgrade is of. */
export interface UpgradeTask {
  file: string;
  deployment: Deployment;
  /** 1 once it is to be broken off: a thread that is ended in the middle of a statement takes the process with it. */
  stopped: Int32Array;
}

/**
 * Upgrades a database of an older version in a thread of its own, so that this one still answers signals and isn't taken
 * for hung. When the signal aborts, the upgrade is broken off after the present part of it, and the file stays as it was.
 */
export async function upgradeApart(file: string, deployment: Deployment, signal: AbortSignal): Promise<void> {
  if (signal.aborted || !isUpgradeDue(file, deployment)) return;
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  const workerData: UpgradeTask = { file, deployment, stopped };
  const worker = new Worker(new URL("upgrade.worker.ts", import.meta.url), { workerData });
  const stop = () => Atomics.store(stopped, 0, 1);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(worker, "exit");
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isUpgradeDue(file: string, deployment: Deployment): boolean {
  if (!isOurs(file)) return false;
  const db = openReadonly(file);
  try {
    return versionOf(db) !== 0 && differenceOf(db, deployment) === undefined && isOutdated(db);
  } catch (error) {
    throw storageError(db, error);
  } finally {
    db.close();
  }
}
