import type { Address } from "viem";
import type { AttestationStatus } from "../sdk/wire.ts";
import { group } from "./format.ts";

/** A piece of a sentence: text, or a value that the page shows in a special way. A long `code` is shortened, a `command` never. */
export type Piece =
  | string
  | { accounts: readonly Address[] }
  | { code: string }
  | { command: string }
  | { strong: string }
  | { status: AttestationStatus };

/** A sentence that the page can show: nothing in it is ever read as markup. */
export type Sentence = readonly Piece[];

/** Makes a sentence of a template: numbers get their thousands set apart, sentences in it become part of it. */
export const sentence = (texts: TemplateStringsArray, ...values: (Piece | Sentence | number | bigint)[]): Sentence =>
  texts.flatMap((text, i) => [text, ...piecesOf(values[i] ?? "")]).filter((piece) => piece !== "");

function piecesOf(value: Piece | Sentence | number | bigint): Sentence {
  if (typeof value === "number" || typeof value === "bigint") return [group(value)];
  return Array.isArray(value) ? (value as Sentence) : [value as Piece];
}

/** An account in a sentence. */
export const who = (account: Address): Piece => ({ accounts: [account] });
