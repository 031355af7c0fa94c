import { expect } from "chai";
import { parseEther } from "viem";
import { aboutEther, ether } from "../../../web/take-part/ether.ts";

describe("amounts of ether", () => {
  it("are exact, or rounded to two digits", () => {
    expect(ether(parseEther("0.150000000000000001"))).to.equal("0.150000000000000001 ETH");
    expect(aboutEther(parseEther("0.000123456"))).to.equal("0.00012 ETH");
    expect(aboutEther(parseEther("1234.5"))).to.equal("1,200 ETH");
    expect(aboutEther(7n)).to.equal("0.000000000000000007 ETH");
    expect(aboutEther(0n)).to.equal("0 ETH");
  });
});
