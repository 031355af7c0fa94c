import { expect } from "chai";
import { network } from "hardhat";
import { whys } from "../../../inference/graphModel/admit.ts";
import operators from "../../vectors/operators.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("OperatorsHarness");
const errors = await ethers.getContractAt("IModelRegistry", library);

/** The number that the contract gives a rule. */
const numberOf = (why: string): number => (whys as readonly string[]).indexOf(why) + 1;

describe("Operators", () => {
  for (const kind of new Set(operators.elements.map((element) => element.kind)))
    it(`computes elements of ${kind} as the vectors do`, async () => {
      const elements = operators.elements.filter((element) => element.kind === kind);
      const values = await library.valuesOf(elements);
      expect(values.map(Number)).to.deep.equal(elements.map(({ value }) => value));
    });

  it("says what each element rests on", async () => {
    for (const { op, row, column, a, first, second, parameter } of operators.elements) {
      const found = await library.readsOf(op, row, column, a);
      expect([...found].map(rowOf)).to.deep.equal([first, second, parameter]);
    }
  });

  it("computes an element whatever rows it is shown", async () => {
    const { op, row, column } = operators.elements.find(
      ({ kind }) => kind === "scores",
    ) as (typeof operators)["elements"][0];
    const beyond = { op, row: "65535", column, a: "0x7f7f", b: "0x7f7f", parameters: "0x" };
    const unequal = { op, row, column: "0", a: "0x7f7f", b: "0x7f", parameters: "0x" };
    for (const { op } of operators.elements)
      await library.valuesOf([{ op, row: "0", column: "0", a: "0x", b: "0x", parameters: "0x" }]);
    expect((await library.valuesOf([beyond, unequal])).map(Number)).to.deep.equal([0, 0]);
  });
});

describe("Graphs", () => {
  for (const { name, graph, error, operator, why, weightsRoot } of operators.graphs as GraphVector[])
    if (error === undefined)
      it(`admits ${name}`, async () => {
        expect(await library.admit(graph)).to.equal(weightsRoot);
      });
    else
      it(`refuses ${name}`, async () => {
        const refused = expect(library.admit(graph)).to.be.revertedWithCustomError(errors, error);
        await (why === undefined ? refused : refused.withArgs(operator, numberOf(why)));
      });
});

interface GraphVector {
  name: string;
  graph: string;
  error?: string;
  operator?: number;
  why?: string;
  weightsRoot?: string;
}

/** No row is the largest number. */
const rowOf = (row: bigint): number | null => (row === ethers.MaxUint256 ? null : Number(row));
