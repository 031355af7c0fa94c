import { checkContent, MAX_CONTENT_BYTES } from "../sdk/content.ts";
import { download } from "../sdk/download.ts";

/** Content is missing, or doesn't match its address: a panel member votes UNAVAILABLE. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** Bytes by their hash. */
export interface ContentReader {
  /** The bytes of a CID, re-hashed. Throws {@link UnavailableError} when they can't be found. */
  get(cid: string): Promise<Uint8Array>;
}

/**
 * Fetches `/ipfs/<cid>` from a server and re-hashes it; it makes no other request, and waits as long as the bytes come
 * steadily. Throws a sentence that says what is wrong.
 *
 * @param source The server's URL, as in `http://127.0.0.1:4000`.
 * @param most Most bytes that are read.
 */
export async function fetchContent(source: string, cid: string, most = MAX_CONTENT_BYTES): Promise<Uint8Array> {
  // The source may have a path of its own.
  const url = new URL(`${new URL(source).href.replace(/\/$/, "")}/ipfs/${cid}`);
  return checkContent(cid, await readBounded(download(url, url.origin), url.origin, most));
}

// Bounded while it arrives: a server may send more than it says.
async function readBounded(parts: AsyncIterable<Uint8Array>, origin: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const part of parts) {
    chunks.push(part);
    size += part.length;
    if (size > most) throw new Error(`${origin} sent more than ${most} bytes.`);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
