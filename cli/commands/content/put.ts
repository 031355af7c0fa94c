import { putContent } from "../../../participant/putContent.ts";
import { placeOf } from "../../../sdk/api.ts";
import type { Command } from "../../command.ts";
import { readIfThere } from "../../modelFiles.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { UsageError } from "../../usage.ts";

export const putCommand: Command = {
  positionals: ["FILE"],
  summary: "put a file on an indexer that takes an organiser's content",
  details: `Signs the file's address by the key and sends it to the API, which must have been started with --content-quota and takes it from accounts that drafted a season or published a model. Costs nothing. A file that is there already is left as it is.
JSON: cid, put (false if it was there already), api.`,
  options: {},
  async run({ positionals: [file = ""], settings }) {
    const bytes = await readIfThere(file);
    if (bytes === undefined) throw new UsageError(`"${file}" can't be read: there is no such file.`);
    const account = await openSettingsAccount(settings);
    const { client } = await openConnection(settings);
    const api = placeOf(new URL(settings.api));
    const { cid, isNew } = await putContent(settings.api, client.deployment, account, bytes);
    return {
      good: true,
      text: [`Content  ${cid}`, `${isNew ? "Put on" : "Already on"} ${api}.`].join("\n"),
      json: { cid, put: isNew, api },
    };
  },
};
