import { Readable } from "node:stream";
import { setImmediate as soon } from "node:timers/promises";
import { expect } from "chai";
import { readAnswer } from "../../../indexer/ingest/answer.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { headerJson } from "../node.ts";
import { whole } from "./reading.ts";

const MIB = 2 ** 20;
const read = (chunks: Iterable<Buffer> | AsyncIterable<Buffer>, most = 64 * MIB) =>
  readAnswer(Readable.from(chunks), most, "The node answered eth_x");

/** Streams a text again and again, up to 200 MB; `sent` says how much of it was taken. */
function endless(text: string): { stream: Iterable<Buffer>; sent: () => number } {
  const chunk = Buffer.from(text.repeat(Math.ceil(2 ** 16 / text.length)));
  let sent = 0;
  function* stream() {
    for (; sent < 200e6; sent += chunk.length) yield chunk;
  }
  return { stream: stream(), sent: () => sent };
}

async function refusal(answer: Promise<string>): Promise<RpcError> {
  const error = await answer.then(() => undefined).catch((thrown) => thrown);
  expect(error).to.be.instanceOf(RpcError);
  return error;
}

describe("reading an answer", () => {
  it("ends when it is longer than was asked for", async () => {
    const { stream, sent } = endless("0".repeat(64));
    const { message, kind } = await refusal(read(stream, MIB));
    expect(message).to.equal(`The node answered eth_x with more than ${MIB} bytes.`);
    expect(kind).to.equal("too-large");
    expect(sent()).to.be.below(2 * MIB);
  });

  for (const text of ["[", '{"a":', "[    ", "0,", "{},", '"",', "[[]],", '{"a":1},'])
    it(`ends soon when it is nothing but ${text}`, async () => {
      const { stream, sent } = endless(text);
      const { message, kind } = await refusal(read(stream));
      expect(message).to.match(
        /^The node answered eth_x with (?:values nested without end|more values than an answer)/,
      );
      expect(kind).to.equal("malformed");
      expect(sent()).to.be.below(4 * MIB);
    });

  it("gives the text, also of a long one with as many values as nodes give", async () => {
    const one = JSON.stringify({
      ...headerJson(whole[40] as (typeof whole)[number]),
      withdrawals: Array.from({ length: 16 }, () => ({
        index: "0x1",
        validatorIndex: "0x2",
        address: "0x3",
        amount: "0x4",
      })),
    });
    const text = `[${new Array(Math.ceil((10 * MIB) / one.length)).fill(one).join(",")}]`;
    expect(await read([Buffer.from(text)])).to.equal(text);
    expect(await read([Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)])).to.equal("é");
  });

  it("reads one long one at a time, and the next one also when it fails", async () => {
    const chunk = Buffer.alloc(MIB, "0");
    const taken = [0, 0, 0];
    const gate = Promise.withResolvers<void>();
    async function* long(i: number) {
      for (; (taken[i] as number) < 60; taken[i] = (taken[i] as number) + 1) {
        if (i === 0 && taken[i] === 12) await gate.promise;
        yield chunk;
      }
      if (i === 1) throw new Error("broken off");
    }
    const answers = taken.map((_, i) => read(long(i)).catch((error: Error) => error.message));
    while (taken[0] !== 12 || (taken[2] as number) < 8) await soon();
    for (let i = 0; i < 50; i++) await soon();
    // Each stream is a few chunks ahead of its reader.
    expect(taken[1]).to.be.below(40);
    expect(taken[2]).to.be.below(40);
    gate.resolve();
    const [first, second, third] = await Promise.all(answers);
    expect(first).to.have.lengthOf(60 * MIB);
    expect(second).to.equal("broken off");
    expect(third).to.have.lengthOf(60 * MIB);
  });
});
