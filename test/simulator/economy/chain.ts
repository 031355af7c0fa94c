import hre from "hardhat";
import { type Address, type Hex, numberToHex } from "viem";

/** Seconds between blocks, as on Ethereum. */
export const SLOT = 12;

/** Below the most that a transaction may use since Osaka. */
const GAS_LIMIT = 16_000_000n;

/** Wei that every account starts with. */
export const FUNDS = 10n ** 24n;

interface Transaction {
  from: Address;
  /** Nothing deploys a contract. */
  to: Address | undefined;
  data: Hex;
  value: bigint;
  /** What it may use; enough for anything if it isn't given. */
  gas?: bigint;
}

export interface Log {
  address: Address;
  topics: [Hex, ...Hex[]];
  data: Hex;
}

/** What became of a transaction. */
interface Receipt {
  ok: boolean;
  gas: bigint;
  logs: Log[];
  contractAddress: Address | undefined;
}

/** A chain in memory whose time is told; gas is free on it, and counted by whoever asks. */
export interface Chain {
  /** Time of the latest block, in unix seconds. */
  now(): number;
  /** Number of the latest block. */
  height(): number;
  /** Lets anybody send from this account. */
  fund(account: Address): Promise<void>;
  /** Mines a block every slot up to `time`; the last one holds the transactions, in order. */
  mine(time: number, transactions: readonly Transaction[]): Promise<Receipt[]>;
  call(to: Address, data: Hex): Promise<Hex>;
  balance(account: Address): Promise<bigint>;
  /** Returns what brings the chain back to how it is now, once. */
  remember(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export async function createChain(): Promise<Chain> {
  const { provider, close } = await hre.network.create({
    override: {
      accounts: [],
      initialDate: "2030-01-01T00:00:00Z",
      initialBaseFeePerGas: 0n,
      blockGasLimit: 10n ** 12n,
      mining: { auto: false, mempool: { order: "fifo" } },
    },
  });
  const request = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
    provider.request({ method, params: [...params] });
  const { timestamp } = (await request("eth_getBlockByNumber", ["latest", false])) as { timestamp: Hex };
  let time = Number(timestamp);
  let block = 0;

  /** Blocks without transactions cost nothing, however many. */
  async function skip(slots: number): Promise<void> {
    await request("evm_setNextBlockTimestamp", [time + SLOT]);
    await request("hardhat_mine", [numberToHex(slots), numberToHex(SLOT)]);
    time += slots * SLOT;
    block += slots;
  }

  async function receiptOf(hash: unknown): Promise<Receipt> {
    const { status, gasUsed, logs, contractAddress } = (await request("eth_getTransactionReceipt", [hash])) as {
      status: Hex;
      gasUsed: Hex;
      logs: Log[];
      contractAddress: Address | null;
    };
    return { ok: status === "0x1", gas: BigInt(gasUsed), logs, contractAddress: contractAddress ?? undefined };
  }

  return {
    now: () => time,
    height: () => block,
    async fund(account) {
      await request("hardhat_impersonateAccount", [account]);
      await request("hardhat_setBalance", [account, numberToHex(FUNDS)]);
    },
    async mine(until, transactions) {
      const slots = Math.max(1, Math.ceil((until - time) / SLOT));
      if (slots > 1) await skip(slots - 1);
      const hashes: unknown[] = [];
      for (const { from, to, data, value, gas = GAS_LIMIT } of transactions) {
        const fields = { from, data, value: numberToHex(value), gas: numberToHex(gas), gasPrice: "0x0" };
        hashes.push(await request("eth_sendTransaction", [to === undefined ? fields : { ...fields, to }]));
      }
      await request("evm_mine", [time + SLOT]);
      time += SLOT;
      block += 1;
      return Promise.all(hashes.map(receiptOf));
    },
    call: async (to, data) => (await request("eth_call", [{ to, data }, "latest"])) as Hex,
    balance: async (account) => BigInt((await request("eth_getBalance", [account, "latest"])) as Hex),
    async remember() {
      const id = await request("evm_snapshot");
      const [timeThen, blockThen] = [time, block];
      return async () => {
        if ((await request("evm_revert", [id])) !== true) throw new Error("The chain can't be brought back.");
        [time, block] = [timeThen, blockThen];
      };
    },
    close,
  };
}
