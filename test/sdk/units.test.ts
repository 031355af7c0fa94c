import { expect } from "chai";
import { bytesToHex, hexToBytes, keccak256, toHex } from "viem";
import { assignedInput, baseIndex } from "../../sdk/commitments.ts";
import { INT8, tensorHeader } from "../../sdk/layouts.ts";
import { orderedTree, verifyProof } from "../../sdk/tree.ts";
import { freeSpans, showInput, unitInput } from "../../sdk/units.ts";

describe("units", () => {
  const bases = Array.from({ length: 5 }, (_, i) => Uint8Array.of(i, 250 - i, 128, 127));
  const task = { inputs: Uint8Array.from(bases.flatMap((base) => [...base])), inputCount: 5, noise: 9 };
  const seeds = Array.from({ length: 20 }, (_, i) => keccak256(toHex(i)));

  for (const broken of [
    { ...task, inputCount: 0 },
    { ...task, inputCount: 3 },
  ])
    it(`refuses 20 bytes as ${broken.inputCount} base inputs`, () => {
      expect(() => unitInput(seeds[0] as never, broken)).to.throw(
        RangeError,
        `20 bytes are not ${broken.inputCount} base inputs.`,
      );
    });

  it("moves the base input that the seed draws", () => {
    for (const seed of seeds) {
      const base = new Int8Array((bases[baseIndex(seed, 5)] as Uint8Array).buffer);

      expect([...unitInput(seed, task)]).to.deep.equal([...assignedInput(seed, base, 9)]);
    }
  });

  it("shows the base input with its proof and the tensor's header", () => {
    const input = { name: "x", dtype: INT8, dims: [1, 4] };
    const { root } = orderedTree(bases);
    for (const seed of seeds) {
      const { header, base, proof } = showInput(seed, task, input);

      expect(header).to.equal(bytesToHex(tensorHeader(input)));
      expect(verifyProof(root, 5, baseIndex(seed, 5), hexToBytes(base), proof)).to.equal(true);
    }
  });

  it("are free where no span has them, whatever overlaps or reaches beyond the last one", () => {
    const free = (...taken: [number, number][]) =>
      freeSpans(
        taken.map(([first, end]) => ({ first, end })),
        20,
      ).map(({ first, end }) => [first, end]);
    expect(free()).to.deep.equal([[0, 20]]);
    expect(free([0, 20])).to.deep.equal([]);
    expect(free([8, 40], [0, 12])).to.deep.equal([]);
    expect(free([15, 17], [2, 5], [3, 4], [4, 8], [30, 31])).to.deep.equal([
      [0, 2],
      [8, 15],
      [17, 20],
    ]);
  });
});
