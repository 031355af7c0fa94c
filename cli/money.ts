import { type Address, formatEther, getAddress, isAddress, parseEther } from "viem";
import type { Client } from "../sdk/client.ts";
import { holdersOf } from "../sdk/money.ts";
import { listOf } from "./options.ts";
import { UsageError } from "./usage.ts";

/** Wei as "0.05 ETH". */
export const eth = (wei: bigint): string => `${formatEther(wei)} ETH`;

/** Reads an amount of ETH from 1 wei up, in wei. */
export function parseEth(what: string, text: string): bigint {
  const wei = /^[0-9]{1,9}(\.[0-9]{1,18})?$/.test(text) ? parseEther(text) : 0n;
  if (wei === 0n) throw new UsageError(`${what} is "${text}"; it must be an amount of ETH above 0, as in 0.05.`);
  return wei;
}

/** Reads the name or address of a contract that may hold bonds. */
export function parseHolder(client: Client, text: string): { holder: Address; name: string | undefined } {
  const holders = holdersOf(client);
  const found = holders.find(({ name, address }) => [name, address].some((each) => isSame(each, text)));
  if (found !== undefined) return { holder: found.address, name: found.name };
  if (isAddress(text)) return { holder: getAddress(text), name: undefined };
  const names = listOf(holders.map(({ name }) => name));
  throw new UsageError(`HOLDER is "${text}"; it must be the address of a contract that holds bonds, or ${names}.`);
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
