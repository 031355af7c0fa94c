import { expect } from "chai";
import { explorerPage } from "../../web/explorer.ts";

const HASH = `0x${"12".repeat(32)}` as const;

describe("page of a block explorer", () => {
  it("is none without an explorer, or with one that isn't reached over https", () => {
    for (const explorer of [undefined, null, "", "explorer", "http://e.example", "javascript:alert(1)//https:"])
      expect(explorerPage(explorer, "tx", HASH), String(explorer)).to.equal(undefined);
  });

  it("has the path of EIP-3091 below the explorer's", () => {
    expect(explorerPage("https://e.example", "tx", HASH)).to.equal(`https://e.example/tx/${HASH}`);
    expect(explorerPage("https://e.example/net/", "address", "0x12")).to.equal("https://e.example/net/address/0x12");
  });
});
