import { expect } from "chai";
import fc from "fast-check";
import { MAX_METADATA_BYTES, metadataBytes, readMetadata } from "../../sdk/seasonMetadata.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

describe("season metadata", () => {
  const hostile: [string, Uint8Array][] = [
    ["no JSON", bytesOf("{")],
    ["no text", new Uint8Array([0xff, 0xfe])],
    ["null", bytesOf("null")],
    ["a list", bytesOf("[]")],
    ["no title", bytesOf({ description: "a" })],
    ["a title that is no text", bytesOf({ title: { toString: "a" } })],
    ["a title without end", bytesOf({ title: "a".repeat(101) })],
    ["too much", bytesOf({ title: "a", more: "b".repeat(MAX_METADATA_BYTES) })],
  ];
  for (const [what, bytes] of hostile)
    it(`is not read from ${what}`, () => expect(readMetadata(bytes)).to.equal(undefined));

  it("has no link but to the web", () => {
    for (const link of ["javascript:alert(1)", "data:text/html,a", "file:///a", "https://a:b@c.d", "no link", ""])
      expect(readMetadata(bytesOf({ title: "a", link }))?.link).to.equal(undefined);
    expect(readMetadata(bytesOf({ title: "a", link: "https://a.b/c" }))?.link).to.equal("https://a.b/c");
  });

  it("leaves out what isn't known", () => {
    const found = readMetadata(bytesOf('{"title":"a","__proto__":{"prize":"b"},"description":5,"more":1}'));
    expect(found).to.deep.equal({ title: "a", description: undefined, prize: undefined, link: undefined });
  });

  it("has the same bytes whatever the order of its keys", () => {
    expect(metadataBytes({ prize: "p", title: "t" })).to.deep.equal(bytesOf('{"title":"t","prize":"p"}'));
  });

  it("is read as it was written", () => {
    const text = (maxLength: number) => fc.string({ minLength: 1, maxLength, unit: "grapheme-ascii" });
    const option = (maxLength: number) => fc.option(text(maxLength), { nil: undefined });
    fc.assert(
      fc.property(text(100), option(400), option(400), (title, description, prize) => {
        const metadata = { title, description, prize, link: undefined };
        expect(readMetadata(metadataBytes(metadata))).to.deep.equal(metadata);
      }),
    );
  });
});
