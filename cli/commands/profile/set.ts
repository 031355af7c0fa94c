import { setProfileCall } from "../../../sdk/profileSet.ts";
import { shownLink } from "../../../sdk/profiles.ts";
import type { Command } from "../../command.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";

export const setProfile: Command = {
  positionals: ["NAME"],
  summary: "say what your account is called",
  details: `Sets the name that the board shows beside the key's address, at most 64 bytes and 32 characters, and a link. Each call replaces both; an empty NAME ("") takes them away. Names prove nothing, and others may take the same. Needs a key.
JSON: account, name, link (each empty if there is none), transactionHash.`,
  options: { link: { value: "URL", help: "where more is found of you; http or https" } },
  async run({ positionals: [name = ""], options: { link = "" }, settings, progress }) {
    const { client } = await openConnection(settings);
    const call = setProfileCall(client, name, link);
    const account = await openSettingsAccount(settings);
    const { transactionHash } = await withSender(client, account, progress, (sender) => sender.send(call));
    return {
      good: true,
      text: [
        `Account      ${account.address}`,
        `Name         ${name === "" ? "none any more" : name}`,
        ...(link === "" ? [] : [`Link         ${shownLink(link)}`]),
        `Transaction  ${transactionHash}`,
      ].join("\n"),
      json: { account: account.address, name, link, transactionHash },
    };
  },
};
