import type { Hex } from "viem";
import type { Log, SealedHeader } from "./blocks.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { bytesOf, hashOf, objectOf, quantityOf, toQuantity } from "./fields.ts";
import { encodeRlp, numberBytes, type RlpItem } from "./rlp.ts";
import { bytesOfTopics, itemIn, textOf } from "./topics.ts";
import { indexTrieRoot } from "./trie.ts";

/** Blocks whose receipts are asked for at once: those of a busy chain are long. */
const BLOCKS_AT_ONCE = 16;
/** What a receipt is besides its logs' data, as text. */
const BYTES_OF_RECEIPT = 1_200;
const BYTES_OF_LOG = 700;

/** All logs of some blocks, proven by their headers' receipts roots. */
export interface ProvenLogs {
  /** In the order of the blocks, each one's in the chain's order. */
  logs: Log[][];
  /** About how many bytes the node's answers had. */
  bytes: number;
}

/**
 * All logs of the blocks from their receipts, each block's held against its header's receipts root; undefined where the
 * node doesn't offer receipts. Throws {@link RpcError}. A receipt doesn't hold its transaction's hash: only that the header
 * names the same ones, each once, is checked.
 */
export async function readReceipts(
  node: Endpoint,
  headers: readonly SealedHeader[],
  signal?: AbortSignal,
): Promise<ProvenLogs | undefined> {
  const proven: ProvenLogs = { logs: [], bytes: 0 };
  for (let start = 0; start < headers.length; start += BLOCKS_AT_ONCE) {
    const part = headers.slice(start, start + BLOCKS_AT_ONCE);
    const answers = await askReceipts(node, part, signal);
    if (answers === undefined) return undefined;
    for (const [i, answer] of answers.entries()) {
      const { logs, bytes } = checked(part[i] as SealedHeader, answer);
      proven.logs.push(logs);
      proven.bytes += bytes;
    }
  }
  return proven;
}

async function askReceipts(
  node: Endpoint,
  headers: readonly SealedHeader[],
  signal?: AbortSignal,
): Promise<unknown[] | undefined> {
  if (!node.offers.receipts) return undefined;
  try {
    const calls = headers.map(({ number }) => [toQuantity(number)]);
    return await node.batch("eth_getBlockReceipts", calls, signal);
  } catch (error) {
    if (!(error instanceof RpcError) || !isUnknownMethod(error)) throw error;
    node.offers.receipts = false;
    return undefined;
  }
}

const NO_METHOD = /method.*\bnot\b|(unsupported|unknown|unimplemented) method|not (supported|implemented|whitelisted)/i;

/** Whether a node said, in words of its own, that it has no such method; a passing refusal names another reason. */
const isUnknownMethod = ({ kind, message }: RpcError): boolean =>
  kind === "refused" && NO_METHOD.test(message.slice(message.indexOf(": ")));

/** A block's logs, once its receipts have the root that its header names. */
function checked(header: SealedHeader, answer: unknown): { logs: Log[]; bytes: number } {
  const { number, receiptsRoot } = header;
  if (!Array.isArray(answer)) throw new RpcError(`The node answered without the receipts of block ${number}.`);
  const receipts = answer.map(readReceipt);
  const encoded = receipts.map(({ fields, logs }) => encodeReceipt(fields, logs));
  const root: Hex = `0x${Buffer.from(indexTrieRoot(encoded)).toString("hex")}`;
  if (root !== receiptsRoot)
    throw new RpcError(`The receipts of block ${number} have the root ${root}, but its header names ${receiptsRoot}.`);
  const names = header.transactions?.map((name) => hashOf(name, "transactions")) ?? [];
  const { size } = new Set(names);
  if (size !== receipts.length)
    throw new RpcError(
      `The node tells ${receipts.length} receipts of block ${number}, whose header names ${size} transactions.`,
    );
  let bytes = 0;
  const logs: Log[] = [];
  for (const [i, { fields, logs: own }] of receipts.entries()) {
    const transactionHash = hashOf(fields.transactionHash, "transactionHash");
    if (transactionHash !== names[i])
      throw new RpcError(`Receipt ${i} of block ${number} is of transaction ${transactionHash}, not the block's.`);
    bytes += BYTES_OF_RECEIPT;
    for (const { address, topics, data } of own) {
      bytes += 2 * data.length + BYTES_OF_LOG;
      const [blockNumber, blockHash] = [header.number, header.hash];
      logs.push({ address, topics, data, blockNumber, blockHash, transactionHash, logIndex: logs.length });
    }
  }
  return { logs, bytes };
}

/** What a receipt holds of a log. */
type ReceiptLog = Pick<Log, "address" | "topics" | "data">;

function readReceipt(value: unknown): { fields: Record<string, unknown>; logs: ReceiptLog[] } {
  const fields = objectOf(value, "a receipt");
  if (!Array.isArray(fields.logs)) throw new RpcError("The node answered with a receipt without logs.");
  return { fields, logs: fields.logs.map(readLog) };
}

function readLog(value: unknown): ReceiptLog {
  const { address, topics, data } = objectOf(value, "a log");
  if (!Array.isArray(topics) || topics.length > 4) throw new RpcError("The node answered with a log without topics.");
  return {
    address: textOf(itemIn(address, "address", 20)),
    topics: topics.map((topic) => textOf(itemIn(topic, "topics", 32))),
    data: bytesOf(data, "data"),
  };
}

/** OP Stack's deposits: their receipts hold two more numbers. */
const DEPOSIT = 0x7e;

/**
 * A receipt as the trie holds it: status (or, before Byzantium, a state root), gas used so far, bloom and logs in RLP, after
 * the transaction's type where that isn't 0 (EIP-2718).
 */
function encodeReceipt(fields: Record<string, unknown>, logs: readonly ReceiptLog[]): Uint8Array {
  const { type, status, root, cumulativeGasUsed, logsBloom } = fields;
  const kind = type === undefined ? 0 : quantityOf(type, "type");
  const items: RlpItem[] = [
    status === undefined || status === null ? bytesOf(root, "root", 32) : numberBytes(quantityOf(status, "status")),
    numberBytes(quantityOf(cumulativeGasUsed, "cumulativeGasUsed")),
    bytesOf(logsBloom, "logsBloom", 256),
    logs.map(itemOfLog),
  ];
  if (kind === DEPOSIT)
    for (const field of ["depositNonce", "depositReceiptVersion"])
      if (fields[field] !== undefined && fields[field] !== null)
        items.push(numberBytes(quantityOf(fields[field], field)));
  const encoded = encodeRlp(items);
  return kind === 0 ? encoded : Buffer.concat([Uint8Array.of(kind), encoded]);
}

function itemOfLog({ address, topics, data }: ReceiptLog): RlpItem {
  const words = Buffer.from(bytesOfTopics(topics));
  return [Buffer.from(address.slice(2), "hex"), topics.map((_, i) => words.subarray(32 * i, 32 * (i + 1))), data];
}
