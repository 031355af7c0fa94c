import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes, toHex } from "viem";
import { packBytes, publicSignals, uidSignal } from "../../../../inference/methods/zkProof/signals.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });

describe("public signals", () => {
  it("hold every byte once, below the curve's order", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const packed = packBytes(data);
        expect(packed.length).to.equal(Math.ceil(data.length / 31));
        const lengths = packed.map((_, i) => Math.min(31, data.length - 31 * i));
        const unpacked = packed.flatMap((value, i) => [...hexToBytes(toHex(value, { size: lengths[i] as number }))]);
        expect(unpacked).to.deep.equal([...data]);
        for (const value of packed) expect(value < 2n ** 248n).to.equal(true);
      }),
    );
  });

  it("hold input and output one after the other, then the attestation", () => {
    const signals = publicSignals(Uint8Array.of(1, 2), Uint8Array.of(3), toHex(0xabcdef, { size: 32 }));
    expect(signals).to.deep.equal([0x010203n, 0xabcdn]);
  });

  it("leave a uid all but its last byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (uid) => {
        expect(uidSignal(bytesToHex(uid))).to.equal(BigInt(bytesToHex(uid.subarray(0, 31))));
      }),
    );
  });
});
