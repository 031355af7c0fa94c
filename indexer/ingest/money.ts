import { type AbiFunction, decodeResult, encodeData, fromAbi } from "ox/AbiFunction";
import type { Address, Hex } from "viem";
import { bondsAbi, campaignAbi } from "../../sdk/abi.ts";
import { RpcError } from "./errors.ts";
import { bigQuantityOf, hexOf } from "./fields.ts";
import type { Rpc } from "./rpc.ts";

/** An account's bond with one holder, in wei; `withdrawableAt` in unix seconds. */
interface Bond {
  free: bigint;
  locked: bigint;
  unbonding: bigint;
  withdrawableAt: bigint;
}

/** Where an account's money is, in wei, and what it owes in seasons, in points. */
interface MoneyAt {
  balance: bigint;
  claimable: bigint;
  /** In the order of the holders that were asked about. */
  bonds: Bond[];
  /** In the order of the seasons that were asked about. */
  owed: bigint[];
}

/** What is asked: an account's bonds with holders, and its debts in seasons. */
interface Asked {
  account: Address;
  bonds: Address;
  holders: readonly Address[];
  campaign: Address;
  seasons: readonly bigint[];
}

const bondOf = fromAbi(bondsAbi, "bondOf");
const claimableOf = fromAbi(bondsAbi, "claimableOf");
const entryOf = fromAbi(campaignAbi, "entryOf");

/**
 * Reads where an account's money is as of a block, in two requests. By the block's hash, so that a reorg or a lagging node is an
 * error and never another block's answer.
 */
export function readMoney(
  rpc: Rpc,
  { account, bonds, holders, campaign, seasons }: Asked,
  blockHash: Hex,
): Promise<MoneyAt> {
  const at = { blockHash };
  const calls = [
    { to: bonds, data: encodeData(claimableOf, [account]) },
    ...holders.map((holder) => ({ to: bonds, data: encodeData(bondOf, [holder, account]) })),
    ...seasons.map((seasonId) => ({ to: campaign, data: encodeData(entryOf, [seasonId, account]) })),
  ].map((call) => [call, at]);
  return rpc.any(async (node) => {
    const balance = bigQuantityOf(await node.call("eth_getBalance", [account, at]), "a result of eth_getBalance");
    const results = await node.batch("eth_call", calls);
    const of = <const abi extends AbiFunction>(abi: abi, i: number) => {
      const result = hexOf(results[i], "a result of eth_call");
      try {
        return decodeResult(abi, result);
      } catch {
        throw new RpcError("The node answered eth_call with bytes that are no answer of Bonds or Campaign.");
      }
    };
    return {
      balance,
      claimable: of(claimableOf, 0),
      bonds: holders.map((_, i) => of(bondOf, 1 + i)),
      owed: seasons.map((_, i) => of(entryOf, 1 + holders.length + i)[2]),
    };
  });
}
