import { expect } from "chai";
import { type Hex, hexToBytes } from "viem";
import { type AdmittedOperator, admitOperators } from "../../../inference/graphModel/admit.ts";
import { rowsTree, traceTree } from "../../../inference/graphModel/trace.ts";
import { signed } from "../../../inference/operators/operator.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import { verifyProof } from "../../../sdk/tree.ts";
import operators from "../../vectors/operators.json" with { type: "json" };

describe("trace of a graph's run", () => {
  for (const [i, trace] of operators.traces.entries()) {
    const graph = admitOperators(decodeLayout(hexToBytes(trace.graph as Hex)));
    const outputs = trace.outputs.map((output) => signed(hexToBytes(output as Hex)));

    it(`has the root of vector ${i}`, () => {
      const nodes = outputs.map((output, k) => rowsTree(graph[k] as AdmittedOperator, output).root);
      expect(nodes).to.deep.equal(trace.nodes);
      expect(traceTree(graph, outputs).root).to.equal(trace.traceHash);
    });

    it(`proves every operator of vector ${i}, and is another with any byte changed`, () => {
      const tree = traceTree(graph, outputs);
      for (const [k, node] of trace.nodes.entries())
        expect(verifyProof(tree.root, graph.length, k, hexToBytes(node as Hex), tree.proof(k))).to.equal(true);
      for (const output of outputs) {
        const at = output.length - 1;
        output[at] = (output[at] as number) ^ 1;
        expect(traceTree(graph, outputs).root).not.to.equal(trace.traceHash);
        output[at] = (output[at] as number) ^ 1;
      }
    });
  }
});
