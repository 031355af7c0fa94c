import { parentPort } from "node:worker_threads";
import { serveModel } from "../inference/bounded/worker.ts";

// A model's own thread; see inference/bounded.
if (parentPort === null) throw new Error("This file runs in a worker.");
const port = parentPort;
const serve = serveModel((response) => port.postMessage(response));
let last: Promise<void> = Promise.resolve();
port.on("message", (request) => {
  last = last.then(() => serve(request));
});
