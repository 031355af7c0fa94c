import { expect } from "chai";
import { zeroAddress } from "viem";
import { sentence, who } from "../../web/sentence.ts";

describe("a sentence", () => {
  it("keeps what looks like markup as the text that it is", () => {
    expect(sentence`It says ${"<b>no</b>"}.`).to.deep.equal(["It says ", "<b>no</b>", "."]);
  });

  it("has no empty piece", () => {
    expect(sentence`${who(zeroAddress)}${""}`).to.deep.equal([{ accounts: [zeroAddress] }]);
  });

  it("sets the thousands of numbers apart, and takes in other sentences", () => {
    const row = sentence`row ${1_024} of ${{ strong: "layer 0" }}`;
    expect(sentence`Wrong: ${row}.`).to.deep.equal([
      ...["Wrong: ", "row ", "1,024", " of ", { strong: "layer 0" }, "."],
    ]);
  });
});
