import { hexToBytes } from "viem";
import { InvalidDocumentError } from "./invalid.ts";

/** Whole bytes in hexadecimal, in one case of letters. */
const HEX = /^(?:0x)?(?:(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What a text's last line may end with, and what may stand between its lines. */
const LINE_END = /\r?\n/g;

/**
 * A document's bytes from a file's: the bytes themselves, or a text of them in hexadecimal or base64, in lines or not. A text
 * has one form, so that none is the same document with another letter. Throws an {@link InvalidDocumentError}.
 */
export function documentBytes(file: Uint8Array): Uint8Array {
  if (file.length === 0) throw new InvalidDocumentError("The file is empty.");
  // COSE_Sign1 begins with an array's head or its tag: no letter of ASCII.
  if ((file[0] as number) >= 0x80) return file;
  const text = new TextDecoder().decode(file).replaceAll(LINE_END, "");
  if (HEX.test(text)) return hexToBytes(`0x${text.replace(/^0x/, "")}`);
  const bytes = BASE64.test(text) && text.length % 4 === 0 ? fromBase64(text) : undefined;
  if (bytes === undefined) throw new InvalidDocumentError("The file is neither a document nor one in hex or base64.");
  return bytes;
}

/** Undefined where the last letter has bits that belong to no byte. */
function fromBase64(text: string): Uint8Array | undefined {
  const decoded = atob(text);
  return btoa(decoded) === text ? Uint8Array.from(decoded, (each) => each.charCodeAt(0)) : undefined;
}
