import {
  type Address,
  createClient,
  decodeEventLog,
  decodeFunctionResult,
  encodeEventTopics,
  encodeFunctionData,
  type Hex,
  hexToNumber,
  http,
  numberToHex,
  type RpcLog,
} from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import type { RpcHeader } from "../../sdk/headers.ts";
import type { PointChange } from "./book.ts";

/** A block by number and hash. */
export interface Block {
  number: number;
  hash: Hex;
}

/** What `Campaign.ledgerOf` keeps. */
interface LedgerHead {
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** What the audit asks a chain for; every call throws viem's errors when the RPC fails. */
export interface Chain {
  /** What its RPC is called in sentences: the URL. */
  name: string;
  chainId(): Promise<number>;
  /** The newest block. */
  head(): Promise<Block>;
  /** The block's hash by now; undefined where there is no such block. */
  hashOf(blockNumber: number): Promise<Hex | undefined>;
  /** The block with all fields of its header, as the RPC tells it; undefined where there is no such block. */
  header(blockNumber: number): Promise<RpcHeader | undefined>;
  /** A season's point changes in a range of blocks, in order. */
  points(seasonId: bigint, fromBlock: number, toBlock: number): Promise<PointChange[]>;
  /** What the campaign keeps of a season as of a block. */
  ledger(seasonId: bigint, blockHash: Hex): Promise<LedgerHead>;
  /** Points and `lastSeq` that the campaign keeps of an account as of a block. */
  entry(seasonId: bigint, account: Address, blockHash: Hex): Promise<{ points: bigint; lastSeq: bigint }>;
}

const events = ["PointsAwarded", "PointsBurned"] as const;

/** Reads a deployment's campaign over the JSON-RPC endpoint at `url`. */
export function openChain({ contracts }: Deployment, url: string): Chain {
  const { request } = createClient({ transport: http(url, { batch: true, retryCount: 1 }) });
  const address = contracts.Campaign.address;
  const blockAt = (at: Hex | "latest") => request({ method: "eth_getBlockByNumber", params: [at, false] });
  const call = (data: Hex, blockHash: Hex) =>
    request({ method: "eth_call", params: [{ to: address, data }, { blockHash }] });
  return {
    name: url,
    chainId: async () => hexToNumber(await request({ method: "eth_chainId" })),
    async head() {
      const block = await blockAt("latest");
      if (!block?.number || !block.hash) throw new Error(`The RPC at ${url} has no newest block.`);
      return { number: hexToNumber(block.number), hash: block.hash };
    },
    hashOf: async (blockNumber) => (await blockAt(numberToHex(blockNumber)))?.hash ?? undefined,
    header: async (blockNumber) => ((await blockAt(numberToHex(blockNumber))) as RpcHeader | null) ?? undefined,
    async points(seasonId, fromBlock, toBlock) {
      const logs = await request({
        method: "eth_getLogs",
        params: [
          {
            address,
            topics: [
              events.map((eventName) => encodeEventTopics({ abi: campaignAbi, eventName })[0] as Hex),
              numberToHex(seasonId, { size: 32 }),
            ],
            fromBlock: numberToHex(fromBlock),
            toBlock: numberToHex(toBlock),
          },
        ],
      });
      return logs.map(changeOf);
    },
    async ledger(seasonId, blockHash) {
      const about = { abi: campaignAbi, functionName: "ledgerOf" } as const;
      const result = await call(encodeFunctionData({ ...about, args: [seasonId] }), blockHash);
      const [seq, participants, totalPoints, ledgerHash] = decodeFunctionResult({ ...about, data: result });
      return { seq, participants, totalPoints, ledgerHash };
    },
    async entry(seasonId, account, blockHash) {
      const about = { abi: campaignAbi, functionName: "entryOf" } as const;
      const result = await call(encodeFunctionData({ ...about, args: [seasonId, account] }), blockHash);
      const [points, lastSeq] = decodeFunctionResult({ ...about, data: result });
      return { points, lastSeq };
    },
  };
}

function changeOf({ topics, data, blockNumber }: RpcLog): PointChange {
  const { eventName, args } = decodeEventLog({ abi: campaignAbi, topics, data, strict: true });
  if (eventName !== "PointsAwarded" && eventName !== "PointsBurned")
    throw new Error(`The RPC answered with the event ${eventName}, which wasn't asked for.`);
  const { amount, ...change } = args;
  return {
    ...change,
    delta: eventName === "PointsAwarded" ? amount : -amount,
    blockNumber: hexToNumber(blockNumber as Hex),
  };
}
