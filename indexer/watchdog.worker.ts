import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { createSilence, lookEvery } from "./silence.ts";

// Runs in its own thread: an event loop that hangs can't check itself.
const { beats, patience } = workerData as { beats: Int32Array; patience: number };
const silence = createSilence(lookEvery(patience));

setInterval(() => {
  if (silence(Atomics.load(beats, 0)) < patience) return;
  writeSync(2, `Nothing has moved for ${Math.round(patience / 1000)} s: the process is killed.\n`);
  process.kill(process.pid, "SIGKILL");
}, lookEvery(patience));
