import { decodeResult, encodeData, fromAbi } from "ox/AbiFunction";
import type { Address, Hex } from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import { RpcError } from "./errors.ts";
import { hexOf } from "./fields.ts";
import type { Rpc } from "./rpc.ts";

/** The head of a season's ledger. */
export interface LedgerHead {
  seasonId: bigint;
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

const ledgerOf = fromAbi(campaignAbi, "ledgerOf");
const seasonCount = fromAbi(campaignAbi, "seasonCount");

/** `Campaign.ledgerOf` as of a block. */
export function readLedger(rpc: Rpc, campaign: Address, seasonId: bigint, blockHash: Hex): Promise<LedgerHead> {
  const data = encodeData(ledgerOf, [seasonId]);
  return call(rpc, campaign, data, blockHash, (result) => {
    const [seq, participants, totalPoints, ledgerHash] = decodeResult(ledgerOf, result);
    return { seasonId, seq, participants, totalPoints, ledgerHash };
  });
}

/** `Campaign.seasonCount` as of a block. */
export function readSeasonCount(rpc: Rpc, campaign: Address, blockHash: Hex): Promise<number> {
  return call(rpc, campaign, encodeData(seasonCount), blockHash, (result) => Number(decodeResult(seasonCount, result)));
}

// By the block's hash, so that a reorg or a lagging node is an error and never another block's answer.
function call<T>(rpc: Rpc, to: Address, data: Hex, blockHash: Hex, decode: (result: Hex) => T): Promise<T> {
  return rpc.any(async (node) => {
    const result = hexOf(await node.call("eth_call", [{ to, data }, { blockHash }]), "a result of eth_call");
    try {
      return decode(result);
    } catch {
      throw new RpcError("The node answered eth_call with bytes that are no answer of Campaign.");
    }
  });
}
