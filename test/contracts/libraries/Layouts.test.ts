import { expect } from "chai";
import { network } from "hardhat";
import { hexToBytes } from "viem";
import { encodeLayout } from "../../../sdk/layouts.ts";
import models from "../../vectors/models.json" with { type: "json" };
import tensors from "../../vectors/tensors.json" with { type: "json" };
import { floatLayout, integerLayout } from "../fixtures.ts";

const { ethers } = await network.create();
const library = await ethers.deployContract("CommitmentsHarness");
const errors = await ethers.getContractAt("IModelRegistry", library);

const malformed = (layout: Uint8Array, offset: number) =>
  expect(library.parseLayout(layout)).to.be.revertedWithCustomError(errors, "MalformedLayout").withArgs(offset);

/** The layout with some bytes replaced. */
function patched(layout: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = layout.slice();
  copy.set(bytes, at);
  return copy;
}

// In the float layout: tag, u16 L, u16 length, then the input header: tag, u16 length, "input", dtype, rank, dims, bytes.
const HEADER = 36;
const DTYPE = HEADER + 34 + "input".length;

describe("Layouts", () => {
  it("refuses a layout cut off at any byte", async () => {
    for (const layout of [encodeLayout(floatLayout), encodeLayout(integerLayout)])
      for (let length = 0; length < layout.length; length++)
        await expect(library.parseLayout(layout.slice(0, length))).to.be.revertedWithCustomError(
          errors,
          "MalformedLayout",
        );
  });

  it("refuses a layout without its tag", async () => {
    await malformed(new Uint8Array(), 0);
    await malformed(patched(encodeLayout(floatLayout), 8, 0x32), 0);
  });

  it("refuses more layers than there are widths", async () => {
    const layout = encodeLayout(floatLayout);

    await malformed(patched(layout, 32, 0xff, 0xff), 34 + 4 * 65_536);
  });

  it("refuses bytes after the end", async () => {
    const layout = encodeLayout(integerLayout);

    await malformed(new Uint8Array([...layout, 0]), layout.length);
  });

  it("refuses a header that is too short, or has no tag", async () => {
    const layout = encodeLayout(floatLayout);

    await malformed(patched(layout, HEADER - 2, 0, 39), HEADER);
    await malformed(patched(layout, HEADER - 2, 0xff, 0xff), HEADER - 2);
    await malformed(patched(layout, HEADER, 0x74), HEADER);
  });

  it("refuses a name longer than its header", async () => {
    await malformed(patched(encodeLayout(floatLayout), HEADER + 32, 0, 14), HEADER + 32);
    await malformed(patched(encodeLayout(floatLayout), HEADER + 32, 0xff, 0xff), HEADER + 32);
  });

  it("refuses a rank that doesn't fit the header", async () => {
    for (const rank of [0, 1, 3, 255]) await malformed(patched(encodeLayout(floatLayout), DTYPE + 1, rank), DTYPE + 1);
  });

  it("refuses element types without a fixed size", async () => {
    for (const dtype of [0, 8, 14, 16, 64, 255])
      await malformed(patched(encodeLayout(floatLayout), DTYPE, dtype), DTYPE);
  });

  it("refuses empty dimensions, and tensors of 4 GiB", async () => {
    const dims = DTYPE + 2;

    await malformed(patched(encodeLayout(floatLayout), dims, 0, 0, 0, 0), dims);
    await malformed(patched(encodeLayout(floatLayout), dims, 0x40, 0, 0, 0), dims + 4);
    await malformed(patched(encodeLayout(floatLayout), dims, 255, 255, 255, 255, 255, 255, 255, 255), dims + 4);
  });

  it("refuses a length that isn't the product of the dimensions", async () => {
    await malformed(patched(encodeLayout(floatLayout), DTYPE + 10, 0, 0, 0, 5), DTYPE + 10);
  });

  it("splits the vectors' layouts", async () => {
    for (const model of models.models) {
      const parts = await library.parseLayout(model.layout);
      const header = (at: bigint, length: bigint) => ethers.dataSlice(model.layout, Number(at), Number(at + length));

      expect(parts.layers).to.equal(Math.max(model.widths.length - 1, 0));
      for (const [layer, width] of model.widths.entries())
        expect(await library.layoutWidth(model.layout, layer)).to.equal(width);
      const headers = [
        header(parts.inputHeaderAt, parts.inputHeaderLength),
        header(parts.outputHeaderAt, parts.outputHeaderLength),
      ];
      for (const [i, spec] of [model.input, model.output].entries()) {
        const name = ethers.hexlify(ethers.toUtf8Bytes(spec.name));

        expect(headers[i]).to.include(name.slice(2));
        expect(await library.tensorOf(headers[i] as string)).to.deep.equal([
          BigInt(spec.dtype),
          BigInt(spec.dims.reduce((a, b) => a * b)),
        ]);
      }
    }
  });

  it("reads the vectors' tensor headers, which are the packed fields", async () => {
    for (const { name, dtype, dims, header, data } of tensors) {
      const bytes = ethers.toUtf8Bytes(name);
      const length = ethers.dataLength(data);
      const packed = ethers.solidityPacked(
        ["bytes32", "uint16", "bytes", "uint8", "uint8", ...dims.map(() => "uint32"), "uint32"],
        [ethers.encodeBytes32String("TENSOR_V1"), bytes.length, bytes, dtype, dims.length, ...dims, length],
      );
      const prefixed = [
        ...hexToBytes(`0x${ethers.dataLength(header).toString(16).padStart(4, "0")}`),
        ...ethers.getBytes(header),
      ];
      const layout = ethers.concat([
        ethers.encodeBytes32String("LAYOUT_V1"),
        "0x0000",
        new Uint8Array(prefixed),
        new Uint8Array(prefixed),
      ]);

      expect(header).to.equal(packed);
      expect(await library.tensorOf(header)).to.deep.equal([BigInt(dtype), BigInt(length)]);
      expect((await library.parseLayout(layout)).inputHeaderLength).to.equal(ethers.dataLength(header));
    }
  });
});
