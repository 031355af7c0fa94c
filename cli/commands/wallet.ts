import { createKeystore } from "../../participant/keystore.ts";
import { readPassword } from "../../participant/password.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage.ts";

const DEFAULT_FILE = "proofboard-wallet.json";

export const wallet: Command = {
  positionals: ["new"],
  summary: "create a key in a keystore file",
  details: `Writes a V3 keystore to --keystore, by default ${DEFAULT_FILE}; never overwrites a file. The password comes from PROOFBOARD_PASSWORD or is typed. Prints the address and the file, never the key.
JSON: address, keystore.`,
  options: {},
  async run({ positionals: [action], settings: { keystore = DEFAULT_FILE } }) {
    if (action !== "new") throw new UsageError(`"${action}" is nothing that wallet does; right would be: wallet new`);
    const password = await readPassword(`A password for ${keystore}: `);
    if (password === "") throw new UsageError("The password is empty; give one that protects the key.");
    const { address } = await createKeystore(keystore, password);
    return {
      good: true,
      text: `Address   ${address}\nKeystore  ${keystore}\nAnyone with this file and its password has the key. Neither can be restored.`,
      json: { address, keystore },
    };
  },
};
