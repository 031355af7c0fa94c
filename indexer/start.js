import "../prepare-node.js";

// From the first moment on, for the rest takes a while to load. A second signal finds no listener, and ends the process.
const stop = new AbortController();
const signals = ["SIGINT", "SIGTERM"];
function end() {
  release();
  stop.abort();
}
function release() {
  for (const signal of signals) process.off(signal, end);
}
for (const signal of signals) process.on(signal, end);

const { keepTickShape } = await import("./serve/next-tick-shape.ts");
keepTickShape();
const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2), { stopped: stop.signal, release });
