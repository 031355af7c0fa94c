import { expect } from "chai";
import { InvalidDocumentError } from "../../../../inference/methods/enclave/invalid.ts";
import { documentBytes } from "../../../../inference/methods/enclave/text.ts";

const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i === 0 ? 0x84 : 7 * i));
const base64 = Buffer.from(bytes).toString("base64");
const hex = Buffer.from(bytes).toString("hex");
const read = (text: string) => documentBytes(new TextEncoder().encode(text));

describe("documentBytes", () => {
  it("takes bytes, base64 and hex, in lines or not", () => {
    expect(documentBytes(bytes)).to.deep.equal(bytes);
    for (const text of [base64, hex, `0x${hex}`, hex.toUpperCase()])
      for (const ended of [text, `${text}\n`, `${text.slice(0, 64)}\r\n${text.slice(64)}\r\n`])
        expect(read(ended)).to.deep.equal(bytes);
  });

  it("refuses other forms of the same text", () => {
    expect(bytes.length % 3).to.equal(1);
    // The last letter before the padding has four bits that belong to no byte.
    const last = base64.at(-3) as string;
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const spoiled = `${base64.slice(0, -3)}${letters[letters.indexOf(last) + 1]}==`;
    expect(Buffer.from(spoiled, "base64")).to.deep.equal(Buffer.from(bytes));
    const mixed = hex.replace(/[a-f]/, (letter) => letter.toUpperCase());
    for (const text of [spoiled, base64.replaceAll("=", ""), `${base64} `, `${hex}0`, "", "\n", "no document!"])
      expect(() => read(text), text).to.throw(InvalidDocumentError);
    // Letters of both cases are base64, of other bytes.
    expect(read(mixed)).not.to.deep.equal(bytes);
  });
});
