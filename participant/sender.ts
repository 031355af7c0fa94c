import {
  type Address,
  BaseError,
  type Hex,
  keccak256,
  type LocalAccount,
  type PublicClient,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import type { Call } from "../sdk/calls.ts";
import { isConnectionError, RevertError, revertDataOf, sentenceOf } from "../sdk/errors.ts";
import type { Head, Heads } from "./heads.ts";

/** A transaction to send: a call, or a deployment, which has no `to`. */
export type Transaction = Omit<Call, "to"> & { to: Address | undefined };

/** Not possible yet; a later try may succeed. */
export class TryAgainError extends Error {
  override name = "TryAgainError";
}

/** Sends one account's transactions. */
export interface Sender {
  readonly account: LocalAccount;
  /**
   * Sends a transaction and waits until it is mined, even if the RPC is away for a while. Throws {@link RevertError}
   * when a contract refuses it, a sentence when the account can't pay for it.
   */
  send(call: Transaction): Promise<TransactionReceipt>;
}

/**
 * Blocks after which a transaction that isn't mined is broadcast again: a node may have forgotten it, or the base fee may
 * have outgrown what it pays.
 */
const REBROADCAST_BLOCKS = 12;

type Fees = Awaited<ReturnType<typeof feesOf>>;

/** What a transaction is signed with, beside its call. */
interface Terms {
  nonce: number;
  gas: bigint;
  fees: Fees;
}

/** A transaction on its way. */
interface Sent {
  call: Transaction;
  /** Of the latest in `raws`. */
  terms: Terms;
  /** All that were broadcast for it, which share a nonce. */
  raws: Hex[];
}

/**
 * Sends transactions of `account`: signed one after another so that nonces have no gap, mined together. No other
 * sender may use the account at the same time.
 */
export function createSender(rpc: PublicClient, chainId: number, heads: Heads, account: LocalAccount): Sender {
  let nonce: number | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const sign = ({ to, data, value }: Transaction, { nonce, gas, fees }: Terms): Promise<Hex> =>
    account.signTransaction({ chainId, nonce, gas, data, value, ...(to && { to }), ...fees });

  const submit = async (call: Transaction): Promise<Sent> => {
    const gas = await estimate(rpc, account.address, call);
    const fees = await feesOf(rpc, heads);
    for (;;) {
      nonce ??= await rpc.getTransactionCount({ address: account.address, blockTag: "pending" });
      const terms = { nonce, gas, fees };
      const raw = await sign(call, terms);
      if (!(await broadcast(raw, call))) continue;
      nonce = terms.nonce + 1;
      return { call, terms, raws: [raw] };
    }
  };

  /** Broadcasts again what isn't mined, with raised fees where it can't be mined any more. */
  const insist = async (sent: Sent): Promise<boolean> => {
    const { call, terms, raws } = sent;
    const fees = raised(terms.fees, await feesOf(rpc, heads), heads.latest);
    if (fees === undefined) return broadcast(raws.at(-1) as Hex, call);
    const raw = await sign(call, { ...terms, fees });
    sent.terms = { ...terms, fees };
    raws.push(raw);
    return broadcast(raw, call);
  };

  // False if another transaction used the nonce.
  const broadcast = async (raw: Hex, call: Transaction): Promise<boolean> => {
    for (;;) {
      try {
        await rpc.sendRawTransaction({ serializedTransaction: raw });
        return true;
      } catch (error) {
        if (isConnectionError(error)) await heads.next();
        else if (/already (known|imported)/i.test(sentenceOf(error))) return true;
        else {
          nonce = undefined;
          if (!/nonce.*too low/i.test(sentenceOf(error))) throw await explain(rpc, account.address, call, error);
          return isKnown(rpc, keccak256(raw));
        }
      }
    }
  };

  const receiptOf = async (sent: Sent): Promise<TransactionReceipt> => {
    for (let blocks = 1; ; blocks++) {
      const found = await findReceipts(sent);
      if (found !== undefined) return found;
      if (blocks % REBROADCAST_BLOCKS === 0 && !(await insist(sent))) {
        const late = await findReceipts(sent);
        if (late !== undefined) return late;
        const hash = keccak256(sent.raws.at(-1) as Hex);
        throw new TryAgainError(`Transaction ${hash} gave way to another one of ${account.address}.`);
      }
      await heads.next();
    }
  };

  /** One of all that were broadcast with the same nonce may be mined. */
  const findReceipts = async ({ raws }: Sent): Promise<TransactionReceipt | undefined> => {
    for (const raw of raws) {
      const receipt = await findReceipt(rpc, keccak256(raw));
      if (receipt !== undefined) return receipt;
    }
    return undefined;
  };

  return {
    account,
    async send(call) {
      const submitted = last.then(() => submit(call));
      last = submitted.catch(() => undefined);
      const receipt = await receiptOf(await submitted);
      if (receipt.status === "reverted") throw await reasonOf(rpc, account.address, call, receipt);
      return receipt;
    },
  };
}

/** The most gas of a transaction by EIP-7825: a node refuses one that asks for more. */
const MOST_GAS = 2n ** 24n;

// Between the estimate and the block, a vote may become the last one, which costs more.
async function estimate(rpc: PublicClient, from: Address, call: Transaction): Promise<bigint> {
  const { to, data, value } = call;
  try {
    const gas = await rpc.estimateGas({ account: from, data, value, ...(to && { to }) });
    const ample = (gas * 3n) / 2n + 30_000n;
    return gas <= MOST_GAS && ample > MOST_GAS ? MOST_GAS : ample;
  } catch (error) {
    throw await explain(rpc, from, call, error);
  }
}

async function explain(rpc: PublicClient, from: Address, call: Transaction, error: unknown): Promise<unknown> {
  if (isConnectionError(error) || !(error instanceof BaseError)) return error;
  const data = revertDataOf(error);
  if (data !== undefined) return new RevertError(call.name, data, { cause: error });
  if (/(insufficient|enough) funds/i.test(error.message)) {
    const balance = await rpc.getBalance({ address: from });
    return new Error(`Account ${from} has ${balance} wei, too little to pay for "${call.name}".`, { cause: error });
  }
  return /revert/i.test(error.message) ? new RevertError(call.name, undefined, { cause: error }) : error;
}

async function reasonOf(
  rpc: PublicClient,
  account: Address,
  { name, to, data, value }: Transaction,
  { blockNumber }: TransactionReceipt,
): Promise<RevertError> {
  try {
    await rpc.call({ account, data, value, blockNumber, ...(to && { to }) });
    return new RevertError(name, undefined);
  } catch (cause) {
    return new RevertError(name, revertDataOf(cause), { cause });
  }
}

async function feesOf(rpc: PublicClient, heads: Heads) {
  const { baseFeePerGas } = heads.latest;
  if (baseFeePerGas === null) return { type: "legacy", gasPrice: await rpc.getGasPrice() } as const;
  const maxPriorityFeePerGas = await rpc.estimateMaxPriorityFeePerGas();
  return { type: "eip1559", maxPriorityFeePerGas, maxFeePerGas: 2n * baseFeePerGas + maxPriorityFeePerGas } as const;
}

/**
 * The fees of a replacement; undefined while the old ones can still pay for the next block. A node takes a
 * replacement only if both fees are a tenth higher (geth's price bump); an eighth is offered.
 */
function raised(old: Fees, now: Fees, { baseFeePerGas }: Head): Fees | undefined {
  const most = (a: bigint, b: bigint) => (a > b ? a : b);
  const bumped = (fee: bigint) => (fee * 9n) / 8n + 1n;
  if (old.type === "legacy" || now.type === "legacy" || baseFeePerGas === null) {
    const [paid, asked] = [priceOf(old), priceOf(now)];
    return asked > paid ? { type: "legacy", gasPrice: most(bumped(paid), asked) } : undefined;
  }
  if (old.maxFeePerGas >= baseFeePerGas + old.maxPriorityFeePerGas) return undefined;
  return {
    type: "eip1559",
    maxPriorityFeePerGas: most(bumped(old.maxPriorityFeePerGas), now.maxPriorityFeePerGas),
    maxFeePerGas: most(bumped(old.maxFeePerGas), now.maxFeePerGas),
  };
}

const priceOf = (fees: Fees): bigint => (fees.type === "legacy" ? fees.gasPrice : fees.maxFeePerGas);

async function findReceipt(rpc: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await rpc.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError || isConnectionError(error)) return undefined;
    throw error;
  }
}

async function isKnown(rpc: PublicClient, hash: Hex): Promise<boolean> {
  try {
    await rpc.getTransaction({ hash });
    return true;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}
