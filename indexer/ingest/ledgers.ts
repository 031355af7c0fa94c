import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** The head of a season's ledger. */
export interface LedgerHead {
  seasonId: bigint;
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** `Campaign.ledgerOf` as of a block. */
export async function readLedger(rpc: Rpc, campaign: Address, seasonId: bigint, blockHash: Hex): Promise<LedgerHead> {
  const data = encodeFunctionData({ abi: campaignAbi, functionName: "ledgerOf", args: [seasonId] });
  const result = await call(rpc, campaign, data, blockHash);
  const [seq, participants, totalPoints, ledgerHash] = decoded(() =>
    decodeFunctionResult({ abi: campaignAbi, functionName: "ledgerOf", data: result }),
  );
  return { seasonId, seq, participants, totalPoints, ledgerHash };
}

/** `Campaign.seasonCount` as of a block. */
export async function readSeasonCount(rpc: Rpc, campaign: Address, blockHash: Hex): Promise<number> {
  const data = encodeFunctionData({ abi: campaignAbi, functionName: "seasonCount" });
  const result = await call(rpc, campaign, data, blockHash);
  return Number(decoded(() => decodeFunctionResult({ abi: campaignAbi, functionName: "seasonCount", data: result })));
}

// By the block's hash, so that a reorg or a lagging node is an error and never another block's answer.
async function call(rpc: Rpc, to: Address, data: Hex, blockHash: Hex): Promise<Hex> {
  const result = await rpc.call("eth_call", [{ to, data }, { blockHash }]);
  if (typeof result !== "string" || !/^0x[0-9a-f]*$/i.test(result))
    throw new RpcError(`The node answered eth_call with ${JSON.stringify(result)}.`);
  return result as Hex;
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new RpcError("The node answered eth_call with bytes that are no answer of Campaign.");
  }
}
