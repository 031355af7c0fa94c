import { expect } from "chai";
import fc from "fast-check";
import { boundedText, dataOf } from "../../../cli/mcp/data.ts";

const within = (value: unknown): boolean => {
  if (typeof value === "string") return /^[ -~…]*$/.test(value) && value.length <= 2 + 2 * 32_768;
  if (Array.isArray(value)) return value.length <= 32_768 && value.every(within);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, each]) => within(key) && within(each));
};

describe("what MCP tools return", () => {
  it("is cut where it is too long, and says how long it was", () => {
    expect(boundedText("x".repeat(1_001))).to.equal(`${"x".repeat(1_000)} … (1001 characters)`);
    expect(boundedText("x".repeat(1_000))).to.equal("x".repeat(1_000));
    expect(dataOf(Array.from({ length: 201 }, () => "a")))
      .to.have.lengthOf(201)
      .and.include("… (201 entries)");
    expect(dataOf(new Uint8Array(40_000))).to.have.lengthOf(2 + 2 * 32_768);
    expect(dataOf(Array.from({ length: 40_000 }, () => 7))).to.have.lengthOf(32_768);
  });

  it("shows control characters, escapes and marks of direction as their numbers", () => {
    expect(boundedText("a\u001b[31m\n\u202eb\u0000")).to.equal("a\\u{1b}[31m\\u{a}\\u{202e}b\\u{0}");
  });

  it("writes bigints as decimal strings and bytes as hex", () => {
    const found = dataOf({ wei: 10n ** 20n, data: Uint8Array.of(1, 255), none: null, list: [1n, { deep: "é" }] });
    expect(found).to.deep.equal({
      ...{ wei: "100000000000000000000", data: "0x01ff", none: null },
      list: ["1", { deep: "\\u{e9}" }],
    });
  });

  it("is printable and bounded, whatever it is of", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, maxDepth: 4 }),
        fc.string({ unit: "binary", maxLength: 5_000 }),
        (value, text) => {
          expect(within(dataOf({ value, [text]: text }))).to.equal(true);
          expect(() => JSON.stringify(dataOf(value))).not.to.throw();
        },
      ),
    );
  });
});
