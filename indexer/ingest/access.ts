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

/** Takes out of a text whatever opens the node: some nodes quote it in their errors, which are logged and published. */
export function createRedaction({ url, headers = {} }: NodeAccess): (text: string) => string {
  const { username, password, pathname, searchParams } = new URL(url);
  const sent = [username, password, ...pathname.split("/"), ...searchParams.values(), ...Object.values(headers)];
  const secrets = new Set([...sent, ...sent.flatMap((text) => text.split(/\s+/)), ...sent.map(decoded)]);
  const hidden = [...secrets].filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
