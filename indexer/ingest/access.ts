/** Where a node is, and what opens it. */
export interface NodeAccess {
  /** May hold a key, or `user:password@`, which is sent as basic authorization (RFC 7617). */
  url: string;
  /** Sent with each request. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** A node's name in messages: its host and port, since all else may be secret. */
export const nameOf = ({ url }: NodeAccess): string => `The node at ${new URL(url).host}`;

/** Shorter parts are words of every URL, and no keys. */
const SHORTEST_SECRET = 6;

/**
 * Takes out of a text whatever opens the node: some nodes quote it in what they answer, which is logged and published. It
 * is found in either case of letters, and as URLs and JSON write it.
 */
export function createRedaction({ url, headers = {} }: NodeAccess): (text: string) => string {
  const { username, password, pathname, search } = new URL(url);
  const credentials = `${decoded(username)}:${decoded(password)}`;
  const sent = [
    ...[username, password, Buffer.from(credentials).toString("base64")],
    ...pathname.split("/"),
    // Values without their names, and what has no name.
    ...search.split(/[?&]/).map((part) => part.replace(/^[^=]*=(?=[^=])|=+$/g, "")),
    ...Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/), ...value.split(/[\s"',;=]+/)]),
  ];
  const secrets = new Set([...sent, ...sent.map(decoded)]);
  const hidden = [...secrets].filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  if (hidden.length === 0) return (text) => text;
  const pattern = new RegExp(hidden.map((secret) => Array.from(secret, formsOf).join("")).join("|"), "giu");
  return (text) => text.replace(pattern, "…");
}

/** A character as it is, in a URL, or in JSON, also in a text of JSON within JSON; as a regular expression. */
function formsOf(character: string): string {
  // A query may have "+" for a space.
  const plain = (" +".includes(character) ? [" ", "+"] : [character]).flatMap((each) => [each, inUrl(each)]);
  const units = character.split("").map((unit) => `u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const escaped = [JSON.stringify(character).slice(1, -1).replace(/^\\/, ""), units.join("\\")];
  const oneOf = (forms: string[]) => `(?:${[...new Set(forms)].map(literal).join("|")})`;
  return `(?:${oneOf(plain)}|\\\\{1,7}${oneOf(escaped)})`;
}

const inUrl = (character: string): string =>
  Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const literal = (text: string): string =>
  Array.from(text, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join("");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
