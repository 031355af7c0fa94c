import { type Address, formatEther, formatUnits, type Hex } from "viem";
import { group, plural, short } from "../format.ts";

/** How a token calls itself. Whoever deployed it wrote that: it's shown as text, beside the token's address. */
export interface Token {
  /** Undefined where it has none that can be shown. */
  symbol: string | undefined;
  /** Digits after the point; undefined where they can't be had. */
  decimals: number | undefined;
}

/**
 * Reads how a token calls itself; what it doesn't answer, or answers without sense, is undefined.
 *
 * @param call Returns what the token answers to these call data; throws where it answers nothing.
 */
export async function readToken(call: (data: Hex) => Promise<Hex>): Promise<Token> {
  const [symbol, decimals] = await Promise.allSettled([call(SYMBOL), call(DECIMALS)]);
  return {
    symbol: symbol.status === "fulfilled" ? symbolIn(stringIn(symbol.value)) : undefined,
    decimals: decimals.status === "fulfilled" ? decimalsIn(decimals.value) : undefined,
  };
}

// Selectors of ERC-20's symbol() and decimals().
const SYMBOL = "0x95d89b41";
const DECIMALS = "0x313ce567";
const WORD = 64;
const MOST_HEX = 100_000;

/** The string that is returned as `data`, decoded here because the start page loads no ABI decoder; empty for anything else. */
function stringIn(data: Hex): string {
  const hex = data.slice(2, MOST_HEX);
  const wordAt = (at: number): number => Number(`0x${hex.slice(at, at + WORD) || "0"}`);
  const start = 2 * wordAt(0);
  const bytes = hex.slice(start + WORD, start + WORD + 2 * wordAt(start));
  return new TextDecoder().decode(Uint8Array.from(bytes.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
}

function decimalsIn(data: Hex): number | undefined {
  const decimals = data.length === 2 + WORD ? Number(data) : Number.NaN;
  return decimals <= MOST_DECIMALS ? decimals : undefined;
}

const MOST_DECIMALS = 36;
const LONGEST_SYMBOL = 12;

/** A token's symbol as it can be shown: cut where it's long; undefined for one with blanks or signs that aren't seen. */
export function symbolIn(text: string): string | undefined {
  const shown = [...text.slice(0, 2 * LONGEST_SYMBOL)];
  if (shown.length === 0 || /[\p{C}\p{Z}\p{M}]/u.test(text.slice(0, 2 * LONGEST_SYMBOL))) return undefined;
  return shown.length <= LONGEST_SYMBOL && shown.join("") === text
    ? text
    : `${shown.slice(0, LONGEST_SYMBOL).join("")}…`;
}

/**
 * An amount of a token in words, `1,234.5 TOK`; in the token's smallest unit while its decimals aren't known.
 *
 * @param amount In the smallest unit.
 */
export function amountText(amount: bigint | string, address: Address, token: Token | undefined): string {
  const name = token?.symbol ?? `of the token ${short(address)}`;
  if (token?.decimals === undefined) return `${plural(amount, "smallest unit")} of the token ${short(address)}`;
  const [whole = "0", fraction] = formatUnits(BigInt(amount), token.decimals).split(".");
  return `${group(whole)}${fraction === undefined ? "" : `.${fraction}`} ${name}`;
}

/** An amount in words: `0.5 ETH` where `token` is null, else as {@link amountText} says it. */
export const moneyText = (amount: string, token: Address | null, known?: Token): string =>
  token === null ? `${formatEther(BigInt(amount))} ETH` : amountText(amount, token, known);
