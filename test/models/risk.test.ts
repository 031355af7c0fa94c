import { expect } from "chai";
import { checkModel } from "../../inference/model.ts";
import type { InferenceSession } from "../../inference/runtime.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import { drawTrades, features, HELD_OUT, TRAINING, type Trade } from "../../models/risk/data.ts";
import { layout, REFUSE_FROM } from "../../models/risk/graph.ts";
import { bestAccuracyOf, qualityOf } from "../../models/risk/measure.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { itIsCommittedWhole } from "./committed.ts";

describe("model risk", () => {
  let committed: CommittedModel;
  let session: InferenceSession;
  let heldOut: Trade[];

  before(async () => {
    committed = await readModel("risk");
    session = await (await loadPinnedRuntime()).open(committed.artifact, layout);
    heldOut = drawTrades(HELD_OUT);
  });

  after(() => session.release());

  itIsCommittedWhole("risk");

  it("refuses rows, as it has none", () => {
    expect(() => checkModel({ ...committed.model, rows: new Uint8Array(7) }, committed.artifact)).to.throw(
      "The rows are 7 bytes; the layout needs 0.",
    );
  });

  it("is committed with the layout that its graph is written for", () => {
    expect(checkModel(committed.model, committed.artifact)).to.deep.equal({ layout, layers: [] });
  });

  it("does as well on held-out trades as its card says, and much better than a coin", async () => {
    const { accuracy, auc, heldOutCount, bestAccuracy } = committed.card;
    expect(heldOut.length).to.equal(heldOutCount);
    expect(await qualityOf(session, heldOut, 0)).to.deep.equal({ accuracy, auc });
    expect(bestAccuracyOf(heldOut)).to.equal(bestAccuracy);
    expect(accuracy).to.be.within(0.9, bestAccuracy as number);
  });

  it("does as well with a season's noise as its card says", async () => {
    const { noise, accuracyWithNoise: accuracy, aucWithNoise: auc } = committed.card;
    expect(await qualityOf(session, heldOut, noise)).to.deep.equal({ accuracy, auc });
    expect(accuracy).to.be.at.least(0.9);
  });

  it("allows exactly what scores below the limit, and scores widely", async () => {
    const scores = new Set<number>();
    for (const { input } of heldOut.slice(0, 1024)) {
      const [allow, score] = (await session.run(new Uint8Array(input))) as Uint8Array & [number, number];
      expect(allow).to.equal(score < REFUSE_FROM ? 1 : 0);
      scores.add(score);
    }
    expect(scores.size).to.be.greaterThan(100);
  });

  it("comes with held-out trades as base inputs, none of them trained on", () => {
    const key = (input: Int8Array) => Buffer.from(input).toString("hex");
    const width = features.length;
    const inputs = Array.from(
      { length: committed.card.inputCount },
      (_, i) => new Int8Array(committed.inputs.slice(i * width, (i + 1) * width).buffer),
    );
    expect(inputs).to.deep.equal(heldOut.slice(0, inputs.length).map(({ input }) => input));
    const trained = new Set(drawTrades(TRAINING).map(({ input }) => key(input)));
    expect(inputs.filter((input) => trained.has(key(input)))).to.deep.equal([]);
  });
});
