import { type Address, BaseError, type Hex, type PublicClient } from "viem";
import { isConnectionError, RevertError, revertDataOf } from "./errors.ts";

/** What a transaction would do: a call, or a deployment, which has no `to`. */
export interface Transaction {
  /** What it is called in messages, as in `commit`. */
  name: string;
  to: Address | undefined;
  data: Hex;
  /** Wei sent along. */
  value: bigint;
}

/** The most gas of a transaction by EIP-7825: where that holds, a node refuses one that asks for more. */
const MOST_GAS = 2n ** 24n;

/**
 * The gas to send a transaction with: more than the estimate, for others may come first and make it dearer, as when a
 * vote becomes the last one. Throws a {@link RevertError} when a contract refuses it, the RPC's error otherwise.
 */
export async function gasFor(rpc: PublicClient, from: Address, transaction: Transaction): Promise<bigint> {
  const { name, to, data, value } = transaction;
  try {
    return withReserve(await rpc.estimateGas({ account: from, data, value, ...(to && { to }) }));
  } catch (error) {
    throw refusalOf(name, error) ?? error;
  }
}

/** Half more than the estimate; beyond the most gas only where the estimate itself is, on a chain that allows it. */
export function withReserve(estimate: bigint): bigint {
  const ample = (estimate * 3n) / 2n + 30_000n;
  return estimate <= MOST_GAS && ample > MOST_GAS ? MOST_GAS : ample;
}

/** A contract's refusal that an RPC told of; undefined for any other error. */
export function refusalOf(name: string, error: unknown): RevertError | undefined {
  if (isConnectionError(error) || !(error instanceof BaseError)) return undefined;
  const data = revertDataOf(error);
  return data !== undefined || /revert/i.test(error.message)
    ? new RevertError(name, data, { cause: error })
    : undefined;
}
