import { fetchApi } from "../../../sdk/api.ts";
import { shownProfile } from "../../../sdk/profiles.ts";
import type { AccountProfileAnswer } from "../../../sdk/wire.ts";
import type { Command } from "../../command.ts";
import { grouped, utc } from "../../format.ts";
import { parseAddress } from "../../usage.ts";

export const showProfile: Command = {
  positionals: ["ACCOUNT"],
  summary: "what an account calls itself, from the API",
  details: `Shows an account's name and link, made harmless, and other accounts whose names look the same. Anybody can take any name: only the address says who it is. Exit code 1 for an account without a name.
JSON: account, name, link (each null if there is none), alike (addresses), asOf.`,
  options: {},
  async run({ positionals: [text], settings }) {
    const account = parseAddress("ACCOUNT", text as string);
    const { asOf, item, alike } = await fetchApi<AccountProfileAnswer>(settings.api, `/v1/profiles/${account}`);
    // An API may be hostile, too.
    const shown = item ? shownProfile(item.name, item.link ?? "") : undefined;
    const { name = null, link = null } = shown ?? {};
    return {
      good: shown !== undefined,
      text: [
        `Account  ${account}`,
        `Name     ${name ?? "none"}`,
        ...(link === null ? [] : [`Link     ${link}`]),
        ...(item && shown ? [`Since    ${utc(item.set.timestamp)}, block ${grouped(item.set.blockNumber)}`] : []),
        ...alike.map((other, i) => `${i === 0 ? "Alike" : "     "}    ${other}`),
      ].join("\n"),
      json: { account, name, link, alike, asOf },
    };
  },
};
