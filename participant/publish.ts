import { bytesToHex, sha256, type TransactionReceipt } from "viem";
import type { PublishedModel } from "../inference/model.ts";
import { type Call, callOf } from "../sdk/calls.ts";
import type { Client } from "../sdk/client.ts";
import { cidOfSha256 } from "../sdk/content.ts";
import type { Content } from "./content.ts";
import type { Sender } from "./sender.ts";

/** Where a model's parts are found. */
export interface PublishedFiles {
  cid: string;
  /** The model card's; undefined without one. */
  cardCid: string | undefined;
}

/** The addresses of a model's file and card. */
export const addressesOf = (artifact: Uint8Array, card: Uint8Array | undefined): PublishedFiles => ({
  cid: cidOfSha256(sha256(artifact)),
  cardCid: card && cidOfSha256(sha256(card)),
});

/** Whether the registry has a model. */
export const isPublished = ({ rpc, contracts }: Client, { modelId }: PublishedModel): Promise<boolean> =>
  rpc.readContract({ ...contracts.modelRegistry, functionName: "isPublished", args: [modelId] });

/** The registry's call that publishes a model; its uri is the card's address, or the file's without one. */
export function publishCall({ contracts }: Client, model: PublishedModel, { cid, cardCid }: PublishedFiles): Call {
  const { artifactHash, runtimeId, verifyingKeyHash, measurement, layout, rows } = model;
  const publication = { artifactHash, runtimeId, verifyingKeyHash, measurement };
  const args = [publication, bytesToHex(layout), bytesToHex(rows), `ipfs://${cardCid ?? cid}`] as const;
  return callOf({ ...contracts.modelRegistry, functionName: "publish", args });
}

/**
 * Puts a model's file, and its card if there is one, into `content` and publishes the model. Throws a `RevertError` when
 * the registry refuses it.
 */
export async function publishModel(
  client: Client,
  sender: Sender,
  content: Content,
  model: PublishedModel,
  artifact: Uint8Array,
  card?: Uint8Array,
): Promise<TransactionReceipt> {
  const cid = await content.put(artifact, "sha2-256");
  const cardCid = card && (await content.put(card, "sha2-256"));
  return sender.send(publishCall(client, model, { cid, cardCid }));
}
