import { expect } from "chai";
import { readModel } from "../../../models/read.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import { cardOf } from "../../../web/cards/known.ts";
import { bytesOf, countOf, percentOf } from "../../../web/cards/share.ts";

describe("a model's numbers", () => {
  it("reads shares and sizes", () => {
    expect(percentOf(0.99625)).to.equal("99.6 %");
    expect([0, 1, 999, 1_000, 3_863, 14_239_897, 5e9].map(bytesOf)).to.deep.equal([
      ...["0 B", "1 B", "999 B", "1 kB", "3.9 kB", "14.2 MB", "5,000 MB"],
    ]);
  });

  it("counts what widths come to as the chain carries it", async () => {
    const { layout, rows } = await readModel("digits");
    expect(countOf(decodeLayout(layout).widths)).to.deep.equal({ weights: 2_368, rowsBytes: rows.length });
    expect(countOf([])).to.deep.equal({ weights: 0, rowsBytes: 0 });
  });
});

describe("a model's card", () => {
  it("is found by the model's own name alone", async () => {
    for (const name of ["digits", "risk"]) {
      const { model } = await readModel(name);
      expect(cardOf(model.modelId)?.name).to.equal(name);
      expect(cardOf(model.artifactHash)).to.equal(undefined);
    }
  });
});
