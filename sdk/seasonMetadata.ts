/** What an organiser says of a season. It is shown as text and binds nobody. */
export interface SeasonMetadata {
  title: string;
  description?: string | undefined;
  /** What can be won, in words; what is escrowed says `Rewards`. */
  prize?: string | undefined;
  /** Where more is said: an http or https URL. */
  link?: string | undefined;
}

/** Most characters of each text. */
export const metadataLimits = { title: 100, description: 4000, prize: 400, link: 400 } as const;

/** The largest metadata that is read, in bytes. */
export const MAX_METADATA_BYTES = 32 * 1024;

const KEYS = ["title", "description", "prize", "link"] as const;

/** The bytes that a season's uri addresses: JSON with the keys in this order, without those that are left out, and without spaces. */
export const metadataBytes = (metadata: SeasonMetadata): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(metadata, [...KEYS]));

/**
 * Reads metadata that anybody may have written; undefined where it isn't what {@link metadataBytes} makes, but for order
 * and spaces. A link that is no web address is left out; keys that aren't known are too.
 */
export function readMetadata(bytes: Uint8Array): SeasonMetadata | undefined {
  if (bytes.length > MAX_METADATA_BYTES) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null) return undefined;
  const texts = found as Partial<Record<(typeof KEYS)[number], unknown>>;
  const textOf = (key: (typeof KEYS)[number]): string | undefined => {
    const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
    return typeof text === "string" && text !== "" && text.length <= metadataLimits[key] ? text : undefined;
  };
  const [title, description, prize, link] = KEYS.map(textOf);
  if (title === undefined) return undefined;
  return { title, description, prize, link: link !== undefined && isWebAddress(link) ? link : undefined };
}

/** Whether a link leads to the web, and nowhere else: no `javascript:`, no credentials. */
export function isWebAddress(link: string): boolean {
  const url = URL.parse(link);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
