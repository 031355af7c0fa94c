import { artifactOf } from "../inference/models.ts";
import { type Client, readModels, readTasks } from "../sdk/client.ts";
import { ZERO_HASH } from "../sdk/commitments.ts";
import { cidOfSha256, cidOfUri, parseCid } from "../sdk/content.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { readRanges } from "../sdk/ranges.ts";
import type { Content } from "./content.ts";

/** Content that a season needs, or that is said of it. */
export interface Mirrored {
  cid: string;
  what: "model" | "card" | "metadata";
  /** Why it isn't kept; undefined if it is. */
  failure: string | undefined;
}

/** Keeps in `content` what a season needs: its models' files; and, where they can be had, their cards and its metadata. */
export async function mirrorSeason(client: Client, content: Content, seasonId: bigint): Promise<Mirrored[]> {
  const named = new Set((await readTasks(client, seasonId)).map(({ modelId }) => modelId));
  const models = (await readModels(client)).filter(({ modelId }) => named.has(modelId));
  const mirrored = new Map<string, Mirrored>();
  const keep = async (cid: string, what: Mirrored["what"], get: () => Promise<Uint8Array>): Promise<void> => {
    if (mirrored.has(cid)) return;
    const failure = await get().then((bytes) => content.put(bytes, "sha2-256"), sentenceOf);
    mirrored.set(cid, { cid, what, failure: failure === cid ? undefined : failure });
  };
  for (const model of models) {
    if (model.artifactHash !== ZERO_HASH)
      await keep(cidOfSha256(model.artifactHash), "model", () => artifactOf(client, model, content));
    const card = fileIn(model.uri);
    if (card !== undefined) await keep(card, "card", () => content.get(card));
  }
  const metadata = fileIn(await readUri(client, seasonId));
  if (metadata !== undefined) await keep(metadata, "metadata", () => content.get(metadata));
  return [...mirrored.values()];
}

/** The file's address that a uri names; undefined for any other uri. */
function fileIn(uri: string): string | undefined {
  const cid = cidOfUri(uri);
  return cid !== undefined && parseCid(cid).hash === "sha2-256" ? cid : undefined;
}

/** What the organiser gave at opening; empty for a draft. */
async function readUri({ rpc, contracts, deployment }: Client, seasonId: bigint): Promise<string> {
  const newest = await rpc.getBlockNumber({ cacheTime: 0 });
  const [opened] = await readRanges(BigInt(deployment.startBlock), newest, (fromBlock, toBlock) =>
    rpc.getContractEvents({
      ...{ ...contracts.campaign, eventName: "SeasonOpened", args: { seasonId }, fromBlock, toBlock, strict: true },
    }),
  );
  return opened?.args.uri ?? "";
}
