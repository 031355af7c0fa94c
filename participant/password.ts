import { stderr, stdin } from "node:process";

/** Asks for a password at the terminal without showing it. Throws a sentence where there is no terminal. */
export async function askPassword(prompt = "Password: "): Promise<string> {
  if (!stdin.isTTY)
    throw new Error("There is no terminal to ask for the password at; set PROOFBOARD_PASSWORD instead.");
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  let typed = "";
  try {
    for await (const chunk of stdin) {
      for (const key of String(chunk)) {
        if (key === "\r" || key === "\n") return typed;
        if (key === "\u0003" || key === "\u0004") throw new Error("No password was given.");
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}
