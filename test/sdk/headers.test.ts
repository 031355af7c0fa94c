import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import { fromRlp, type Hex, keccak256, numberToHex } from "viem";
import { encodeHeader, HeaderMismatchError, type RpcHeader } from "../../sdk/headers.ts";
import { mainnetHeaders } from "../fixtures/headers.ts";
import { startAnvil } from "../simulator/anvil.ts";

const [header] = mainnetHeaders;
const fields = Object.keys(header).filter((field) => field !== "hash") as (keyof RpcHeader)[];

/** What `encodeHeader` throws for a header. */
function refusalOf(block: RpcHeader): HeaderMismatchError {
  try {
    encodeHeader(block);
  } catch (error) {
    if (error instanceof HeaderMismatchError) return error;
    throw error;
  }
  throw new Error("It was taken.");
}

/** Encodes a header, which must hash to what its block says and hold its fields. */
function expectEncoded(block: RpcHeader, count: number) {
  const encoded = encodeHeader(block);
  const items = fromRlp(encoded) as Hex[];

  expect(keccak256(encoded)).to.equal(block.hash);
  expect(items).to.have.length(count);
  expect(items[13]).to.equal(block.mixHash);
}

describe("headers", () => {
  const bytesOf = (length: number) =>
    fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}` as Hex);
  const quantity = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => numberToHex(value));
  /** Another value of the same field. */
  const valueLike = (value: Hex) =>
    value.length % 2 === 0 && value.length > 17 ? bytesOf(value.length / 2 - 1) : quantity;

  it("refuses a header with any one field altered", () => {
    const altered = fc.constantFrom(...mainnetHeaders).chain((block) =>
      fc.constantFrom(...fields).chain((field) =>
        valueLike(block[field as "nonce"])
          .filter((value) => value !== block[field as "nonce"])
          .map((value) => ({ ...block, [field]: value })),
      ),
    );
    fc.assert(
      fc.property(altered, (block) => {
        expect(refusalOf(block).told).to.equal(block.hash);
      }),
    );
  });

  for (const field of fields)
    it(`refuses a header without its ${field}`, () => {
      for (const value of [undefined, null]) refusalOf({ ...header, [field]: value });
    });

  it("refuses a header with a field of a later fork that the block doesn't have", () => {
    refusalOf({ ...header, blockAccessListHash: header.parentHash });
    refusalOf({ ...header, slotNumber: "0x1" });
  });

  it("says which block's header has which hash, and which it should have", () => {
    const error = refusalOf({ ...header, gasUsed: "0x1" });

    expect(error.name).to.equal("HeaderMismatchError");
    expect([error.number, error.told]).to.deep.equal([header.number, header.hash]);
    expect(error.message).to.equal(`The header of block 23094898 hashes to ${error.computed}, not to ${header.hash}.`);
    expect(refusalOf({ ...header, number: null, hash: null }).message).to.match(
      /^The header of a block without a number hashes to 0x\w{64}, not to a hash that is told\.$/,
    );
  });

  for (const block of mainnetHeaders)
    it(`encodes mainnet's block ${BigInt(block.number)}`, () => {
      expectEncoded(block, 21);
    });

  it("takes a number that is written with leading zeros, and fields that belong to no header", () => {
    expect(encodeHeader({ ...header, timestamp: "0x006895a93f" })).to.equal(encodeHeader(header));
    expect(encodeHeader({ ...header, size: "0x29e6c", uncles: [] } as RpcHeader)).to.equal(encodeHeader(header));
  });

  // Each fork with the number of a header's fields.
  for (const [hardfork, count] of [
    ["merge", 16],
    ["shanghai", 17],
    ["cancun", 20],
    ["osaka", 21],
  ] as const)
    it(`encodes the blocks of Hardhat's chain at ${hardfork}`, async () => {
      const { provider } = await network.create({ override: { hardfork } });
      await provider.request({ method: "hardhat_mine", params: ["0x12c"] });
      for (const number of [0, 1, 128, 300])
        expectEncoded(
          (await provider.request({
            method: "eth_getBlockByNumber",
            params: [numberToHex(number), false],
          })) as RpcHeader,
          count,
        );
    });

  it("encodes the blocks of anvil's chain", async () => {
    const anvil = await startAnvil(1_700_000_000);
    try {
      await anvil.request("anvil_mine", "0x80");
      for (const number of [0, 1, 127, 128])
        expectEncoded(await anvil.request<RpcHeader>("eth_getBlockByNumber", numberToHex(number), false), 21);
    } finally {
      await anvil.stop();
    }
  });
});
