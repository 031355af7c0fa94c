import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keccak256, sha256 } from "viem";
import { type ContentReader, fetchContent, UnavailableError } from "../inference/content.ts";
import {
  checkContent,
  cidOfKeccak256,
  cidOfSha256,
  MAX_CONTENT_BYTES,
  parseCid,
  WrongHashError,
} from "../sdk/content.ts";

/** Reads and stores bytes by their hash. */
export interface Content extends ContentReader {
  /** Stores bytes under their sha2-256 (a file) or keccak-256 (a tensor's header and data), and returns their CID. */
  put(bytes: Uint8Array, hash: "sha2-256" | "keccak-256"): Promise<string>;
}

/**
 * A directory of content, one file for each CID.
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
      const failures: Error[] = [];
      const kept = await readKept(join(directory, cid), cid).catch((error: Error) => failures.push(error));
      if (kept instanceof Uint8Array) return kept;
      for (const source of sources) {
        const fetched = await fetchContent(source, cid).catch((error: Error) => failures.push(error));
        if (!(fetched instanceof Uint8Array)) continue;
        await store(cid, fetched);
        return fetched;
      }
      const sentences = [`Content ${cid} is unavailable.`, ...failures.map(({ message }) => message)];
      throw new UnavailableError(sentences.join(" "), {
        cause: failures.find((failure) => failure instanceof WrongHashError),
      });
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
