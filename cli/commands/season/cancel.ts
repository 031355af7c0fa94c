import { cancelSeason } from "../../../participant/season/open.ts";
import type { Command } from "../../command.ts";
import { grouped } from "../../format.ts";
import { seasonIdOf } from "../../season/file.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";

export const cancelCommand: Command = {
  positionals: ["ID|FILE"],
  summary: "cancel a draft, whose reward returns",
  details: `Cancels a draft of the key's account, by its id or by the file that it was begun from, and returns what was escrowed. A season that is open can't be cancelled. Goes on where it broke off. Needs a key.
JSON: seasonId, cancelled (false if it was before), returned (in the token's smallest unit).`,
  options: {},
  async run({ positionals: [text = ""], settings, progress }) {
    const account = await openSettingsAccount(settings);
    const { client } = await openConnection(settings);
    const seasonId = await seasonIdOf(client, settings, text, account.address);
    const { isNew, returned } = await withSender(client, account, progress, (sender) =>
      cancelSeason(client, sender, seasonId),
    );
    return {
      good: true,
      text: [
        `Season ${seasonId} ${isNew ? "is cancelled" : "was cancelled before"}.`,
        ...(returned === 0n ? [] : [`Returned  ${grouped(returned)} of the token's smallest unit`]),
      ].join("\n"),
      json: { seasonId, cancelled: isNew, returned },
    };
  },
};
