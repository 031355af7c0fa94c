import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checkContent, MAX_CONTENT_BYTES, parseCid } from "../../sdk/content.ts";
import { noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import type { App } from "./state.ts";

const MOST_AT_ONCE = 4;

/** `/ipfs/:cid`: content by its hash, from a directory whose files are named by their CIDs. */
export function contentRoute(app: App, directory: string | undefined): void {
  let reading = 0;

  app.get(
    "/ipfs/:cid",
    {
      config: { cost: 50, elsewhere: true },
      schema: {
        summary: "Content by its CIDv1: raw, sha2-256 or keccak-256",
        description: `Reads and hashes one file; at most ${MOST_AT_ONCE} at once.`,
        params: z.object({ cid: z.string() }),
        querystring: noQuery,
        response: {
          200: { content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } } },
          404: schemas.problem,
          503: schemas.problem,
        },
      },
    },
    async ({ params }, reply) => {
      checkName(params.cid);
      if (reading === MOST_AT_ONCE) throw new ProblemError(503, `${MOST_AT_ONCE} files are being read: try again.`);
      reading++;
      try {
        const bytes = checkContent(params.cid, await read(directory, params.cid));
        return reply
          .type("application/octet-stream")
          .header("cache-control", "public, max-age=31536000, immutable")
          .header("etag", `"${params.cid}"`)
          .serializer((payload: unknown) => payload as string)
          .send(bytes as never);
      } finally {
        reading--;
      }
    },
  );
}

function checkName(cid: string): void {
  try {
    parseCid(cid);
  } catch (error) {
    throw new ProblemError(400, (error as Error).message, "cid");
  }
}

async function read(directory: string | undefined, cid: string): Promise<Uint8Array> {
  const missing = () => new ProblemError(404, `There is no content ${cid} here.`);
  if (directory === undefined) throw missing();
  const file = await open(join(directory, cid)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? missing() : error;
  });
  try {
    const { size } = await file.stat();
    if (size > MAX_CONTENT_BYTES)
      throw new Error(`The content ${cid} is ${size} bytes, more than ${MAX_CONTENT_BYTES}.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
