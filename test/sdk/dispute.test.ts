import { expect } from "chai";
import fc from "fast-check";
import { isOpenedAtOnce, isPlayable, positionOf, questionOf, Stage } from "../../sdk/dispute.ts";

const u = (bits: number) => fc.nat({ max: 2 ** bits - 1 });
const question = fc.record({
  stage: fc.constantFrom(...Object.values(Stage)),
  unit: u(32).map((value) => value >>> 0),
  operator: u(16),
  level: fc.nat({ max: 32 }),
  index: u(31),
});

describe("dispute", () => {
  it("names a position as the contract does", () => {
    expect(positionOf({ stage: 2, unit: 1, operator: 3, level: 4, index: 5 })).to.equal(
      BigInt("0x02" + "00000001" + "0003" + "04" + "00000005"),
    );
  });

  it("finds a question in its position", () => {
    fc.assert(
      fc.property(question, (each) => {
        expect(questionOf(positionOf(each))).to.deep.equal(each);
      }),
    );
  });

  it("plays about graphs whose input and output fit one move", () => {
    const small = { rows: 384, width: 16 };
    const large = { rows: 60_000, width: 1 };
    expect(isPlayable([small, large, small])).to.equal(true);
    expect(isPlayable([small, { rows: 385, width: 1 }])).to.equal(false);
    expect(isPlayable([small, { rows: 3, width: 2049 }])).to.equal(false);
    expect(isPlayable([])).to.equal(false);
  });

  it("opens an operator at once where its rows fit", () => {
    expect(isOpenedAtOnce({ rows: 256, width: 32 })).to.equal(true);
    expect(isOpenedAtOnce({ rows: 257, width: 1 })).to.equal(false);
    expect(isOpenedAtOnce({ rows: 3, width: 2731 })).to.equal(false);
  });
});
