import { setTimeout as sleep } from "node:timers/promises";
import {
  type Address,
  BaseError,
  formatEther,
  type Hex,
  keccak256,
  type LocalAccount,
  type PublicClient,
  TransactionNotFoundError,
  type TransactionReceipt,
} from "viem";
import { isConnectionError, RevertError, revertDataOf, sentenceOf } from "../sdk/errors.ts";
import { gasFor, refusalOf, type Transaction } from "../sdk/gas.ts";
import type { Head, Heads } from "./heads.ts";

/** Not possible yet; a later try may succeed. */
export class TryAgainError extends Error {
  override name = "TryAgainError";
}

/** The account has too little money for a transaction. */
export class TooPoorError extends Error {
  override name = "TooPoorError";

  /** @param balance What it has, in wei. @param needed What the transaction needs at the least, in wei. */
  constructor(account: Address, balance: bigint, needed: bigint, call: string, options?: ErrorOptions) {
    super(
      `Account ${account} has ${formatEther(balance)} ETH, too little for "${call}": ${formatEther(needed - balance)} ETH are missing.`,
      options,
    );
  }
}

/** Sends one account's transactions. */
export interface Sender {
  readonly account: LocalAccount;
  /**
   * Sends a transaction and waits until it is mined, even if the RPC is away or refuses for a while. Throws
   * {@link RevertError} when a contract refuses it, {@link TooPoorError} when the account can't pay for it,
   * {@link TryAgainError} when the RPC goes on refusing it, or another transaction took its nonce.
   */
  send(call: Transaction): Promise<TransactionReceipt>;
}

/**
 * Blocks after which a transaction that isn't mined is broadcast again: a node may have forgotten it, or the base fee may
 * have outgrown what it pays.
 */
const REBROADCAST_BLOCKS = 12;

/** Times that something is tried which an RPC refuses without a reason that stands: a block may be new to it, say. */
const PATIENCE = 8;

/** Looks that must find another transaction at a nonce: behind one URL, some nodes know of a transaction later. */
const LOOKS = 3;

/** The longest rest before another try, in milliseconds; a new block ends it. */
const REST = 3_000;

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
 * sender may use the account at the same time. What a node says of a transaction decides nothing: whether it has it does.
 *
 * @param onMined Called with each transaction that was mined, refused ones too.
 */
export function createSender(
  rpc: PublicClient,
  chainId: number,
  heads: Heads,
  account: LocalAccount,
  onMined: (receipt: TransactionReceipt) => void = () => {},
): Sender {
  const { address } = account;
  let nonce: number | undefined;
  /** Nonces of what is sent and not yet mined. */
  const underWay = new Set<number>();
  let last: Promise<unknown> = Promise.resolve();

  const rest = () => Promise.race([heads.next(), sleep(REST, undefined, { ref: false })]);

  /** Asks the RPC, and again where it fails or refuses, unless a contract does or the account can't pay. */
  const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let refusals = 0; ; ) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BaseError)) throw error;
        if (!isConnectionError(error) && ++refusals === PATIENCE)
          throw new TryAgainError(sentenceOf(error), { cause: error });
        await rest();
      }
    }
  };

  const sign = async (sent: Sent, fees: Fees): Promise<void> => {
    const { call, terms } = sent;
    const { to, data, value } = call;
    const { gas, nonce } = terms;
    sent.terms = { ...terms, fees };
    sent.raws.push(await account.signTransaction({ chainId, nonce, gas, data, value, ...(to && { to }), ...fees }));
  };

  const submit = async (call: Transaction): Promise<Sent> => {
    const fees = await patiently(() => feesOf(rpc, heads));
    const gas = await patiently(() => affordableGas(call, fees));
    for (let least = 0; ; ) {
      nonce ??= Math.max(least, await patiently(() => countOf("pending")));
      const sent: Sent = { call, terms: { nonce, gas, fees }, raws: [] };
      // Unknown again if anything fails from here on.
      nonce = undefined;
      await sign(sent, fees);
      least = sent.terms.nonce + 1;
      if (!(await broadcast(sent))) continue;
      nonce = least;
      underWay.add(sent.terms.nonce);
      return sent;
    }
  };

  const affordableGas = async (call: Transaction, fees: Fees): Promise<bigint> => {
    try {
      return await gasFor(rpc, address, call);
    } catch (error) {
      if (!(error instanceof RevertError)) await requireFunds(call, { gas: LEAST_GAS, fees }, error);
      throw error;
    }
  };

  /** Broadcasts again what isn't mined, with raised fees where it can't be mined any more. */
  const insist = async (sent: Sent): Promise<boolean> => {
    const now = await patiently(() => feesOf(rpc, heads));
    const fees = raised(sent.terms.fees, now, heads.latest);
    if (fees !== undefined) await sign(sent, fees);
    return broadcast(sent);
  };

  /** Makes a node take the transaction; false if another one has its nonce. */
  const broadcast = async (sent: Sent): Promise<boolean> => {
    for (let refusals = 0; ; ) {
      try {
        await rpc.sendRawTransaction({ serializedTransaction: sent.raws.at(-1) as Hex });
        return true;
      } catch (error) {
        if (!isConnectionError(error)) {
          const found = await look(sent);
          if (found !== "nowhere") return found === "known";
          await requireFunds(sent.call, sent.terms, error);
          if (++refusals === PATIENCE) throw await lastRefusal(sent, error);
        }
        await rest();
        if (refusals > 0) await sign(sent, bumped(sent.terms.fees));
      }
    }
  };

  /** Where a transaction is that a node refused: maybe it has it from an earlier try, maybe another one has its nonce. */
  const look = async ({ raws, terms }: Sent): Promise<"known" | "displaced" | "nowhere"> => {
    for (let looks = 1; ; looks++) {
      // Counted first: one that is mined in between is known afterwards.
      const count = await patiently(() => countOf("pending"));
      for (const raw of raws) if (await patiently(() => isKnown(rpc, keccak256(raw)))) return "known";
      if (count <= terms.nonce) return "nowhere";
      if (looks === LOOKS) return "displaced";
      await rest();
    }
  };

  /** Whether it waits behind a nonce that nobody uses: a reorganisation took away what was sent before it. */
  const isCutOff = async ({ terms }: Sent): Promise<boolean> => {
    for (let looks = 0; looks < LOOKS; looks++) {
      const own = new Set(underWay);
      let next = await patiently(() => countOf("latest"));
      while (own.has(next)) next++;
      if (next > terms.nonce) return false;
      await rest();
    }
    return true;
  };

  const countOf = (blockTag: "latest" | "pending") => rpc.getTransactionCount({ address, blockTag });

  const requireFunds = async (call: Transaction, { gas, fees }: Omit<Terms, "nonce">, cause: unknown) => {
    const balance = await patiently(() => rpc.getBalance({ address }));
    const needed = call.value + gas * priceOf(fees);
    if (balance < needed) throw new TooPoorError(address, balance, needed, call.name, { cause });
  };

  const lastRefusal = async ({ call }: Sent, cause: unknown): Promise<Error> => {
    const served = await patiently(() => rpc.getChainId());
    return served === chainId
      ? (refusalOf(call.name, cause) ??
          new TryAgainError(`The RPC refused "${call.name}" ${PATIENCE} times. ${sentenceOf(cause)}`, { cause }))
      : new Error(`The RPC serves chain ${served}; the transaction is for chain ${chainId}.`, { cause });
  };

  const receiptOf = async (sent: Sent): Promise<TransactionReceipt> => {
    for (let blocks = 1; ; blocks++) {
      const found = await findReceipts(sent);
      if (found !== undefined) return found;
      if (blocks % REBROADCAST_BLOCKS === 0) {
        const why = !(await insist(sent))
          ? "gave way to another one"
          : (await isCutOff(sent))
            ? "waits for earlier ones, which the chain gave up,"
            : undefined;
        const late = why && (await findReceipts(sent));
        if (late !== undefined) return late;
        if (why !== undefined) {
          nonce = undefined;
          throw new TryAgainError(`Transaction ${keccak256(sent.raws.at(-1) as Hex)} ${why} of ${address}.`);
        }
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
      const sent = await submitted;
      const receipt = await receiptOf(sent).finally(() => underWay.delete(sent.terms.nonce));
      onMined(receipt);
      if (receipt.status === "reverted") throw await reasonOf(rpc, address, call, receipt);
      return receipt;
    },
  };
}

/** What any transaction uses. */
const LEAST_GAS = 21_000n;

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

/** A node takes a replacement only if both fees are a tenth higher (geth's price bump); an eighth is offered. */
const bump = (fee: bigint): bigint => (fee * 9n) / 8n + 1n;

const bumped = (fees: Fees): Fees =>
  fees.type === "legacy"
    ? { ...fees, gasPrice: bump(fees.gasPrice) }
    : {
        ...fees,
        maxPriorityFeePerGas: bump(fees.maxPriorityFeePerGas),
        maxFeePerGas: bump(fees.maxFeePerGas),
      };

/** The fees of a replacement; undefined while the old ones can still pay for the next block. */
function raised(old: Fees, now: Fees, { baseFeePerGas }: Head): Fees | undefined {
  const most = (a: bigint, b: bigint) => (a > b ? a : b);
  if (old.type === "legacy" || now.type === "legacy" || baseFeePerGas === null) {
    const [paid, asked] = [priceOf(old), priceOf(now)];
    return asked > paid ? { type: "legacy", gasPrice: most(bump(paid), asked) } : undefined;
  }
  if (old.maxFeePerGas >= baseFeePerGas + old.maxPriorityFeePerGas) return undefined;
  return {
    type: "eip1559",
    maxPriorityFeePerGas: most(bump(old.maxPriorityFeePerGas), now.maxPriorityFeePerGas),
    maxFeePerGas: most(bump(old.maxFeePerGas), now.maxFeePerGas),
  };
}

const priceOf = (fees: Fees): bigint => (fees.type === "legacy" ? fees.gasPrice : fees.maxFeePerGas);

/** Undefined also where the RPC fails: it is asked again. */
async function findReceipt(rpc: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await rpc.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof BaseError) return undefined;
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
