import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Stalled, watchProgress } from "../../indexer/watchdog.ts";

const WATCHDOG = new URL("../../indexer/watchdog.ts", import.meta.url);

describe("the watchdog", () => {
  // Patience is well above what a busy machine may take for one turn of an event loop.
  const PATIENCE = 1_500;

  /** A program with an event loop that is watched for that much silence. */
  function spawned(program: string) {
    const watched = `import { watchEventLoop } from "${WATCHDOG}"; watchEventLoop(${PATIENCE}); ${program}`;
    return spawn(process.execPath, ["--input-type=module", "-e", watched], { stdio: ["ignore", "pipe", "pipe"] });
  }

  async function outcome(child: ReturnType<typeof spawned>) {
    let output = "";
    child.stderr.on("data", (text) => (output += text));
    const [code, signal] = await once(child, "close");
    return { code, signal, output } as { code: number | null; signal: string | null; output: string };
  }

  const run = (program: string) => outcome(spawned(program));

  /** Stops a process for twice its patience once it has begun, and has it go on. */
  async function suspend(child: ReturnType<typeof spawned>): Promise<void> {
    await once(child.stdout, "data");
    child.kill("SIGSTOP");
    await sleep(2 * PATIENCE);
    child.kill("SIGCONT");
  }

  it("kills a process whose event loop hangs", async () => {
    const { signal, output } = await run("setTimeout(() => { for (;;); }, 50);");
    expect(signal).to.equal("SIGKILL");
    expect(output).to.match(/^Nothing has moved for 2 s: the process is killed\./);
  });

  it("lets a process live that only waits, and end by itself", async () => {
    expect(await run(`setTimeout(() => {}, ${2 * PATIENCE});`)).to.deep.equal({ code: 0, signal: null, output: "" });
  });

  it("lets a process live that was suspended for longer than its patience", async () => {
    const child = spawned(`setTimeout(() => {}, ${3 * PATIENCE}); console.log("begun");`);
    const ended = outcome(child);
    await suspend(child);
    expect(await ended).to.deep.equal({ code: 0, signal: null, output: "" });
  });

  it("kills a process whose event loop hung before it was suspended, once it goes on", async () => {
    const child = spawned(
      `import { writeSync } from "node:fs"; setTimeout(() => { writeSync(1, "begun"); for (;;); }, 50);`,
    );
    const ended = outcome(child);
    await suspend(child);
    expect((await ended).signal).to.equal("SIGKILL");
  });

  it("reports no stall of a process that was suspended for longer than its patience", async () => {
    const program = `
      import { watchProgress } from "${WATCHDOG}";
      const status = { progressAt: 0, failure: undefined };
      setInterval(() => status.progressAt++, ${PATIENCE / 8}).unref();
      watchProgress(status, ${PATIENCE}, new AbortController().signal).catch(() => process.exit(3));
      setTimeout(() => process.exit(0), ${3 * PATIENCE});
      console.log("begun");`;
    const child = spawned(program);
    const ended = outcome(child);
    await suspend(child);
    expect(await ended).to.deep.equal({ code: 0, signal: null, output: "" });
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
      // The system's clock is moved back all the while.
      status.progressAt -= 1_000;
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
