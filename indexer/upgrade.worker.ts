import { workerData } from "node:worker_threads";
import { openForWriting } from "./open.ts";
import type { UpgradeTask } from "./upgrade.ts";

const { file, deployment, stopped } = workerData as UpgradeTask;
openForWriting(file, deployment, () => {
  if (Atomics.load(stopped, 0) === 1) throw new Error("The upgrade is broken off.");
}).close();
