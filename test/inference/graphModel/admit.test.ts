import { expect } from "chai";
import { hexToBytes } from "viem";
import { admitOperators, GraphRefusal } from "../../../inference/graphModel/admit.ts";
import { graphRoot } from "../../../sdk/graphs.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import operators from "../../vectors/operators.json" with { type: "json" };

/** What a reader says of a graph's bytes. */
function refusalOf(graph: `0x${string}`): GraphRefusal | undefined {
  try {
    admitOperators(decodeLayout(hexToBytes(graph)));
  } catch (error) {
    if (error instanceof GraphRefusal) return error;
    throw error;
  }
}

describe("admission of graphs", () => {
  for (const { name, graph, error, operator, why, weightsRoot } of operators.graphs as GraphVector[])
    it(`${error === undefined ? "admits" : "refuses"} ${name}, as the contract does`, () => {
      const refusal = refusalOf(graph);

      if (error === undefined) {
        expect(refusal).to.equal(undefined);
        expect(graphRoot(decodeLayout(hexToBytes(graph)).graph ?? [])).to.equal(weightsRoot);
      } else {
        expect(refusal?.operator).to.equal(operator);
        expect(refusal?.why).to.equal(why);
      }
    });

  const sentences: Record<string, string> = {
    "an unknown kind": "Operator 1 is of kind 13; kinds are 0 to 12.",
    "a read of itself": "Operator 1 (linear) reads 1; it may read those before it.",
    "a width of 4,096": "Operator 1 (linear) is 4 x 4096; it is 1 to 65535 x 1 to 4095.",
    "exponents of another shape": "Operator 4 (exponents) is 4 x 4, which doesn't fit 8 x 4.",
    "a gain of 8": 'Operator 5 (mix) has constants out of bounds: {"heads":2,"gain":8}.',
    "a linear without a root": "Operator 1 (linear) has no root of its parameter rows.",
    "attention to what comes later": "Operator 4 (scores) rests on what comes later.",
    "one operator": "The graph has 1 operators; it has 2 to 1024.",
    "one name for both tensors": 'The input and the output are both named "x".',
  };
  for (const [name, sentence] of Object.entries(sentences))
    it(`says what is wrong with ${name}`, () => {
      const { graph } = (operators.graphs as GraphVector[]).find((each) => each.name === name) as GraphVector;
      expect(refusalOf(graph)?.message).to.equal(sentence);
    });
});

interface GraphVector {
  name: string;
  graph: `0x${string}`;
  error?: string;
  operator?: number;
  why?: string;
  weightsRoot?: string;
}
