import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** There is no terminal to ask for a password. */
export class NoTerminalError extends Error {
  override name = "NoTerminalError";
  override message = "There is no terminal to ask for the password; give it in PROOFBOARD_PASSWORD.";
}

/**
 * The password in PROOFBOARD_PASSWORD, or typed at the terminal without being shown. Throws {@link NoTerminalError}
 * if there is neither.
 */
export async function readPassword(prompt: string): Promise<string> {
  const given = process.env.PROOFBOARD_PASSWORD;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) throw new NoTerminalError();
  process.stderr.write(prompt);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
