import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keccak256, sha256 } from "viem";
import { checkContent, cidOfKeccak256, cidOfSha256, MAX_CONTENT_BYTES, parseCid } from "../sdk/content.ts";

/** Content can't be had, or not what its address names: what a panel member votes UNAVAILABLE for. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** Bytes by the hash they have. */
export interface Content {
  /** Keeps bytes under their sha2-256 (a file) or keccak-256 (a tensor's header and data), and returns their CID. */
  put(bytes: Uint8Array, hash: "sha2-256" | "keccak-256"): Promise<string>;
  /** The bytes of a CID, re-hashed. Throws {@link UnavailableError} when they can't be had. */
  get(cid: string): Promise<Uint8Array>;
}

const FETCH_TIMEOUT_MS = 15_000;

/**
 * A directory of content, one file a CID.
 *
 * @param sources Servers asked at `/ipfs/<cid>` for what isn't there, as in `http://127.0.0.1:4000`.
 */
export function openContent(directory: string, sources: readonly string[] = []): Content {
  const store = async (cid: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(directory, { recursive: true });
    const temporary = join(directory, `.${randomUUID()}`);
    try {
      await writeFile(temporary, checkContent(cid, bytes), { flush: true });
      await rename(temporary, join(directory, cid));
    } finally {
      await rm(temporary, { force: true });
    }
  };

  return {
    async put(bytes, hash) {
      const cid = hash === "sha2-256" ? cidOfSha256(sha256(bytes)) : cidOfKeccak256(keccak256(bytes));
      await store(cid, bytes);
      return cid;
    },
    async get(cid) {
      parseCid(cid); // Also keeps a path out of the directory's names.
      const failures: string[] = [];
      const kept = await readKept(join(directory, cid), cid).catch((error: Error) => failures.push(error.message));
      if (kept instanceof Uint8Array) return kept;
      for (const source of sources) {
        const fetched = await fetchContent(source, cid).catch((error: Error) => failures.push(error.message));
        if (!(fetched instanceof Uint8Array)) continue;
        await store(cid, fetched);
        return fetched;
      }
      throw new UnavailableError([`Content ${cid} can't be had.`, ...failures].join(" "));
    },
  };
}

async function readKept(file: string, cid: string): Promise<Uint8Array | undefined> {
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  if (size > MAX_CONTENT_BYTES) throw new Error(`Content ${cid} is ${size} bytes, more than ${MAX_CONTENT_BYTES}.`);
  return checkContent(cid, await readFile(file));
}

async function fetchContent(source: string, cid: string): Promise<Uint8Array> {
  const url = new URL(`/ipfs/${cid}`, source);
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(() => undefined);
  if (response === undefined) throw new Error(`${url.origin} can't be reached.`);
  if (!response.ok || response.body === null) throw new Error(`${url.origin} answered ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Bounded while it arrives: a length that a server states binds nobody.
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_CONTENT_BYTES) throw new Error(`${url.origin} sent more than ${MAX_CONTENT_BYTES} bytes.`);
  }
  return checkContent(cid, Buffer.concat(chunks));
}
