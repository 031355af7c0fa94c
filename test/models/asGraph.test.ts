import { expect } from "chai";
import fc from "fast-check";
import { admitOperators } from "../../inference/graphModel/admit.ts";
import { programOf } from "../../inference/graphModel/program.ts";
import { forward } from "../../inference/integer.ts";
import { checkModel } from "../../inference/model.ts";
import { asGraph } from "../../models/asGraph.ts";
import { readModel } from "../../models/read.ts";
import { decodeLayout, decodeRows } from "../../sdk/layouts.ts";

describe("asGraph", () => {
  it("makes another model, whose every activation is the integer model's", async () => {
    const digits = await readModel("digits");
    const { widths } = decodeLayout(digits.layout);
    const layers = decodeRows(widths, digits.rows);
    const graph = asGraph(digits);
    expect(graph.model.modelId).to.not.equal(digits.model.modelId);

    const { layout, parameters = [] } = checkModel(graph.model, graph.artifact);
    const program = programOf(admitOperators(layout), parameters);
    const [width = 0] = widths;
    const anyInput = fc.int8Array({ minLength: width, maxLength: width });
    fc.assert(
      fc.property(anyInput, (input) => {
        expect(program.run(input)).to.deep.equal(forward(layers, input));
      }),
    );
  });
});
