import { expect } from "chai";
import fc from "fast-check";
import { holdsText, shownText, textInput } from "../../sdk/text.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes of which many are no UTF-8, some are characters that can't be seen, and some are backslashes. */
const hostile = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: "binary", maxLength: 3 }).map(bytesOf),
      fc
        .constantFrom("\\x41", "\\", "\u202e", "\u200b", "\u0085", "\ufeff", "\u{e0041}", "\r\n", "\u001b[2J")
        .map(bytesOf),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Uint8Array(parts.flatMap((part) => [...part])));

const spec = { name: "prompt.text", dtype: 3, dims: [8, 1] };

describe("text", () => {
  it("is what tensors of bytes hold that are named so", () => {
    for (const name of ["text", "prompt.text", "a.b.text"]) {
      expect(holdsText({ name, dtype: 3 })).to.equal(true);
      expect(holdsText({ name, dtype: 2 })).to.equal(true);
      expect(holdsText({ name, dtype: 1 })).to.equal(false);
    }
    for (const name of ["context", "text.", "texts", "Text", "text.input"])
      expect(holdsText({ name, dtype: 3 })).to.equal(false);
  });

  describe("as an input", () => {
    it("is refused if it is too long, or holds a NUL", () => {
      expect(() => textInput(spec, "ninebytes")).to.throw('The text takes 9 bytes; "prompt.text" takes at most 8.');
      expect(() => textInput(spec, "€€€")).to.throw("The text takes 9 bytes");
      expect(() => textInput(spec, "a\0b")).to.throw("The text holds a NUL");
    });

    it("has NULs in front", () => {
      expect([...textInput(spec, "Once €")]).to.deep.equal([...bytesOf("Once €")]);
      expect([...textInput(spec, "Hi")]).to.deep.equal([0, 0, 0, 0, 0, 0, 0x48, 0x69]);
    });
  });

  describe("as it is shown", () => {
    it("leaves out the NULs at both ends, and stays as it is where all of it can be seen", () => {
      expect(shownText(textInput(spec, "Hi €"))).to.equal("Hi €");
      expect(shownText(bytesOf("naïve 日本 🙂\0\0"))).to.equal("naïve 日本 🙂");
      expect(shownText(new Uint8Array(3))).to.equal("");
    });

    it("says the bytes that are no UTF-8, and the characters that can't be seen", () => {
      expect(shownText(new Uint8Array([0x41, 0xff, 0xc3, 0x28, 0xe2, 0x82]))).to.equal("A\\xff\\xc3(\\xe2\\x82");
      expect(shownText(bytesOf("a\nb\t\u001b[31m\u007f\u0085"))).to.equal("a\\nb\\t\\x1b[31m\\x7f\\u{85}");
      expect(shownText(bytesOf("\u202eevil\u2066\u2028\ufeff"))).to.equal("\\u{202e}evil\\u{2066}\\u{2028}\\u{feff}");
      expect(shownText(bytesOf("a\0b\\x41"))).to.equal("a\\x00b\\\\x41");
      // What looks like UTF-8 of more bytes than needed, and a surrogate.
      expect(shownText(new Uint8Array([0xc0, 0x80, 0xed, 0xa0, 0x80]))).to.equal("\\xc0\\x80\\xed\\xa0\\x80");
    });

    it("is one line that shows nothing unseen, of any bytes", () => {
      fc.assert(
        fc.property(hostile, (bytes) => {
          expect(shownText(bytes)).to.not.match(/[\p{C}\p{Zl}\p{Zp}]/u);
        }),
      );
    });

    it("is another one for other bytes", () => {
      const trimmed = (bytes: Uint8Array) =>
        Buffer.from(bytes)
          .toString("latin1")
          .replace(/^\0+|\0+$/g, "");
      fc.assert(
        fc.property(fc.array(hostile, { minLength: 2, maxLength: 40 }), (all) => {
          const distinct = new Set(all.map(trimmed)).size;
          expect(new Set(all.map(shownText)).size).to.equal(distinct);
        }),
      );
    });
  });
});
