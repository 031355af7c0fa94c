import { askPassword } from "../participant/password.ts";
import { UsageError } from "./usage.ts";

/** The password from PROOFBOARD_PASSWORD, or typed on the terminal without being shown. */
export async function readPassword(prompt: string): Promise<string> {
  const given = process.env.PROOFBOARD_PASSWORD;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY)
    throw new UsageError("There is no terminal to ask for the password; give it in PROOFBOARD_PASSWORD.");
  return askPassword(prompt);
}
