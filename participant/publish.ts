import { bytesToHex, type Hex, sha256, size, type TransactionReceipt } from "viem";
import { type RowChunk, rowChunks } from "../inference/graphModel/rows.ts";
import { checkModel, type PublishedModel } from "../inference/model.ts";
import { type Call, callOf } from "../sdk/calls.ts";
import { type Client, contractOf, hasContract, readRows } from "../sdk/client.ts";
import { cidOfSha256 } from "../sdk/content.ts";
import { isPlayable } from "../sdk/dispute.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import { disputeGame } from "../sdk/methods/disputeGame.ts";
import { zkProof } from "../sdk/methods/zkProof.ts";
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

/** What a model's circuit is proven and verified with. */
export interface CircuitFiles {
  /** The verifying key's bytes, whose hash is in the model's name. */
  key: Uint8Array;
  /** The WebAssembly program that computes witnesses. */
  witness: Uint8Array;
  /** A .zkey file. */
  provingKey: Uint8Array;
}

/** Puts what provers need into `content` and has ZkProof admit a published model's key; undefined if it did already. */
export async function publishCircuit(
  client: Client,
  sender: Sender,
  content: Content,
  { modelId, layout }: PublishedModel,
  { key, witness, provingKey }: CircuitFiles,
): Promise<TransactionReceipt | undefined> {
  for (const file of [witness, provingKey]) await content.put(file, "sha2-256");
  const contract = contractOf(client, zkProof);
  const admitted = await client.rpc.readContract({ ...contract, functionName: "keyOf", args: [modelId] });
  if (size(admitted) > 0) return undefined;
  const args = [modelId, bytesToHex(layout), bytesToHex(key)] as const;
  return sender.send(callOf({ ...contract, functionName: "admit", args }));
}

/** The call that has DisputeGame admit a published graph model; undefined if it did already, or doesn't take the model. */
export async function admissionCall(client: Client, { modelId, layout }: PublishedModel): Promise<Call | undefined> {
  if (!hasContract(client, disputeGame) || !isPlayable(decodeLayout(layout).graph ?? [])) return undefined;
  const contract = contractOf(client, disputeGame);
  const { operators } = await client.rpc.readContract({ ...contract, functionName: "modelOf", args: [modelId] });
  if (operators > 0) return undefined;
  return callOf({ ...contract, functionName: "admit", args: [modelId, bytesToHex(layout)] });
}

/** Has DisputeGame admit a published graph model; undefined where there is no {@link admissionCall}. */
export async function admitGraph(
  client: Client,
  sender: Sender,
  model: PublishedModel,
): Promise<TransactionReceipt | undefined> {
  const call = await admissionCall(client, model);
  return call && sender.send(call);
}

/**
 * Puts on chain what of a published graph model's parameter rows isn't there yet; where it was broken off, it goes on.
 * Returns what was sent. Throws a `RevertError` when the registry refuses it.
 *
 * @param onSent Told after each transaction how many of all have been mined.
 */
export async function publishRows(
  client: Client,
  sender: Sender,
  model: PublishedModel,
  artifact: Uint8Array,
  onSent: (done: number, total: number) => void = () => {},
): Promise<TransactionReceipt[]> {
  const { layout, parameters } = checkModel(model, artifact);
  if (!parameters) throw new Error(`Model ${model.modelId} is no graph: it has no parameter rows of its own.`);
  const chunks = rowChunks(layout, parameters, await readRows(client, model.modelId));
  const receipts: TransactionReceipt[] = [];
  for (const chunk of chunks) {
    receipts.push(await sender.send(rowsCall(client, model, chunk)));
    onSent(receipts.length, chunks.length);
  }
  return receipts;
}

/** The registry's call that puts rows on chain. */
function rowsCall({ contracts }: Client, { modelId, layout }: PublishedModel, chunk: RowChunk): Call {
  const { operator, first, size, rows, proof } = chunk;
  const rest = { operator: BigInt(operator), first: BigInt(first), size: BigInt(size), rows: bytesToHex(rows) };
  const args = [modelId, bytesToHex(layout), { ...rest, proof: proof as readonly Hex[] }] as const;
  return callOf({ ...contracts.modelRegistry, functionName: "publishRows", args });
}
