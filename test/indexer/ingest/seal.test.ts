import { expect } from "chai";
import fc from "fast-check";
import { keccak256 } from "viem";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { sealOf } from "../../../indexer/ingest/seal.ts";
import { encodeHeader } from "../../../sdk/headers.ts";
import { mainnetHeaders } from "../../fixtures/headers.ts";

describe("a header's seal", () => {
  const [header] = mainnetHeaders;

  it("refuses a field that isn't hex, and names it", () => {
    for (const value of ["", "0xzz", "latest", 7, {}])
      expect(() => sealOf({ ...header, stateRoot: value }))
        .to.throw(RpcError)
        .with.property("message")
        .that.includes("stateRoot");
    expect(() => sealOf({ ...header, gasUsed: "0xzz" })).to.throw(RpcError, "gasUsed");
  });

  it("is the hash of the sdk's encoding, and the block's", () => {
    for (const block of mainnetHeaders) {
      expect(sealOf(block)).to.equal(block.hash);
      expect(sealOf(block)).to.equal(keccak256(encodeHeader(block)));
    }
  });

  it("is another one whatever field is altered or left out", () => {
    const fields = Object.keys(header).filter((field) => field !== "hash") as (keyof typeof header)[];
    fc.assert(
      fc.property(fc.constantFrom(...mainnetHeaders), fc.constantFrom(...fields), (block, field) => {
        const value = block[field] as string;
        const other = `${value.slice(0, -1)}${value.endsWith("1") ? "2" : "1"}`;
        expect(sealOf({ ...block, [field]: other })).not.to.equal(block.hash);
        expect(sealOf({ ...block, [field]: undefined })).not.to.equal(block.hash);
      }),
    );
  });
});
