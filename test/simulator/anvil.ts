import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A running anvil, which mines only when told to. */
export interface Anvil {
  url: string;
  /** Throws with the node's message when it refuses. */
  request<T>(method: string, ...params: unknown[]): Promise<T>;
  stop(): Promise<void>;
}

const command = fileURLToPath(new URL("../../node_modules/.bin/anvil", import.meta.url));
const OPTIONS = [
  "--port",
  "0",
  "--order",
  "fifo",
  "--auto-impersonate",
  "--accounts",
  "48",
  "--gas-limit",
  "200000000",
];

/** Starts anvil on a free port of 127.0.0.1; block 0 has this time, in unix seconds. */
export async function startAnvil(timestamp: number): Promise<Anvil> {
  const child = spawn(command, [...OPTIONS, "--timestamp", `${timestamp}`], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    // SIGTERM: npm's launcher hands it on to the node, which a SIGKILL would leave behind.
    kill();
    await once(child, "close");
  };
  const url = await listening(child);
  return { url, stop, request: (method, ...params) => ask(url, method, params) };
}

async function ask<T>(url: string, method: string, params: unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
  if (error) throw new Error(`anvil refused ${method}: ${error.message}`);
  return result;
}

async function listening(child: ChildProcess): Promise<string> {
  const output = child.stdout as NonNullable<typeof child.stdout>;
  for await (const line of createInterface({ input: output })) {
    const found = /^Listening on (.*)$/.exec(line);
    if (!found) continue;
    output.resume();
    return `http://${found[1]}`;
  }
  throw new Error("anvil ended before it listened.");
}
