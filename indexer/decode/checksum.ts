import type { Address, Hex } from "viem";
import { keccak } from "../ingest/keccak.ts";
import { remember } from "../ingest/recent.ts";
import { refuse } from "./refusal.ts";

/** The checksummed address in a 32-byte word of lower-case hex; the accounts last seen are remembered. */
export const addressIn: (word: Hex) => Address = remember(checksum);

/** The checksum of an address in lower case. */
export const checksumOf = (address: Address): Address => addressIn(`0x${"0".repeat(24)}${address.slice(2)}`);

// ERC-55: a letter is upper case where the digit of the lower-case text's hash is 8 or more.
function checksum(word: string): Address {
  if (!word.startsWith("0x000000000000000000000000")) return refuse();
  const digits = Buffer.from(word.slice(26), "latin1");
  const hash = keccak(digits);
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as number;
    if (digit >= 0x61 && ((hash[i >> 1] as number) >> (i & 1 ? 3 : 7)) & 1) digits[i] = digit - 32;
  }
  return `0x${digits.toString("latin1")}`;
}
