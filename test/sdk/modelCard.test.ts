import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "viem";
import { cardLimits, MAX_CARD_BYTES, readModelCard } from "../../sdk/modelCard.ts";

const MODEL = toHex(1, { size: 32 });
const bytesOf = (card: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(card));
const read = (card: unknown) => readModelCard(bytesOf(card), MODEL);

describe("a model card", () => {
  it("is none where it isn't a JSON object, is of another model, too large or says nothing", () => {
    expect(readModelCard(new Uint8Array([0xff, 0xfe]), MODEL)).to.equal(undefined);
    expect(readModelCard(new TextEncoder().encode("{"), MODEL)).to.equal(undefined);
    for (const other of [null, 7, "title", [{ title: "a" }], {}, { title: "" }, { __proto__: { title: "a" } }])
      expect(read(other)).to.equal(undefined);
    expect(read({ title: "a", modelId: toHex(2, { size: 32 }) })).to.equal(undefined);
    expect(read({ title: "a", more: "x".repeat(MAX_CARD_BYTES) })).to.equal(undefined);
  });

  it("leaves out what is malformed or too long", () => {
    const long = "x".repeat(cardLimits.text + 1);
    const card = read({ title: "a", task: long, data: 3, licence: ["MIT"], labels: ["b", 4], accuracy: 1.5 });
    expect(card).to.deep.equal({
      ...{ title: "a", task: undefined, data: undefined, licence: undefined, labels: [], accuracy: undefined },
    });
  });

  it("says what its publisher wrote", () => {
    const said = {
      title: "Digits",
      task: "reads digits",
      data: "drawn",
      licence: "MIT",
      labels: ["0", "1"],
      accuracy: 0.9,
    };
    expect(read({ ...said, modelId: MODEL, measured: {} })).to.deep.equal(said);
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          readModelCard(bytes, MODEL);
        },
      ),
    );
  });
});
