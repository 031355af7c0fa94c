import { profilesAbi } from "./abi.ts";
import { type Call, callOf } from "./calls.ts";
import { type Client, contractOf } from "./client.ts";
import { profileLimits, shownLink, shownName } from "./profiles.ts";

/** The contract of names, as deployments name it; not every deployment has it. */
export const profiles = { name: "Profiles", abi: profilesAbi } as const;

/**
 * Sets the sender's name and link; both empty takes them away. Throws a sentence where the contract would refuse them, or
 * they would not be shown as they are.
 */
export function setProfileCall(client: Client, name: string, link: string): Call {
  requireBytes("name", name, profileLimits.name);
  requireBytes("link", link, profileLimits.link);
  if (name === "" && link !== "") throw new Error("A link is shown beside a name: without a name there is none.");
  const shown = shownName(name);
  if (shown !== name.normalize("NFC"))
    throw new Error(`The name ${JSON.stringify(name)} would be shown as ${JSON.stringify(shown)}: choose another.`);
  if (link !== "" && shownLink(link) === null)
    throw new Error(
      `The link ${JSON.stringify(link)} would not be shown: it must be an http or https URL without a password, of at most ${profileLimits.link} characters as browsers write it.`,
    );
  return callOf({ ...contractOf(client, profiles), functionName: "set", args: [name, link] });
}

function requireBytes(what: string, text: string, most: number): void {
  const { length } = new TextEncoder().encode(text);
  if (length > most) throw new Error(`The ${what} has ${length} bytes; it may have at most ${most}.`);
}
