import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { open, rename, rm, statfs } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createKeccak } from "hash-wasm";
import { checksum } from "ox/Address";
import { recoverAddress } from "ox/Secp256k1";
import { getSignPayload } from "ox/TypedData";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { MAX_CONTENT_BYTES, parseCid } from "../../sdk/content.ts";
import { LONGEST_PUT, putTypedData } from "../../sdk/contentPut.ts";
import { PATIENCE, type Patience, tooSlowAt } from "../../sdk/download.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import type { App, State } from "./state.ts";

/** Who may put content, where it is kept, and how much of it. */
export interface Uploads {
  directory: string;
  /** Most bytes that an account may put, all in all. */
  quota: number;
  /** Accounts that may, beside those that drafted a season or published a model. */
  organisers: readonly Address[];
  /** How slow an upload may be, besides the silence that any connection may keep; defaults to that of downloads. */
  patience?: Patience;
}

const MOST_RECEIVED = 4;
/** Room on the disk that is left to others. */
const RESERVE = 2 ** 30;
/** A line for each content that was put: account, CID, bytes. */
const LOG = ".puts";

/**
 * `PUT /content/:cid`: content of organisers. It is signed, streamed to the disk and hashed on its way; what has another
 * hash is not kept.
 */
export async function uploadRoute(app: App, state: State, uploads: Uploads): Promise<void> {
  const { directory, patience = PATIENCE } = uploads;
  mkdirSync(directory, { recursive: true });
  const used = readUsed(join(directory, LOG));
  let receiving = 0;

  app.addContentTypeParser("application/octet-stream", (_request, _payload, done) => done(null));
  app.put(
    "/content/:cid",
    {
      config: { cost: 100, elsewhere: true, takesBody: true },
      schema: {
        operationId: "putContent",
        summary: "Keeps an organiser's content",
        description: `Takes at most ${MAX_CONTENT_BYTES} bytes, signed (EIP-712) by an account that drafted a season or published a model; at most ${MOST_RECEIVED} at once. 201 where it is new, 200 where it was there.`,
        params: z.object({ cid: z.string() }),
        querystring: z.strictObject({
          deadline: z.string().regex(/^[0-9]{1,12}$/, "unix seconds are asked"),
          signature: z
            .string()
            .regex(/^0x[0-9a-fA-F]{128}(?:[0-9a-fA-F]{2})?$/, "0x and 128 or 130 hex digits are asked")
            .describe("r ‖ s ‖ v with v 27 or 28, or 0 or 1; or r ‖ vs (ERC-2098)."),
        }),
        response: {
          200: z.object({ cid: z.string() }),
          201: z.object({ cid: z.string() }),
          401: schemas.problem,
          403: schemas.problem,
          408: schemas.problem,
          411: schemas.problem,
          413: schemas.problem,
          422: schemas.problem,
          503: schemas.problem,
          507: schemas.problem,
        },
      },
    },
    async ({ params: { cid }, query: { deadline, signature }, headers, raw }, reply) => {
      // A body that isn't read would be taken for the next request.
      reply.header("connection", "close");
      const size = sizeOf(headers["content-length"]);
      checkCid(cid);
      checkDeadline(Number(deadline));
      const message = { cid, size: BigInt(size), deadline: BigInt(deadline) };
      const account = signerOf(putTypedData(state.deployment, message), signature as Hex);
      await checkOrganiser(state, uploads, account);
      const file = join(directory, cid);
      if (existsSync(file)) return reply.status(200).send({ cid });
      const before = used.get(account) ?? 0;
      if (before + size > uploads.quota)
        throw new ProblemError(
          413,
          `${account} has put ${before} bytes, and may put ${uploads.quota}: ${size} more are too many.`,
        );
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize - size < RESERVE) throw new ProblemError(507, "The disk is short: no content is taken now.");
      if (receiving === MOST_RECEIVED)
        throw new ProblemError(503, `${MOST_RECEIVED} contents are being received: try again.`);
      receiving++;
      used.set(account, before + size);
      try {
        await receive(raw, file, { cid, size }, patience);
        appendFileSync(join(directory, LOG), `${account} ${cid} ${size}\n`);
      } catch (error) {
        used.set(account, (used.get(account) ?? 0) - size);
        if (raw.complete || error instanceof ProblemError) throw error;
        throw new ProblemError(400, "The content broke off: it isn't kept.");
      } finally {
        receiving--;
      }
      return reply.status(201).send({ cid });
    },
  );
}

function sizeOf(header: string | undefined): number {
  if (header === undefined) throw new ProblemError(411, "The content's length is asked, as content-length.");
  const size = Number(header);
  if (size > MAX_CONTENT_BYTES)
    throw new ProblemError(413, `The content is ${size} bytes; at most ${MAX_CONTENT_BYTES} are taken.`);
  return size;
}

function checkCid(cid: string): void {
  try {
    parseCid(cid);
  } catch (error) {
    throw new ProblemError(400, (error as Error).message, "cid");
  }
}

/** The largest s of a signature: half of the curve's order. */
const MOST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Reads a signature as the contracts do (docs/protocol.md, Signatures); throws where it has none of the forms. */
function signatureOf(signature: Hex): { r: bigint; s: bigint; yParity: number } {
  const bytes = Buffer.from(signature.slice(2), "hex");
  const [r, second] = [0, 32].map((at) => BigInt(`0x${bytes.toString("hex", at, at + 32)}`)) as [bigint, bigint];
  const v = bytes[64] ?? Number(second >> 255n);
  const s = bytes.length === 64 ? BigInt.asUintN(255, second) : second;
  const yParity = v < 27 ? v : v - 27;
  if (s > MOST_S || yParity > 1) throw new RangeError(`${signature} is no signature.`);
  return { r, s, yParity };
}

/** Who signed; throws a problem of status 401 where it is no signature. */
function signerOf(signed: ReturnType<typeof putTypedData>, signature: Hex): Address {
  try {
    return checksum(recoverAddress({ payload: getSignPayload(signed), signature: signatureOf(signature) }));
  } catch {
    throw new ProblemError(401, "The signature is none.");
  }
}

function checkDeadline(deadline: number): void {
  const left = deadline - Date.now() / 1000;
  if (left < 0) throw new ProblemError(401, "The signature's time is over.", "deadline");
  if (left > LONGEST_PUT)
    throw new ProblemError(401, `The signature's time is longer than ${LONGEST_PUT} seconds.`, "deadline");
}

async function checkOrganiser(state: State, { organisers }: Uploads, account: Address): Promise<void> {
  if (organisers.includes(account)) return;
  const isKnown = await state.readEarly(
    async ({ seasons, models }) => (await seasons.isOrganiser(account)) || (await models.isPublisher(account)),
  );
  if (!isKnown) throw new ProblemError(403, `${account} has neither drafted a season nor published a model.`);
}

/** Streams a body to the disk; keeps nothing unless it comes fast enough and has the size and the hash that were signed. */
async function receive(
  body: IncomingMessage,
  file: string,
  { cid, size }: { cid: string; size: number },
  patience: Patience,
): Promise<void> {
  const begun = performance.now();
  const { hash: kind, digest } = parseCid(cid);
  const hash = kind === "sha2-256" ? createHash("sha256") : await createKeccak(256);
  const temporary = join(file, "..", `.${randomUUID()}`);
  try {
    await using handle = await open(temporary, "wx");
    let received = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (performance.now() - begun > tooSlowAt(received, patience))
        throw new ProblemError(
          408,
          `The content comes with less than ${patience.slowest} bytes a second: it isn't kept.`,
        );
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    const found = `0x${hash.digest("hex")}`;
    if (received !== size || found !== digest)
      throw new ProblemError(422, `The content has ${kind} ${found}, and not ${digest}: it isn't kept.`);
    await handle.sync();
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Bytes that each account has put, from the log. */
function readUsed(log: string): Map<string, number> {
  const used = new Map<string, number>();
  for (const line of existsSync(log) ? readFileSync(log, "utf8").split("\n") : []) {
    const [account, , size] = line.split(" ");
    if (account !== undefined && size !== undefined) used.set(account, (used.get(account) ?? 0) + Number(size));
  }
  return used;
}
