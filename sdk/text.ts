import { INT8, type TensorSpec, tensorBytes, UINT8 } from "./layouts.ts";

/**
 * Whether a tensor holds text, UTF-8, a byte an element: its name says so, which is part of the model's. Whoever shows such
 * bytes shows them by {@link shownText}; they are whatever the model wrote.
 */
export const holdsText = ({ name, dtype }: Pick<TensorSpec, "name" | "dtype">): boolean =>
  (dtype === INT8 || dtype === UINT8) && /(^|\.)text$/.test(name);

/** A text as a tensor takes it: UTF-8, with NULs in front up to its length. Throws for one that is too long or holds a NUL. */
export function textInput(spec: TensorSpec, text: string): Uint8Array {
  const size = tensorBytes(spec);
  const written = new TextEncoder().encode(text);
  if (written.length > size)
    throw new RangeError(`The text takes ${written.length} bytes; "${spec.name}" takes at most ${size}.`);
  if (written.includes(0)) throw new RangeError("The text holds a NUL, which only stands for nothing.");
  const bytes = new Uint8Array(size);
  bytes.set(written, size - written.length);
  return bytes;
}

/** What would not be seen, or would change how the rest is shown: controls, formats, separators, code points without a use. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\\]/u;

const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/**
 * Bytes as a text of one line that can be shown anywhere, without the NULs at both ends. A byte that is no UTF-8 and a
 * control are shown as \xNN, what else can't be seen as \u{N}, a backslash as two: so other bytes are shown as another text.
 */
export const shownText = (bytes: Uint8Array): string => shownBytes(withoutEnds(bytes));

/** The same of bytes that stand within a text: a NUL is shown wherever it stands. */
export function shownBytes(text: Uint8Array): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let shown = "";
  let at = 0;
  while (at < text.length) {
    const end = at + sequenceLength(text[at] as number);
    try {
      shown += seen(strict.decode(text.subarray(at, end)));
      at = end;
    } catch {
      shown += escaped(text[at] as number);
      at++;
    }
  }
  return shown;
}

function withoutEnds(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? new Uint8Array(0) : bytes.subarray(first, bytes.findLastIndex((byte) => byte !== 0) + 1);
}

/** Bytes of the character that a byte begins, if it begins one. */
const sequenceLength = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

function seen(character: string): string {
  if (!UNSEEN.test(character)) return character;
  const code = character.codePointAt(0) as number;
  return names[character] ?? (code < 0x80 ? escaped(code) : `\\u{${code.toString(16)}}`);
}

const escaped = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;
