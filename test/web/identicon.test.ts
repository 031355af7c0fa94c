import { expect } from "chai";
import { cellsOf, hueOf } from "../../web/identicon.ts";

const A = "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955";

describe("identicon", () => {
  it("is of one colour and shape however the address is written", () => {
    expect(cellsOf(A)).to.equal(cellsOf(A.toLowerCase()));
    expect(hueOf(A, 0)).to.equal(hueOf(A.toLowerCase(), 0));
  });

  it("is mirrored, and another for another address", () => {
    const cells = [...cellsOf(A).matchAll(/M(\d) (\d)/g)].map(([, x, y]) => `${x} ${y}`);
    for (const cell of cells) expect(cells).to.include(`${5 - Number(cell[0])} ${cell[2]}`);
    expect(cellsOf(A)).to.not.equal(cellsOf(A.replace("9955", "0044")));
  });

  it("has a hue for what is no address, too", () => {
    expect(hueOf("<b>", 0)).to.equal(0);
    expect(hueOf(A, 0)).to.be.within(0, 360);
  });
});
