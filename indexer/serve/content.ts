import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createKeccak } from "hash-wasm";
import { z } from "zod";
import { MAX_CONTENT_BYTES, parseCid } from "../../sdk/content.ts";
import { noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import { chunksOf, readFrom } from "./reading.ts";
import * as schemas from "./schemas.ts";
import type { App } from "./state.ts";

const MOST_HASHED = 4;
const MOST_SENT = 64;

type Cid = ReturnType<typeof parseCid>;

/**
 * `/ipfs/:cid`: content by its hash, from a directory whose files are named by their CIDs. A file is hashed and then sent
 * in chunks, from one opening: it is never in memory as a whole.
 */
export function contentRoute(app: App, directory: string | undefined): void {
  let hashing = 0;
  let sending = 0;

  /** Throws where the file isn't what it is called; answers its length in bytes. */
  async function check(file: FileHandle, name: string, cid: Cid): Promise<number> {
    if (hashing === MOST_HASHED) throw new ProblemError(503, `${MOST_HASHED} files are being hashed: try again.`);
    hashing++;
    try {
      const { size } = await file.stat();
      if (size > MAX_CONTENT_BYTES)
        throw new Error(`The content ${name} is ${size} bytes, more than ${MAX_CONTENT_BYTES}.`);
      const found = await hashOf(file, cid.hash);
      if (found !== cid.digest) throw new Error(`The content ${name} has ${cid.hash} ${found}, and not ${cid.digest}.`);
      return size;
    } finally {
      hashing--;
    }
  }

  app.get(
    "/ipfs/:cid",
    {
      config: { cost: 50, elsewhere: true },
      schema: {
        operationId: "getContent",
        summary: "Content by its CIDv1: raw, sha2-256 or keccak-256",
        description: `Reads and hashes one file; at most ${MOST_HASHED} at once, and ${MOST_SENT} downloads.`,
        params: z.object({ cid: z.string() }),
        querystring: noQuery,
        response: {
          200: { content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } } },
          404: schemas.problem,
          503: schemas.problem,
        },
      },
    },
    async ({ params, raw }, reply) => {
      const cid = cidOf(params.cid);
      if (sending === MOST_SENT) throw new ProblemError(503, `${MOST_SENT} files are being downloaded: try again.`);
      sending++;
      let file: FileHandle | undefined;
      let size = 0;
      const done = (): void => {
        sending--;
        void file?.close();
      };
      try {
        file = await openContent(directory, params.cid);
        size = await check(file, params.cid, cid);
      } catch (error) {
        done();
        throw error;
      }
      const bytes = readFrom(file, done);
      // Nobody would read them.
      if (raw.socket.destroyed) bytes.destroy();
      return reply
        .type("application/octet-stream")
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", `"${params.cid}"`)
        .header("content-length", size)
        .send(bytes as never);
    },
  );
}

function cidOf(text: string): Cid {
  try {
    return parseCid(text);
  } catch (error) {
    throw new ProblemError(400, (error as Error).message, "cid");
  }
}

async function openContent(directory: string | undefined, cid: string): Promise<FileHandle> {
  const missing = () => new ProblemError(404, `There is no content ${cid} here.`);
  if (directory === undefined) throw missing();
  return open(join(directory, cid)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? missing() : error;
  });
}

/** The hash of a file's bytes, read a chunk at a time: others have their turns between two. */
async function hashOf(file: FileHandle, kind: Cid["hash"]): Promise<Cid["digest"]> {
  const hash = kind === "sha2-256" ? createHash("sha256") : await createKeccak(256);
  for await (const chunk of chunksOf(file)) hash.update(chunk);
  return `0x${hash.digest("hex")}`;
}
