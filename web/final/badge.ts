import { erc721Abi } from "viem";
import { type Client, contractOf } from "../../sdk/client.ts";
import { badgeId, badgesContract } from "../../sdk/seasonEnd.ts";

/** What a badge says of itself on chain: texts, in order, each under its name. */
export type BadgeText = { name: string; text: string }[];

/** Reads what a minted badge says. Throws a sentence where that can't be read. */
export async function readBadge(client: Client, seasonId: bigint, place: number): Promise<BadgeText> {
  const { address } = contractOf(client, badgesContract);
  const args = [badgeId(seasonId, place)] as const;
  return badgeText(await client.rpc.readContract({ address, abi: erc721Abi, functionName: "tokenURI", args }));
}

const PREFIX = "data:application/json;base64,";
const LONGEST_URI = 4_096;
const LONGEST_TEXT = 200;
const MOST_ATTRIBUTES = 16;

/** The texts of ERC-721 metadata in a data URI. Throws a sentence for anything else, or more than a badge says. */
export function badgeText(uri: string): BadgeText {
  if (!uri.startsWith(PREFIX) || uri.length > LONGEST_URI)
    throw new Error(`The badge's metadata is no short data URI of JSON: ${uri.slice(0, 40)}.`);
  let json: unknown;
  try {
    const bytes = Uint8Array.from(atob(uri.slice(PREFIX.length)), (letter) => letter.charCodeAt(0));
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Error("The badge's metadata isn't JSON in base64.", { cause });
  }
  const { name, description, attributes } = (json ?? {}) as Record<string, unknown>;
  const listed = (Array.isArray(attributes) ? attributes : []).slice(0, MOST_ATTRIBUTES) as unknown[];
  return [
    { name: "Name", text: name },
    { name: "Description", text: description },
    ...listed.map((one) => {
      const { trait_type, value } = (one ?? {}) as Record<string, unknown>;
      return { name: trait_type, text: value };
    }),
  ].flatMap(({ name, text }) => {
    const shown = typeof text === "number" ? String(text) : text;
    return typeof name === "string" && typeof shown === "string" ? [{ name: cut(name), text: cut(shown) }] : [];
  });
}

const cut = (text: string): string => (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`);
