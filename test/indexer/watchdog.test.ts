import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Stalled, watchProgress } from "../../indexer/watchdog.ts";

const WATCHDOG = new URL("../../indexer/watchdog.ts", import.meta.url);

describe("the watchdog", () => {
  // Patience is well above what a busy machine may take for one turn of an event loop.
  const PATIENCE = 1_500;

  /** Runs a program with an event loop that is watched for that much silence. */
  async function run(program: string): Promise<{ signal: string | null; code: number | null; output: string }> {
    const watched = `import { watchEventLoop } from "${WATCHDOG}"; watchEventLoop(${PATIENCE}); ${program}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", watched], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    child.stderr.on("data", (text) => (output += text));
    const [code, signal] = await once(child, "close");
    return { code, signal, output };
  }

  it("kills a process whose event loop hangs", async () => {
    const { signal, output } = await run("setTimeout(() => { for (;;); }, 50);");
    expect(signal).to.equal("SIGKILL");
    expect(output).to.match(/^Nothing has moved for 2 s: the process is killed\./);
  });

  it("lets a process live that only waits, and end by itself", async () => {
    expect(await run(`setTimeout(() => {}, ${2 * PATIENCE});`)).to.deep.equal({ code: 0, signal: null, output: "" });
  });

  it("reports a stall with the last failure, and not while there is progress", async () => {
    const stop = new AbortController();
    const status = { progressAt: Date.now(), failure: "The node is away." };
    let stalled: Error | undefined;
    watchProgress(status, PATIENCE, stop.signal).catch((error: Error) => {
      stalled = error;
    });
    for (let i = 0; i < 16; i++) {
      await sleep(PATIENCE / 8);
      status.progressAt = Date.now();
    }
    expect(stalled).to.equal(undefined);
    await sleep(2 * PATIENCE);
    expect(stalled).to.be.instanceOf(Stalled);
    expect(stalled?.message).to.equal("Stalled: nothing has succeeded for 2 s. The node is away.");
    stop.abort();
  });

  it("stops looking once it is stopped", async () => {
    const stop = new AbortController();
    const watched = watchProgress({ progressAt: 0, failure: undefined }, 100, stop.signal);
    stop.abort();
    expect(await Promise.race([watched, sleep(200, "pending")])).to.equal("pending");
  });
});
