import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

// Runs in its own thread: an event loop that hangs can't check itself.
const { beats, patience } = workerData as { beats: Int32Array; patience: number };
let last = -1;
let since = Date.now();

setInterval(
  () => {
    const beat = Atomics.load(beats, 0);
    if (beat !== last) {
      last = beat;
      since = Date.now();
    } else if (Date.now() - since >= patience) {
      writeSync(2, `Nothing has moved for ${Math.round(patience / 1000)} s: the process is killed.\n`);
      process.kill(process.pid, "SIGKILL");
    }
  },
  Math.min(patience / 4, 1_000),
);
