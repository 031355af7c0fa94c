import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex } from "viem";
import { whys } from "../../../inference/graphModel/admit.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { encodeOperator, READS_NONE } from "../../../sdk/graphs.ts";
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
    const of = (wanted: string) =>
      operators.elements.find(({ kind }) => kind === wanted) as (typeof operators)["elements"][0];
    const { op, row, column } = of("scores");
    const beyond = { op, row: "65535", column, a: "0x7f7f", b: "0x7f7f", parameters: "0x" };
    const unequal = { op, row, column: "0", a: "0x7f7f", b: "0x7f", parameters: "0x" };
    for (const { op } of operators.elements)
      await library.valuesOf([{ op, row: "0", column: "0", a: "0x", b: "0x", parameters: "0x" }]);
    const mixed = { ...unequal, op: of("mix").op, row: "0" };
    expect((await library.valuesOf([beyond, unequal, mixed])).map(Number)).to.deep.equal([0, 0, 0]);
  });

  it("takes what is behind a row's end for 0, also the highest score", async () => {
    const constants = Uint8Array.from({ length: 23 }, (_, i) => [0, 1, 0][i] ?? 0);
    const exponents = { kind: 10, first: 0, second: READS_NONE, rows: 2, width: 2, constants, parameters: ZERO_HASH };
    const op = BigInt(bytesToHex(encodeOperator(exponents).subarray(0, 32)));
    const parameters = bytesToHex(Uint8Array.from({ length: 256 }, (_, i) => i % 128));
    const at = { op, row: 0, a: "0xfb", b: "0x", parameters };
    const values = await library.valuesOf([
      { ...at, column: 0 },
      { ...at, column: 1 },
    ]);
    expect(values.map(Number)).to.deep.equal([5, 0]);
  });

  it("computes the stop byte behind it, and the largest score's position elsewhere", async () => {
    const constants = Uint8Array.from({ length: 23 }, (_, i) => [1, 10][i] ?? 0);
    const argmax = { kind: 12, first: 0, second: 1, rows: 1, width: 1, constants, parameters: ZERO_HASH };
    const op = BigInt(bytesToHex(encodeOperator(argmax).subarray(0, 32)));
    const at = { op, row: 0, column: 0, a: "0xff0505", parameters: "0x" };
    const values = await library.valuesOf([
      { ...at, b: "0x0a" },
      { ...at, b: "0x0b" },
      { ...at, b: "0x" },
    ]);
    expect(values.map(Number)).to.deep.equal([10, 1, 1]);
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
