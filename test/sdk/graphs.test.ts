import { expect } from "chai";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { decodeOperator, encodeOperator, parameterRowsOf, READS_NONE } from "../../sdk/graphs.ts";
import { randomGeneration, randomGraph } from "../simulator/graphs/random.ts";
import { createRandom } from "../simulator/random.ts";

const operator = {
  ...{ kind: 3, first: 7, second: READS_NONE, rows: 65_535, width: 300 },
  ...{ constants: Uint8Array.from({ length: 23 }, (_, i) => i), parameters: ZERO_HASH },
};

describe("graphs", () => {
  it("refuses an operator that its 64 bytes can't hold", () => {
    expect(() => encodeOperator({ ...operator, rows: 65_536 })).to.throw(
      "An operator of 65536 x 300 elements can't be written: it has at most 65535 rows.",
    );
    expect(() => encodeOperator({ ...operator, constants: new Uint8Array(24) })).to.throw(
      "An operator has 23 bytes of constants; 24 were given.",
    );
  });

  it("reads an operator as it was written", () => {
    expect(decodeOperator(encodeOperator(operator))).to.deep.equal(operator);
  });

  it("says how many parameter rows operators have, as the kinds do", () => {
    const random = createRandom(3);
    for (let i = 0; i < 12; i++) {
      const { layout, operators } = (i % 2 === 0 ? randomGraph : randomGeneration)(random).model;
      expect(parameterRowsOf(layout.graph ?? [])).to.deep.equal(operators.map((each) => each.kind.parameters(each)));
    }
  });
});
