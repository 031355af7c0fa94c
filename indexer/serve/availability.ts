import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hex } from "viem";
import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { cidOfSha256, MAX_CONTENT_BYTES } from "../../sdk/content.ts";
import { download } from "../../sdk/download.ts";
import type { AvailabilityAnswer, MeasuredSource } from "../../sdk/wire.ts";
import type { Model } from "../fold/models.ts";
import type { Eventual } from "../store/eventual.ts";
import type { ModelReader } from "../store/sqlite/read-models.ts";
import { kindOf } from "./models.ts";
import { hash, noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import { chunksOf } from "./reading.ts";
import * as schemas from "./schemas.ts";
import type { App, State } from "./state.ts";

/** Who serves the newest models' files, as this process measured it. */
export interface Availability {
  /** Each source, in the order in which they were given; this server first. */
  of(artifactHash: Hex): MeasuredSource[];
}

export interface AvailabilityOptions {
  models: Eventual<Pick<ModelReader, "list">>;
  /** This server's content directory; undefined where it serves none. */
  directory: string | undefined;
  /** Other servers, asked at `/ipfs/<cid>`. */
  sources: readonly string[];
  signal: AbortSignal;
  /** Milliseconds between two rounds; defaults to 600000. */
  every?: number | undefined;
}

/** Models that are looked for; older ones are left out. */
const MOST_MODELS = 100;
const HERE = "here";

/**
 * Looks again and again for the files of the newest float models, one at a time: fetched whole and hashed, because a server
 * may say that it has what it hasn't. An integer model's file is made from the chain by whoever needs it, and isn't looked for.
 */
export function measureAvailability(options: AvailabilityOptions): Availability {
  const { models, directory, sources, signal, every = 600_000 } = options;
  const measured = new Map<string, MeasuredSource>();
  const all = [...(directory === undefined ? [] : [HERE]), ...sources];
  const keyOf = (source: string, artifactHash: Hex) => `${source} ${artifactHash}`;

  async function measure(source: string, artifactHash: Hex): Promise<void> {
    const key = keyOf(source, artifactHash);
    const before = measured.get(key) ?? { source, servedSince: null, checkedAt: null, failure: null };
    const cid = cidOfSha256(artifactHash);
    const reason = await (source === HERE
      ? readHere(join(directory as string, cid))
      : fetchThere(source, cid, signal)
    ).then(
      (found) => (found === artifactHash ? undefined : `It has the sha256 ${found}.`),
      (error: Error) => error.message,
    );
    const checkedAt = Math.floor(Date.now() / 1000);
    measured.set(
      key,
      reason === undefined
        ? { ...before, checkedAt, servedSince: before.servedSince ?? checkedAt }
        : { source, checkedAt, servedSince: null, failure: { at: checkedAt, reason } },
    );
  }

  /** Whether a model's file is to be had from a server: not from the chain, nor from an enclave alone. */
  const isServed = (model: Model): boolean => kindOf(model) !== "integer" && model.artifactHash !== ZERO_HASH;

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      const newest = await models.list(undefined, MOST_MODELS);
      for (const { artifactHash } of newest.filter(isServed))
        for (const source of all) {
          if (signal.aborted) return;
          await measure(source, artifactHash);
        }
      await sleep(newest.length === 0 ? Math.min(every, 5_000) : every, undefined, { signal, ref: false });
    }
  }

  // Ends with the process; a store that can't be read ends that, too.
  if (all.length > 0) follow().catch(() => undefined);
  return {
    of: (artifactHash) =>
      all.map(
        (source) =>
          measured.get(keyOf(source, artifactHash)) ?? { source, servedSince: null, checkedAt: null, failure: null },
      ),
  };
}

/** sha256 of a file; throws a sentence where there is none. */
async function readHere(path: string): Promise<Hex> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) throw new Error("It isn't there.");
  try {
    return await hashOf(chunksOf(file));
  } finally {
    await file.close();
  }
}

/** sha256 of what a server sends; throws a sentence where it sends nothing, too slowly, or too much. */
const fetchThere = (source: string, cid: string, signal: AbortSignal): Promise<Hex> =>
  hashOf(download(`${source.replace(/\/$/, "")}/ipfs/${cid}`, "It", { redirect: "error", signal }));

async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<Hex> {
  const sha256 = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_CONTENT_BYTES) throw new Error(`It has more than ${MAX_CONTENT_BYTES} bytes.`);
    sha256.update(chunk);
  }
  return `0x${sha256.digest("hex")}`;
}

/** Who serves a model's file. */
export function availabilityOf(model: Model, availability: Availability): AvailabilityAnswer {
  const onChain = kindOf(model) === "integer";
  return { modelId: model.modelId, onChain, sources: onChain ? [] : availability.of(model.artifactHash) };
}

/** `/models/:modelId/availability`: not of the chain, and so no part of a model's answer, which its block names. */
export function availabilityRoute(app: App, state: State, availability: Availability): void {
  app.get(
    "/models/:modelId/availability",
    {
      config: { cost: 2 },
      schema: {
        operationId: "getAvailability",
        summary: "Who serves a model's file, as this server measured it",
        description: `Reads one model. The newest ${MOST_MODELS} models whose weights aren't on chain are looked for, whole and hashed, since the server started.`,
        params: z.object({ modelId: hash }),
        querystring: noQuery,
        response: { 200: schemas.availabilityAnswer, 404: schemas.problem },
      },
    },
    async ({ params: { modelId } }): Promise<AvailabilityAnswer> => {
      const row = await state.read((snapshot) => Promise.resolve(snapshot.models.model(modelId)));
      if (!row) throw new ProblemError(404, `There is no model ${modelId}.`);
      return availabilityOf(row, availability);
    },
  );
}
