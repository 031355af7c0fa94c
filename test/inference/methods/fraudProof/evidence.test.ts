import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, concat, type Hex, keccak256, pad, toHex } from "viem";
import { forward } from "../../../../inference/integer.ts";
import { buildBatch, buildTraced, traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { answerHash, tensorHash } from "../../../../sdk/commitments.ts";
import { encodeLayout, tensorHeader } from "../../../../sdk/layouts.ts";
import { leavesOf, orderedTree } from "../../../../sdk/tree.ts";
import { anyModel, integerLayout } from "../../layers.ts";

const word = (byte: number): Hex => pad(toHex(byte), { size: 32 });

describe("fraud proof evidence", () => {
  const named = {
    prover: "0x1111111111111111111111111111111111111111",
    method: 2,
    modelId: word(1),
    context: word(2),
  } as const;
  const run = { ...named, salt: word(3) };
  const layout = integerLayout(4, 3, 2);
  const trace = Uint8Array.from({ length: 9 }, (_, i) => 250 + i);

  for (const length of [0, 8, 10])
    it(`refuses a trace of ${length} bytes for layers of 9`, () => {
      expect(() => buildTraced(encodeLayout(layout), { ...run, trace: new Uint8Array(length) })).to.throw(
        RangeError,
        `A trace of ${length} bytes doesn't fit layers of 9 together.`,
      );
    });

  it("refuses a float model, which has no trace", () => {
    const float = encodeLayout({ ...layout, widths: [] });

    expect(() => buildTraced(float, { ...run, trace: new Uint8Array(0) })).to.throw(RangeError, "doesn't fit layers");
  });

  it("refuses units of several lengths, and a batch of none", () => {
    expect(() => buildBatch(named, [new Uint8Array(5), new Uint8Array(4)])).to.throw(
      RangeError,
      "A unit of 4 bytes doesn't fit a batch of 5 each.",
    );
    expect(() => buildBatch(named, [])).to.throw(RangeError);
  });

  it("refuses to cut traces into units that they are not whole", () => {
    expect(() => leavesOf(new Uint8Array(11), 2)).to.throw(RangeError, "11 bytes are not 2 leaves of one length.");
    expect(() => leavesOf(new Uint8Array(11), 0)).to.throw(RangeError);
  });

  it("puts activations one after the other, wherever they lie in memory", () => {
    const buffer = Int8Array.from([9, 1, -2, 9, 127, -128]);

    expect([...traceOf([buffer.subarray(1, 3), buffer.subarray(4)])]).to.deep.equal([1, 254, 127, 128]);
  });

  it("ties the attestation to the trace: its hash, and its ends as input and output", () => {
    const { attestation, answer, evidence } = buildTraced(encodeLayout(layout), { ...run, trace });

    expect(answer.traceHash).to.equal(keccak256(trace));
    expect(answer.outputHash).to.equal(tensorHash(tensorHeader(layout.output), trace.slice(7)));
    expect(attestation).to.deep.equal({
      ...named,
      inputHash: tensorHash(tensorHeader(layout.input), trace.slice(0, 4)),
      answer: answerHash(named.prover, { ...answer, salt: word(3) }),
    });
    const bytes = encodeLayout(layout);
    expect(evidence).to.equal(concat([toHex(bytes.length, { size: 2 }), bytesToHex(bytes), bytesToHex(trace)]));
  });

  it("cuts a batch's traces back into what it was built from", () => {
    fc.assert(
      fc.property(anyModel, fc.integer({ min: 1, max: 9 }), ({ layers, input }, count) => {
        const leaf = traceOf(forward(layers, input).slice(1));
        const leaves = Array.from({ length: count }, (_, i) => leaf.map((byte) => byte ^ i));
        const { batch, traces } = buildBatch(named, leaves);

        expect(batch).to.deep.equal({ ...named, count, root: orderedTree(leaves).root });
        const cut = leavesOf(Uint8Array.from(Buffer.from(traces.slice(2), "hex")), count);
        expect(cut.map((each) => [...each])).to.deep.equal(leaves.map((each) => [...each]));
      }),
    );
  });
});
