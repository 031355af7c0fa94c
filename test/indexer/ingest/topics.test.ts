import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, concatHex, type Hex } from "viem";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { bytesOfTopics, itemOf, textOf } from "../../../indexer/ingest/topics.ts";

const topic = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => bytesToHex(bytes));
const upper = (text: string) => `0x${text.slice(2).toUpperCase()}`;

describe("topics and addresses", () => {
  it("are refused where they are no hex, also in the place of one that was known", () => {
    const known = `0x${"ab".repeat(32)}`;
    itemOf(known);
    for (const [text, field] of [
      [`0x${"ag".repeat(29)}ababab`, "topics"],
      [`0x${"ag".repeat(17)}ababab`, "address"],
    ] as const)
      for (let i = 0; i < 2; i++) expect(() => itemOf(text)).to.throw(RpcError, `The node answered with ${field} `);
    expect(textOf(itemOf(known))).to.equal(known);
    expect(bytesToHex(bytesOfTopics([known as Hex]))).to.equal(known);
  });

  it("have one text in lower case", () => {
    fc.assert(
      fc.property(topic, (text) => {
        for (const each of [upper(text), text, upper(text)]) expect(textOf(itemOf(each))).to.equal(text);
      }),
    );
  });

  it("have their bytes one after another", () => {
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 4 }), (topics) => {
        expect(bytesToHex(bytesOfTopics(topics))).to.equal(concatHex(topics));
      }),
    );
  });
});
